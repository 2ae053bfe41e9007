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
# # 06. Consumer behaviour: the model of Hawkins, Best and Coney and its neighbours
#
# *About 90 minutes. The textbook's six laptops, and a purchase of your own.*
#
# ## The case
#
# > Colleagues,
# >
# > our clinic has the best dentists in town, and people go next door. Marketing says that we must advertise the dentists more. The reception says that
# > callers ask about evening hours, hear “no” and hang up.
# >
# > What do people look at, and in which order?

# %% [markdown] lang="ru" of="60056be9"
# # 06. Поведение потребителя услуг: модель Хокинса — Беста — Кони и её соседи
#
# *Около 90 минут. Шесть ноутбуков из учебника и ваша собственная покупка.*
#
# ## Ситуация
#
# > Коллеги!
# >
# > В нашей клинике лучшие стоматологи города, а люди идут в соседнюю. Маркетинг говорит, что надо больше рекламировать врачей. Регистратура
# > говорит, что звонящие спрашивают о приёме вечером, слышат «нет» и кладут трубку.
# >
# > На что люди смотрят — и в каком порядке?

# %% [markdown] lang="en"
# ## After this lesson
#
# - I can say what each of five rules picks from one table. *(check: `five_rules`)*
# - I can compute what elimination by aspects does with two alternatives that are alike. *(check: `eba_chances`)*
# - I can tell what delights from what is taken for granted. *(check: `kano_better_worse`)*
# - I can turn utilities into shares of choices. *(check: `mnl_shares`)*
# - I can describe a purchase of my own by the model, with its limits. *(check: `rubric:my_case`)*

# %% [markdown] lang="ru" of="53412f5a"
# ## После этого занятия
#
# - Я могу сказать, что выберет из таблицы каждое из пяти правил. *(проверка: `five_rules`)*
# - Я могу вычислить, что делает поаспектное исключение с двумя похожими вариантами. *(проверка: `eba_chances`)*
# - Я отличаю то, что восхищает, от того, что само собой разумеется. *(проверка: `kano_better_worse`)*
# - Я могу превратить полезности в доли выборов. *(проверка: `mnl_shares`)*
# - Я могу описать собственную покупку по модели — вместе с границами модели. *(проверка: `rubric:my_case`)*

# %% [markdown] lang="en" edition="workbook"
# # Workbook to lesson 06: consumer behaviour
#
# Write your student number in the first cell. Replace every `...` and run the check under it. A check that answers “not attempted” has cost you nothing.

# %% [markdown] lang="ru" of="ef74fd98" edition="workbook"
# # Рабочая тетрадь к занятию 06: поведение потребителя
#
# Впишите в первую ячейку свой номер студента. Замените каждое `...` и запустите проверку под ним. Ответ «ещё не решали» ничего вам не стоит.

# %% edition="both"
import numpy as np
import pandas as pd

import crm_toolkit as crm
from crm_toolkit import widgets
from crm_toolkit.behaviour import decision_rules, kano

language = crm.language("en")
student = "demo-01"

# %% [markdown] lang="en"
# ## A map, and models beside it
#
# The model of Hawkins, Best and Coney is a map: external influences (culture, status, family, friends, advertising) and internal influences (perception,
# memory, motives, emotions, attitudes) form self-concept and lifestyle; these meet a situation, and a process runs from recognising a problem to
# what one thinks afterwards. The map has no equation and foresees no purchase. For numbers one takes smaller models, each with its own limits.
#
# Six laptops have marks from 1 to 5; more is better, so a 5 for `price` is a low price and a 5 for `weight` a light laptop.

# %% [markdown] lang="ru" of="dd8698a8"
# ## Карта и модели рядом с ней
#
# Модель Хокинса — Беста — Кони — это карта: внешние факторы (культура, статус, семья, друзья, реклама) и внутренние факторы (восприятие, память,
# мотивы, эмоции, установки) складываются в Я-концепцию и стиль жизни; они встречаются с ситуацией, и начинается процесс — от осознания потребности
# до того, что человек думает после покупки. Уравнения в карте нет, и покупок она не предсказывает. За числами идут к моделям поменьше, у каждой свои границы.
#
# У шести ноутбуков оценки от 1 до 5; чем больше, тем лучше, так что 5 в столбце `price` — это низкая цена, а 5 в столбце `weight` — лёгкий ноутбук.

