# ---
# jupyter:
#   jupytext:
#     text_representation:
#       extension: .py
#       format_name: percent
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---

# %% [markdown] lang="en"
# # 12. Twelve quarters at the helm
#
# *About 90 minutes. A service organisation is yours for three years. What was skill, and what was luck?*
#
# ## The case
#
# > Dear colleague,
# >
# > the town is growing, and everybody asks for us. My proposal for your first day: triple the advertising. New people cost less than ever.
# >
# > The board will judge you after twelve quarters: by the clients you leave behind, the cash, the staff and the trust. Not by profit alone.

# %% [markdown] lang="ru" of="ab9139e0"
# # 12. Двенадцать кварталов у руля
#
# *Около 90 минут. Сервисная организация на три года в ваших руках. Что было умением, а что — везением?*
#
# ## Ситуация
#
# > Коллега!
# >
# > Город растёт, и все идут к нам. Предлагаю в первый же день утроить рекламу: новые люди ещё никогда не обходились так дёшево.
# >
# > Совет будет судить о вас через двенадцать кварталов: по клиентам, которых вы оставите, по деньгам, персоналу и доверию. Не по одной прибыли.

# %% [markdown] lang="en"
# ## After this lesson
#
# - I can say how good my probabilities were. *(check: `helm_brier`)*
# - I can tell what a decision contributed, and why contributions need not add up. *(check: `helm_switch_off`)*
# - I can compute what the clients of an organisation are worth. *(check: `helm_equity`)*
# - I can tell luck from decisions. *(check: `luck_percentile`)*
# - I can answer for my decisions before a board. *(check: `rubric:board_report`)*

# %% [markdown] lang="ru" of="f856d24a"
# ## После этого занятия
#
# - Я могу сказать, насколько хороши были мои вероятности. *(проверка: `helm_brier`)*
# - Я могу сказать, что дало решение и почему вклады не обязаны давать в сумме целое. *(проверка: `helm_switch_off`)*
# - Я могу вычислить, сколько стоят клиенты организации. *(проверка: `helm_equity`)*
# - Я могу отличить везение от решений. *(проверка: `luck_percentile`)*
# - Я могу ответить за свои решения перед советом директоров. *(проверка: `rubric:board_report`)*

# %% [markdown] lang="en" edition="workbook"
# # Workbook to lesson 12: at the helm
#
# Write your student number in the first cell. Replace every `...` and run the check under it. A check that answers “not attempted” has cost you nothing.

# %% [markdown] lang="ru" of="f57b74e5" edition="workbook"
# # Рабочая тетрадь к занятию 12: у руля
#
# Впишите в первую ячейку свой номер студента. Замените каждое `...` и запустите проверку под ним. Ответ «ещё не решали» ничего вам не стоит.

# %% edition="both"
import pandas as pd

import crm_toolkit as crm
from crm_toolkit import plots, widgets
from crm_toolkit.exercises.helm_game import Forecast, forecast_quality, new_played_game
from crm_toolkit.texts import say
from crm_toolkit.world import helm

language = crm.language("en")
student = "demo-01"

# %% [markdown] lang="en"
# ## The proposal: triple the advertising
#
# ### Predict
#
# All other levers stay where they are. **By how many clients will the organisation differ after twelve quarters from one that changes nothing?** Commit to a guess.

# %% [markdown] lang="ru" of="b1a89881"
# ## Предложение: утроить рекламу
#
# ### Предскажите
#
# Остальные рычаги остаются на месте. **На сколько клиентов организация через двенадцать кварталов будет отличаться от той, где ничего не меняли?** Зафиксируйте догадку.

# %% tags=["nbval-ignore-output"]
guess = widgets.predict("helm_advertising")
guess

# %% [markdown] lang="en"
# ### Run and explain
#
# The same people with the same luck live these quarters three times: with the proposal (`you`), with nothing changed (`nothing`), and under a simple rule that sets the number of staff by
# the load and spends fixed sums on service and records (`reference`). The last two are the twins. Customer equity, `equity`, is the margin that the clients can be expected to bring
# later, in today's money, less the points they hold. The `score`, 0 to 100, weighs it together with cash, staff and trust.

# %% [markdown] lang="ru" of="ae6c1444"
# ### Запустите и объясните
#
# Одни и те же люди с одним и тем же везением проживают эти кварталы трижды: с предложением (`you`), без перемен (`nothing`) и по простому правилу: число сотрудников — по загрузке,
# на обслуживание и запись данных — постоянные суммы (`reference`). Последние двое — двойники. Клиентский капитал, `equity`, — это маржа, которую клиенты, как ожидается, ещё принесут, в сегодняшних
# деньгах, минус баллы у них на руках. Оценка `score`, от 0 до 100, взвешивает его вместе с деньгами, персоналом и доверием.