# %%
laptops = decision_rules.laptops()
pd.DataFrame(laptops.matrix, index=laptops.alternatives, columns=laptops.attributes)

# %% [markdown] lang="en"
# ### Predict
#
# Five rules are applied to this one table:
#
# - conjunctive: all that reach the minimum on every criterion;
# - disjunctive: all that are excellent on price, weight or display;
# - elimination by aspects: price, weight and display in turn; those below the cutoff go out;
# - lexicographic: the best on price; several equally good ones are told apart by weight;
# - compensatory (`weighted` below): the largest weighted sum, so a good mark can make up for a bad one.
#
# **How many of the six laptops does at least one rule pick?** Commit to a guess.

# %% [markdown] lang="ru" of="66423d45"
# ### Предскажите
#
# К одной этой таблице применяются пять правил:
#
# - конъюнктивное: все ноутбуки, которые достигают минимума по каждому критерию;
# - дизъюнктивное: все, у которых отличная оценка за цену, лёгкость или экран;
# - поаспектное исключение: по очереди цена, лёгкость и экран; те, что ниже порога, выбывают;
# - лексикографическое: лучший по цене; если лучших несколько, решает лёгкость;
# - компенсаторное (ниже `weighted`): наибольшая взвешенная сумма, так что хорошая оценка может возместить плохую.
#
# **Сколько из шести ноутбуков выберет хотя бы одно правило?** Зафиксируйте догадку.

# %% tags=["nbval-ignore-output"]
guess = widgets.predict("rules_agree")
guess

# %% [markdown] lang="en"
# ### Run and explain

# %% [markdown] lang="ru" of="f193d9aa"
# ### Запустите и объясните

# %%
minimums, weights = decision_rules.LAPTOP_MINIMUMS, decision_rules.LAPTOP_WEIGHTS
rules = [
    decision_rules.Conjunctive(minimums),
    decision_rules.Disjunctive(decision_rules.LAPTOP_MARKS),
    decision_rules.EliminationByAspects(("price", "weight", "display"), {"price": 3, "weight": 4, "display": 4}),
    decision_rules.Lexicographic(("price", "weight")),
    decision_rules.Weighted(weights),
]
picked = decision_rules.apply_rules(laptops, rules)
pd.Series({name: ", ".join(choice.chosen) for name, choice in picked.items()})

# %% tags=["nbval-ignore-output"]
guess.reveal(len({name for choice in picked.values() for name in choice.chosen}))

# %% [markdown] lang="en"
# The same marks, the same person, and four laptops, depending on the rule. Dell is picked by three rules of five: from one purchase nobody can tell which rule
# was used. *Write one sentence:* which rule explains the callers of the clinic, and what can excellent dentists do against it?

# %% [markdown] lang="ru" of="b1fc7ff2"
# Те же оценки, тот же человек — и четыре ноутбука, в зависимости от правила. Dell выбирают три правила из пяти: по одной покупке не узнать, каким
# правилом пользовались. *Напишите одно предложение:* какое правило объясняет тех, кто звонит в клинику, и что могут противопоставить ему отличные врачи?

# %% [markdown] lang="en"
# ## Explore
#
# Turn one cutoff until the choice changes. **Before you do, predict:** which rule changes its mind first?

# %% [markdown] lang="ru" of="6908af9c"
# ## Исследуйте
#
# Двигайте один порог, пока выбор не изменится. **Сначала предскажите:** какое правило передумает первым?

# %% tags=["nbval-ignore-output"]
widgets.explore_decision_rules()

# %% [markdown] lang="en"
# What is promised before a service is measured against what happens. Raise the promise and watch twenty encounters; then look at the
# service quality gaps: perception less expectation.

# %% [markdown] lang="ru" of="4940dc53"
# Обещанное до услуги сопоставляют с тем, что произошло. Поднимите обещание и посмотрите на двадцать контактов; затем
# взгляните на разрывы качества услуги: восприятие минус ожидание.

# %% tags=["nbval-ignore-output"]
widgets.explore_expectations()