# %%
loud = helm.new_game("growth", seed=12)
for _ in range(12):
    loud = loud.decide(loud.scenario.start.with_(search=12_000, social=6_000))
beside = helm.twins(loud)
beside.table[["who", "clients", "cash", "equity", "score"]].round(1)

# %% tags=["nbval-ignore-output"]
guess.reveal(beside.effect("clients"))

# %% tags=["nbval-ignore-output"]
plots.show(plots.helm_twins_chart(beside.quarterly, measure="cash"))

# %%
loud.truth[["quarter", "clients", "load", "turned", "failures", "left_failure", "fatigue"]].round(2).head(7)

# %% [markdown] lang="en"
# More clients and more equity, but little more than a third of the cash, and a lower score. In the sixth quarter the load stands above one: 55 visits are turned away, 427 fail, and 117
# people leave because of a failure. *Write one sentence:* who paid for the advertising?

# %% [markdown] lang="ru" of="a6cc737c"
# Клиентов и капитала больше, но денег — лишь немногим больше трети, и оценка ниже. В шестом квартале загрузка выше единицы: в 55 посещениях отказано, в 427 случился сбой,
# и 117 человек ушли из-за сбоя. *Напишите одно предложение:* кто заплатил за рекламу?

# %% [markdown] lang="en"
# ## What you would have seen
#
# The table above is the truth. At the helm you see what the organisation records, and nothing else. This is the report of the sixth quarter:

# %% [markdown] lang="ru" of="77bf8217"
# ## Что увидели бы вы
#
# Таблица выше — это правда. У руля видно только то, что записывает организация. Вот отчёт шестого квартала:

# %%
def report(quarter):
    return pd.DataFrame([(one.name, one.value, one.note) for one in quarter.figures], columns=["figure", "value", "note"])


report(loud.quarters[5]).round(2).head(12)

# %% [markdown] lang="en"
# A little more than a third of the visits is written down, so clients and complaints are counted too low, and the report says so: it has seen 451 clients where there are 835. Whoever
# spends nothing on records sees less still:

# %% [markdown] lang="ru" of="a93c375c"
# Записывают чуть больше трети посещений, поэтому клиентов и жалоб насчитано меньше, чем есть на самом деле, и отчёт об этом говорит: он видел 451 клиента там, где их 835. Кто совсем
# не тратится на запись, видит ещё меньше:

# %%
blind = helm.new_game("growth", seed=12)
for _ in range(6):
    blind = blind.decide(blind.scenario.start.with_(data=0))
report(blind.quarters[5]).round(2).iloc[[2, 3, 4, 5, 8, 9]]

# %% [markdown] lang="en"
# “Not recorded” is not zero. Where no complaints are on paper, there may still be complaints.
#
# ## Worked example: a quarter in five steps
#
# **Step 1. See.** Which figure worries you, and how far can it be trusted?

# %% [markdown] lang="ru" of="f0b06451"
# «Не записано» — это не ноль. Если жалоб нет на бумаге, это ещё не значит, что их нет.
#
# ## Разобранный пример: квартал в пять шагов
#
# **Шаг 1. Посмотрите.** Какой показатель тревожит и насколько ему можно верить?

# %%
game = helm.new_game("growth", seed=12).decide()
print(round(game.quarters[-1].figure("load").value, 2))
print(*game.quarters[-1].news)

# %% [markdown] lang="en"
# **Step 2. Decide one thing at a time,** with its cost and its delay in mind.

# %% [markdown] lang="ru" of="315514ce"
# **Шаг 2. Принимайте решения по одному,** помня о цене и о задержке.

# %%
staff = helm.LEVERS["staff"]
print(*map(say, (staff.cost, staff.delay, staff.side_effect)), sep="\n")
decision = game.standing.with_(staff=11, training=16)

# %% [markdown] lang="en"
# **Step 3. Foresee** before you run: the probability that the profit is above 0, the probability that the load is above 90%, and an interval for the cash that should hold in 8 cases
# of 10. **Step 4. Run,** and compare the forecast with what came.

# %% [markdown] lang="ru" of="c41e386c"
# **Шаг 3. Предскажите** до запуска: вероятность того, что прибыль выше 0, вероятность того, что загрузка выше 90 %, и интервал для денег, который должен накрывать значение в 8 случаях
# из 10. **Шаг 4. Запустите** и сравните прогноз с тем, что вышло.