# %% tags=["nbval-ignore-output"]
widgets.explore_servqual_gaps()

# %% [markdown] lang="en"
# Kano asks twice: what if it is there, and what if it is not? Each pair of answers gets a letter: A attractive, O one-dimensional, M must-be, I indifferent.
# `better` = (A + O) / (A + O + M + I) is the share of people whom the feature can please, `worse` = −(O + M) / (A + O + M + I) the share whom its absence
# annoys, with a minus. Together they keep what a single letter hides.

# %% [markdown] lang="ru" of="79c66379"
# Кано спрашивает дважды: что, если это есть, и что, если этого нет? Каждой паре ответов соответствует буква: A — привлекательное свойство, O — одномерное,
# M — обязательное, I — безразличное. Коэффициент `better` = (A + O) / (A + O + M + I) — доля людей, которых свойство может порадовать,
# `worse` = −(O + M) / (A + O + M + I) — доля тех, кого злит его отсутствие, со знаком минус. Вместе они сохраняют то, что скрывает одна буква.

# %%
kano.better_worse({"A": 30, "O": 25, "M": 35, "I": 10})

# %% tags=["nbval-ignore-output"]
widgets.explore_kano()

# %% [markdown] lang="en"
# Last, whole offers: who takes which, and from whom does a copy take its customers? A logit model adds up a utility for each offer; its share of choices is
# exp(utility), divided by the sum of exp(utility) over all offers.

# %% [markdown] lang="ru" of="cfd28a7b"
# Наконец, предложения целиком: кто что выберет и у кого отнимет клиентов копия? Логит-модель складывает для каждого предложения полезность; его доля
# выборов — это экспонента полезности, делённая на сумму таких экспонент по всем предложениям.

# %% tags=["nbval-ignore-output"]
widgets.explore_conjoint()

# %% [markdown] lang="en"
# ## How a novelty spreads
#
# So far one person decided. Many who watch each other make a curve: some adopt a novelty by themselves (innovation), the others because somebody they know has it
# (imitation). CRM itself may well have become popular in this way. Turn imitation up: does the peak come earlier, or does it only grow higher? From yearly counts of your
# own, such as how many salons of your town take bookings online, `analysis.fit_bass` estimates both, and says how little a curve can tell before its peak.

# %% [markdown] lang="ru" of="7dce6a0d"
# ## Как распространяется новинка
#
# До сих пор решал один человек. Когда многие смотрят друг на друга, получается кривая: одни принимают новинку сами (инновация), другие — потому, что она есть
# у знакомых (имитация). Возможно, так стала популярной и сама CRM. Усильте имитацию: пик наступит раньше или только станет выше? Если у вас есть свои годовые
# числа, например сколько салонов вашего города ведут запись онлайн, то `analysis.fit_bass` оценит оба параметра и скажет, как мало можно узнать по кривой до пика.

# %% tags=["nbval-ignore-output"]
widgets.explore_bass()

# %% [markdown] lang="en" edition="both"
# ## Your own numbers
#
# ### Task 1. Five rules, one table

# %% [markdown] lang="ru" of="eac069ee" edition="both"
# ## Ваши собственные числа
#
# ### Задача 1. Пять правил и одна таблица

# %% edition="workbook" tags=["nbval-ignore-output"]
rules_task = crm.exercise("five_rules", student=student)
rules_task

# %% edition="workbook" tags=["nbval-ignore-output"]
rules_task.data["alternatives"]

# %% edition="workbook" tags=["nbval-ignore-output"]
rules_task.data["criteria"]

# %% tags=["nbval-ignore-output"]
widgets.answer(crm.exercise("five_rules", student=student))

# %% edition="workbook" tags=["solution"]
criteria = rules_task.data["criteria"].set_index("criterion").sort_values("importance")
table = decision_rules.DecisionTable.from_frame(rules_task.data["alternatives"], ranges=(1, 5))
order = tuple(criteria.index)
rules = {}
rules["conjunctive"] = decision_rules.Conjunctive(criteria["minimum"].to_dict())  #:
rules["disjunctive"] = decision_rules.Disjunctive(criteria["excellent"].dropna().astype(int).to_dict())  #:
rules["elimination"] = decision_rules.EliminationByAspects(order, criteria["cutoff"].to_dict(), "skip")  #:
rules["lexicographic"] = decision_rules.Lexicographic(order)  #:
rules["compensatory"] = decision_rules.Weighted(criteria["weight"].to_dict())  #:
chosen = {name: choice.chosen for name, choice in decision_rules.apply_rules(table, rules).items()}  #:
cells = {rule: {one: int(one in names) for one in table.alternatives} for rule, names in chosen.items()}  #:
answer = pd.DataFrame(cells)  #: answer = ...