# %%
foreseen = Forecast(profit=0.8, busy=0.2, cash_low=60_000, cash_high=85_000)
played = new_played_game("growth", seed=12).play(game.scenario.start).play(decision, foreseen)
for name in ("profit", "load", "cash"):
    print(name, round(played.game.quarters[-1].figure(name).value, 2))
print(round(forecast_quality(played).brier, 3), forecast_quality(played).coverage)

# %% [markdown] lang="en"
# The last line begins with the Brier score, the mean of the squared distances between the probability and what came, 1 or 0: 0 is best, and saying one half to everything gives 0.25.
# Beside it stands the share of intervals that held; here there is only one. A single quarter is far too little to judge a forecaster.
#
# **Step 5. Ask what the decision did,** not how it went. From the third quarter on there is money for recovery and self-service too. Then let the rest of the time pass and compare the
# game with its twins on the same luck.

# %% [markdown] lang="ru" of="13cb1079"
# Последняя строка начинается с показателя Брайера. Это средний квадрат расстояния между вероятностью и тем, что вышло, — 1 или 0; лучшее значение — 0, ответ «одна вторая» на всё даёт
# 0,25. Рядом — доля интервалов, которые накрыли значение; здесь интервал всего один. Судить о прогнозах по одному кварталу рано.
#
# **Шаг 5. Спросите, что дало решение,** а не как всё прошло. С третьего квартала деньги идут ещё на исправление сбоев и на самообслуживание. Пусть пройдёт остальное время; затем
# сравните игру с двойниками на том же везении.

# %%
calm = game.decide(decision)
while not calm.over:
    calm = calm.decide(decision.with_(recovery=30, self_service=3000))
helm.twins(calm).table[["who", "clients", "cash", "equity", "score"]].round(1)

# %% [markdown] lang="en"
# Nearly ten points more than the twin that changes nothing, and hardly any more than the simple rule.
#
# ## What did it?
#
# Switch one group of levers back at a time, and see what the score would lack:

# %% [markdown] lang="ru" of="96be3095"
# Почти на десять баллов больше, чем у двойника, который ничего не менял, и лишь чуть больше, чем у простого правила.
#
# ## За счёт чего?
#
# Возвращайте на место по одной группе рычагов и смотрите, скольких баллов не хватило бы оценке:

# %%
found = helm.attribution(calm)
print(round(found.total, 1))
found.table.round(1)

# %% tags=["nbval-ignore-output"]
plots.show(plots.helm_attribution_chart(found.table, labels={code: say(words) for code, words in helm.GROUPS.items()}))

# %% [markdown] lang="en"
# The parts make 10.5, the whole is 9.7: they do not add up. Decisions help or hinder each other. Without the decisions on staff, the money for recovery would have lowered the score by about a
# point; with them it adds a little. Take the staff away, and you lose that help as well.
#
# ## Luck
#
# The same decisions in other worlds, with other people and other luck:

# %% [markdown] lang="ru" of="574478b6"
# Части дают 10,5, а целое — 9,7: сумма не сходится. Решения помогают или мешают друг другу. Без решений о персонале деньги на исправление сбоев снизили бы оценку примерно
# на балл, а вместе с ними немного её повышают. Уберите персонал — и пропадёт ещё и эта помощь.
#
# ## Везение
#
# Те же решения в других мирах, с другими людьми и другим везением:

# %%
luck = helm.luck_index(calm, worlds=40)
print(round(luck.own, 1), round(min(luck.others), 1), round(max(luck.others), 1), luck.percentile)

# %% tags=["nbval-ignore-output"]
plots.show(plots.luck_chart(luck.own, luck.others, luck.percentile))

# %% [markdown] lang="en"
# The spread between the worlds is luck alone: nobody decided otherwise. The last number is the luck index, the share of the worlds that score lower. Here it is 15%, so this world was
# rather unkind. *Faded example:* what must be replaced by what to get the luck of the game with the advertising? Change one word in the cell that computes the index, and predict first
# whether its luck index will be higher or lower.
#
# ## Your game
#
# Choose a scenario, or keep the growing town. Before each quarter: levers, forecast, reason; forecasts and the log of reasons are part of your score, 15% each. At the end: the truth,
# twins, luck, questions for the defence. Save the game: in the seminar everybody plays the same scenario with the same seed, and `crm-toolkit tournament` makes the table.