# %% edition="workbook"
rules_task.check(answer)

# %% [markdown] lang="en" edition="both"
# ### Task 2. Elimination by aspects as chance

# %% [markdown] lang="ru" of="be721aff" edition="both"
# ### Задача 2. Поаспектное исключение как случай

# %% edition="workbook" tags=["nbval-ignore-output"]
chance_task = crm.exercise("eba_chances", student=student)
chance_task

# %% edition="workbook" tags=["nbval-ignore-output"]
chance_task.data["aspects"]

# %% tags=["nbval-ignore-output"]
widgets.answer(crm.exercise("eba_chances", student=student))

# %% edition="workbook" tags=["solution"]
aspects, asked = chance_task.data["aspects"].set_index("aspect"), chance_task.data["asked"]
held = {name: list(aspects.index[aspects[name] == 1]) for name in ("A", "B", "C")}  #:
found = decision_rules.elimination_chances(held, aspects["weight"].to_dict())  #:
answer = found.chances[asked]  #: answer = ...

# %% edition="workbook"
chance_task.check(answer)

# %% [markdown] lang="en" edition="both"
# ### Task 3. What delights and what is taken for granted

# %% [markdown] lang="ru" of="e9c9f882" edition="both"
# ### Задача 3. Что восхищает, а что само собой разумеется

# %% edition="workbook" tags=["nbval-ignore-output"]
kano_task = crm.exercise("kano_better_worse", student=student)
kano_task

# %% edition="workbook" tags=["nbval-ignore-output"]
kano_task.data["answers"].head()

# %% tags=["nbval-ignore-output"]
widgets.answer(crm.exercise("kano_better_worse", student=student))

# %% edition="workbook" tags=["solution"]
answers = kano_task.data["answers"]
answers["letter"] = kano.kano_category(answers["functional"], answers["dysfunctional"])  #:
people = answers.pivot_table(index="feature", columns="letter", values="people", aggfunc="sum", fill_value=0)  #:
whole = people[["A", "O", "M", "I"]].sum(axis=1)  #:
better, worse = (people["A"] + people["O"]) / whole, -(people["O"] + people["M"]) / whole  #:
answer = pd.DataFrame({"better": better, "worse": worse})  #: answer = ...

# %% edition="workbook"
kano_task.check(answer)

# %% [markdown] lang="en" edition="both"
# ### Task 4. Shares of choices

# %% [markdown] lang="ru" of="f85e9259" edition="both"
# ### Задача 4. Доли выборов

# %% edition="workbook" tags=["nbval-ignore-output"]
share_task = crm.exercise("mnl_shares", student=student)
share_task

# %% edition="workbook" tags=["nbval-ignore-output"]
share_task.data["offers"]

# %% tags=["nbval-ignore-output"]
widgets.answer(crm.exercise("mnl_shares", student=student))

# %% edition="workbook" tags=["solution"]
offers, coefficients = share_task.data["offers"].set_index("offer"), share_task.data["coefficients"]
utility = sum(coefficients[name] * offers[name] for name in coefficients)  #:
answer = np.exp(utility[share_task.data["asked"]]) / np.exp(utility).sum()  #: answer = ...

# %% edition="workbook"
share_task.check(answer)

# %% [markdown] lang="en" edition="both"
# ### Task 5. The peak of a novelty

# %% [markdown] lang="ru" of="33e515fc" edition="both"
# ### Задача 5. Пик новинки

# %% edition="workbook" tags=["nbval-ignore-output"]
peak_task = crm.exercise("bass_peak", student=student)
peak_task

# %% tags=["nbval-ignore-output"]
widgets.answer(crm.exercise("bass_peak", student=student))

# %% edition="workbook" tags=["solution"]
p, q = peak_task.data["p"], peak_task.data["q"]
answer = np.log(q / p) / (p + q)  #: answer = ...

# %% edition="workbook"
peak_task.check(answer)

# %% [markdown] lang="en"
# ## Check yourself

# %% [markdown] lang="ru" of="8f45d9d8"
# ## Проверьте себя

# %% tags=["nbval-ignore-output"]
widgets.quiz("behaviour")

# %% [markdown] lang="en"
# ## Decide: what would you tell the manager?
#
# If hours are a minimum, dentists can't make up for them, and more advertising for the dentists brings none of these callers. But what the reception tells is no
# proof: ask callers who did not come, and open one evening as a trial before changing the advertising.

# %% [markdown] lang="ru" of="75ff06a5"
# ## Решение: что вы скажете руководителю?
#
# Если часы приёма — минимум, врачи его не возместят, и реклама врачей никого из этих людей не приведёт. Но рассказы регистратуры — не доказательство: спросите
# тех, кто позвонил и не пришёл, и, прежде чем менять рекламу, откройте на пробу приём в один из вечеров.

# %% [markdown] lang="en" edition="both"
# ## Open task: my case
#
# Take a service that you really bought and describe the purchase by the model: influences, process, table and rule, feedback, what it means for the provider. Decide first
# what you keep to yourself. The rubric comes before the work: each row is graded 0 to 3, and 3 includes 2.

# %% [markdown] lang="ru" of="92c41c19" edition="both"
# ## Открытое задание: мой случай
#
# Возьмите услугу, которую вы действительно купили, и опишите покупку по модели: факторы, процесс, таблица и правило, обратная связь, вывод для организации. Сначала
# решите, о чём умолчите. Критерии — до работы: каждая строка оценивается от 0 до 3; уровень 3 включает уровень 2.

# %% tags=["nbval-ignore-output"]
widgets.my_case()

# %% edition="both" tags=["nbval-ignore-output"]
widgets.rubric("my_case")

# %% [markdown] lang="en" edition="workbook"
# *Purchase and situation:*
#
# *Influences and self-concept:*
#
# *Process, criteria, rule:*
#
# *Feedback and limits:*
#
# *For the provider:*

# %% [markdown] lang="ru" of="8bf9c40c" edition="workbook"
# *Покупка и ситуация:*
#
# *Факторы и Я-концепция:*
#
# *Процесс, критерии, правило:*
#
# *Обратная связь и границы:*
#
# *Для организации:*

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
# - I can say what each of five rules picks from one table.
# - I can compute what elimination by aspects does with two alternatives that are alike.
# - I can tell what delights from what is taken for granted.
# - I can turn utilities into shares of choices.
# - I can describe a purchase of my own by the model, with its limits.
#
# More tasks of this lesson: `fishbein_attitude`, `servqual_weighted`, `willingness_to_pay`.
#
# **Where the numbers come from.** The laptops: the textbook's table as secondary sources give it, partly from memory, recomputed and not checked against the book. The goods beside Bass's
# curve: published estimates, his own from memory. All people behind the benches are generated.
#
# Next: [07. Forecast: repeat purchase, leaving, load](07_forecast.ipynb).

# %% [markdown] lang="ru" of="49aed6e2"
# ## Могу ли я это теперь?
#
# - Я могу сказать, что выберет из таблицы каждое из пяти правил.
# - Я могу вычислить, что делает поаспектное исключение с двумя похожими вариантами.
# - Я отличаю то, что восхищает, от того, что само собой разумеется.
# - Я могу превратить полезности в доли выборов.
# - Я могу описать собственную покупку по модели — вместе с границами модели.
#
# Ещё задачи этого занятия: `fishbein_attitude`, `servqual_weighted`, `willingness_to_pay`.
#
# **Откуда числа.** Ноутбуки: таблица учебника по вторичным источникам, частью — по памяти, пересчитана, с книгой не сверена. Товары рядом с кривой Басса: опубликованные оценки,
# его собственные — по памяти. Все люди в данных стендов сгенерированы.
#
# Дальше: [07. Прогноз: повторная покупка, уход, загрузка](07_forecast.ipynb).