# %% [markdown] lang="ru" of="d28cac85"
# Разброс между мирами — одно только везение: решения везде те же. Последнее число — индекс везения, доля миров с меньшей оценкой. Здесь она 15 %, то есть этот мир был скорее
# неблагосклонен. *Пример с пропуском:* что и на что заменить, чтобы узнать везение игры с рекламой? Поменяйте одно слово в ячейке, которая вычисляет индекс, но сначала предскажите,
# выше или ниже будет её индекс везения.
#
# ## Ваша игра
#
# Выберите сценарий или останьтесь в растущем городе. Перед каждым кварталом — рычаги, прогноз, основание; прогнозы и журнал оснований входят в вашу оценку, по 15 %. В конце —
# правда, двойники, везение, вопросы к защите. Сохраните игру: на семинаре все играют по одному сценарию с одним и тем же зерном случайности, а таблицу составляет `crm-toolkit tournament`.

# %% tags=["nbval-ignore-output"]
widgets.helm("growth", student=student)

# %% [markdown] lang="en" edition="both"
# ## Your own numbers
#
# ### Task 1. How good are the probabilities?

# %% [markdown] lang="ru" of="1f9983d4" edition="both"
# ## Ваши собственные числа
#
# ### Задача 1. Хороши ли вероятности?

# %% edition="workbook" tags=["nbval-ignore-output"]
brier_task = crm.exercise("helm_brier", student=student)
brier_task

# %% edition="workbook" tags=["nbval-ignore-output"]
brier_task.data["forecasts"]

# %% tags=["nbval-ignore-output"]
widgets.answer(crm.exercise("helm_brier", student=student))

# %% edition="workbook" tags=["solution"]
forecasts = brier_task.data["forecasts"]
errors = forecasts["chance"] - forecasts["came"]  #:
answer = (errors**2).mean()  #: answer = ...

# %% edition="workbook"
brier_task.check(answer)

# %% [markdown] lang="en" edition="both"
# ### Task 2. What did one decision contribute?

# %% [markdown] lang="ru" of="7c4dca76" edition="both"
# ### Задача 2. Что дало одно решение?

# %% edition="workbook" tags=["nbval-ignore-output"]
switch_task = crm.exercise("helm_switch_off", student=student)
switch_task

# %% edition="workbook" tags=["nbval-ignore-output"]
switch_task.data["scores"]

# %% tags=["nbval-ignore-output"]
widgets.answer(crm.exercise("helm_switch_off", student=student))

# %% edition="workbook" tags=["solution"]
by_run = switch_task.data["scores"].set_index("run")["score"]
without = by_run["all but " + switch_task.data["group"]]  #:
answer = by_run["all decisions"] - without  #: answer = ...

# %% edition="workbook"
switch_task.check(answer)

# %% [markdown] lang="en" edition="both"
# ### Task 3. What the clients are worth

# %% [markdown] lang="ru" of="f940c551" edition="both"
# ### Задача 3. Сколько стоят клиенты

# %% edition="workbook" tags=["nbval-ignore-output"]
equity_task = crm.exercise("helm_equity", student=student)
equity_task

# %% tags=["nbval-ignore-output"]
widgets.answer(crm.exercise("helm_equity", student=student))

# %% edition="workbook" tags=["solution"]
given = equity_task.data
multiple = given["retention"] / (1 + given["discount"] - given["retention"])  #:
answer = given["clients"] * given["margin"] * multiple - given["points"]  #: answer = ...

# %% edition="workbook"
equity_task.check(answer)

# %% [markdown] lang="en" edition="both"
# ### Task 4. Skill or luck?

# %% [markdown] lang="ru" of="268c4d68" edition="both"
# ### Задача 4. Умение или везение?

# %% edition="workbook" tags=["nbval-ignore-output"]
luck_task = crm.exercise("luck_percentile", student=student)
luck_task

# %% tags=["nbval-ignore-output"]
widgets.answer(crm.exercise("luck_percentile", student=student))

# %% edition="workbook" tags=["solution"]
own, scores = luck_task.data["own"], luck_task.data["worlds"]["score"]
lower, equal = (scores < own).mean(), (scores == own).mean()
answer = lower + equal / 2  #: answer = ...

# %% edition="workbook"
luck_task.check(answer)

# %% [markdown] lang="en"
# ## Check yourself

# %% [markdown] lang="ru" of="8f45d9d8"
# ## Проверьте себя

# %% tags=["nbval-ignore-output"]
widgets.quiz("helm")

# %% [markdown] lang="en"
# ## Decide: what would you answer to the proposal?
#
# Not “no”, but “not first”. Advertising brings people; whether they stay is decided at the counter. First spare capacity and rest for the staff, then new clients, and records good enough
# to show which is short, capacity or clients.

# %% [markdown] lang="ru" of="b82190c0"
# ## Решение: что вы ответите на предложение?
#
# Не «нет», а «начинать не с этого». Реклама приводит людей, а останутся ли они, решается у стойки. Сначала запас мощности и отдых персоналу, потом новые клиенты — и записи, по
# которым видно, чего не хватает: мощности или клиентов.

# %% [markdown] lang="en" edition="both"
# ## Open task: a report to the board
#
# Play twelve quarters, export the report, and answer for your decisions on two pages. The rubric comes before the work: each row is graded 0 to 3, and 3 includes 2. For the seminar: the
# questions for the defence are made from your own decisions; your neighbour asks them.

# %% [markdown] lang="ru" of="d3fe5bca" edition="both"
# ## Открытое задание: отчёт совету директоров
#
# Сыграйте двенадцать кварталов, выгрузите отчёт и ответьте за свои решения на двух страницах. Критерии — до работы: каждая строка оценивается от 0 до 3; уровень 3 включает уровень 2. К семинару:
# вопросы к защите составлены из ваших собственных решений, задаёт их сосед.

# %% edition="both" tags=["nbval-ignore-output"]
widgets.rubric("board_report")

# %% [markdown] lang="en" edition="workbook"
# *Goal, and whom it serves:*
#
# *Three decisions: what I saw, what I expected, what came:*
#
# *What I did not see:*
#
# *Skill and luck:*
#
# *Clients and staff:*
#
# *Advice to my successor:*

# %% [markdown] lang="ru" of="8495a037" edition="workbook"
# *Цель и кому она служит:*
#
# *Три решения: что я видел, чего ждал, что вышло:*
#
# *Чего я не видел:*
#
# *Умение и везение:*
#
# *Клиенты и персонал:*
#
# *Совет преемнику:*

# %% [markdown] lang="en" edition="both"
# ## Reflection
#
# - What surprised me?
# - What would I do on Monday in an organisation that I know?
# - How sure am I of what I learned, from 1 to 5?

# %% [markdown] lang="ru" of="479efe6e" edition="both"
# ## Что я вынес из занятия
#
# - Что меня удивило?
# - Что я сделал бы в понедельник в знакомой мне организации?
# - Насколько я уверен в том, что понял, — от 1 до 5?

# %% [markdown] lang="en"
# ## Can I do it now?
#
# - I can say how good my probabilities were.
# - I can tell what a decision contributed, and why contributions need not add up.
# - I can compute what the clients of an organisation are worth.
# - I can tell luck from decisions.
# - I can answer for my decisions before a board.
#
# **Further reading.** G. W. Brier (1950), *Verification of forecasts expressed in terms of probability*, Monthly Weather Review 78, 1–3. R. C. Blattberg, J. Deighton (1996), *Manage
# marketing by the customer equity test*, Harvard Business Review 74. A. O. Hirschman (1970), *Exit, Voice, and Loyalty*, Harvard University Press.
#
# **Where the numbers come from.** People and events are invented. Strengths of effects, weights of the score and its yardsticks are assumptions: `helm.helm_scenario().table()` lists the
# strengths with their origins, `helm.WEIGHTS` the weights of the result. The game shows what an effect depends on; it predicts no real organisation.

# %% [markdown] lang="ru" of="e9e43cd5"
# ## Могу ли я это теперь?
#
# - Я могу сказать, насколько хороши были мои вероятности.
# - Я могу сказать, что дало решение и почему вклады не обязаны давать в сумме целое.
# - Я могу вычислить, сколько стоят клиенты организации.
# - Я могу отличить везение от решений.
# - Я могу ответить за свои решения перед советом директоров.
#
# **Что почитать.** G. W. Brier (1950), *Verification of forecasts expressed in terms of probability*, Monthly Weather Review 78, 1–3. R. C. Blattberg, J. Deighton (1996), *Manage
# marketing by the customer equity test*, Harvard Business Review 74 — о проверке маркетинга клиентским капиталом. A. O. Hirschman (1970), *Exit, Voice, and Loyalty*, Harvard University Press.
#
# **Откуда числа.** Люди и события вымышлены. Силы воздействий, веса оценки и её мерки — предположения: `helm.helm_scenario().table()` перечисляет силы вместе с происхождением,
# `helm.WEIGHTS` — веса результата. Игра показывает, от чего зависит эффект, и не предсказывает судьбу настоящей организации.
