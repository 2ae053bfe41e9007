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
# # 01. Client orientation: measure it, don't proclaim it
#
# *About 75 minutes. Simulated employees and clients, twelve invented organisations, a barbershop over twelve quarters.*
#
# ## The case
#
# > Colleagues,
# >
# > “The client is our first concern” has been on our wall since spring. All of us are behind it: in our own survey we give ourselves 5.9 of 7.
# >
# > Can we now write in the report that we are a client-oriented organisation? And may I tell the owners that it pays?

# %% [markdown] lang="ru" of="ae6db320"
# # 01. Клиентоориентированность: измерить, а не провозгласить
#
# *Около 75 минут. Смоделированные сотрудники и клиенты, двенадцать вымышленных организаций, барбершоп за двенадцать кварталов.*
#
# ## Ситуация
#
# > Коллеги!
# >
# > С весны у нас на стене написано «Клиент — наша главная забота». Мы все за: в собственном опросе поставили себе 5,9 из 7.
# >
# > Можно теперь написать в отчёте, что мы клиентоориентированная организация? И сказать владельцам, что это окупается?

# %% [markdown] lang="en"
# ## After this lesson
#
# - I can say how far the items of a scale agree. *(check: `cronbach_alpha`)*
# - I can find a reversed item before it spoils a scale. *(check: `reversed_item`)*
# - I can measure the gap between what staff mean and what clients see. *(check: `orientation_gap`)*
# - I can say what an organisation revolves around. *(check: `orientation_kinds`)*
# - I can audit a real organisation with evidence. *(check: `rubric:orientation_audit`)*

# %% [markdown] lang="ru" of="254a12fb"
# ## После этого занятия
#
# - Я могу сказать, насколько согласованы пункты шкалы. *(проверка: `cronbach_alpha`)*
# - Я могу найти обратный пункт, прежде чем он испортит шкалу. *(проверка: `reversed_item`)*
# - Я могу измерить разрыв между тем, что имеют в виду сотрудники, и тем, что видят клиенты. *(проверка: `orientation_gap`)*
# - Я могу сказать, вокруг чего вращается организация. *(проверка: `orientation_kinds`)*
# - Я могу провести аудит реальной организации с доказательствами. *(проверка: `rubric:orientation_audit`)*

# %% [markdown] lang="en" edition="workbook"
# # Workbook to lesson 01: client orientation
#
# Write your student number in the first cell. Replace every `...` and run the check under it. A check that answers “not attempted” has cost you nothing.

# %% [markdown] lang="ru" of="de8b567e" edition="workbook"
# # Рабочая тетрадь к занятию 01: клиентоориентированность
#
# Впишите в первую ячейку свой номер студента. Замените каждое `...` и запустите проверку под ним. Ответ «ещё не решали» ничего вам не стоит.

# %% edition="both"
import pandas as pd

import crm_toolkit as crm
from crm_toolkit import analysis, datasets, plots, widgets
from crm_toolkit.analysis.orientation import orientation_profile
from crm_toolkit.firm import Policy, Service

language = crm.language("en")
student = "demo-01"

# %% [markdown] lang="en"
# ## What an organisation revolves around
#
# There are four orientations. Production: make much, and cheaply. Product: make it ever better, by one's own measure. Sales: get rid of what has been made. Market: find out what clients need, and change oneself. Sort twelve
# invented organisations; every wrong choice tells you what you took for what.

# %% [markdown] lang="ru" of="d56322a2"
# ## Вокруг чего вращается организация
#
# Ориентаций четыре. Производственная: делать много и дёшево. Товарная: делать всё лучше — по собственной мерке. Сбытовая: сбыть то, что сделано. Рыночная: узнать, что нужно клиентам, и измениться самим. Разложите двенадцать вымышленных
# организаций; каждый неверный выбор подскажет, что вы с чем спутали.

# %% tags=["nbval-ignore-output"]
widgets.sort_orientations(student)

# %% [markdown] lang="en"
# ## Two sides of one question
#
# A motto can't be measured; answers can. Three scales of our own: **culture** (what guides decisions: the client, the competitor, working together), **intelligence** (found out, passed on, acted on), **selling** (a need served or a sale pushed). The words in brackets of the first two are *dimensions*;
# selling has only one, honest selling. Staff answer sixteen statements, clients the twelve that they can judge, from 1 to 7; nobody asks clients about competitors or about what departments pass on. Some statements are *reversed*: agreement with them speaks against orientation. They catch people who agree with everything.

# %% [markdown] lang="ru" of="c433fdd6"
# ## Две стороны одного вопроса
#
# Девиз измерить нельзя, ответы — можно. Три наши собственные шкалы: **культура** (чем руководствуются в решениях: клиент, конкурент, работа сообща), **знание** (узнали, передали, использовали), **продажи** (помогли или протолкнули). Слова в скобках у первых двух — *измерения*;
# у продаж измерение одно: честная продажа. Сотрудники оценивают от 1 до 7 шестнадцать утверждений, клиенты — двенадцать, о которых могут судить: о конкурентах и о том, что передают друг другу отделы, их не спрашивают. Некоторые утверждения *обратные*: согласие с ними говорит против ориентации. Так выявляют тех, кто согласен со всем.

# %%
made = datasets.make_orientation_survey()
print(len(made.staff), len(made.clients))
made.staff[["c1", "c2", "c3", "o1", "o2"]].head()

# %% [markdown] lang="en"
# ### Predict
#
# Staff give the dimension “client” (`customer` in the tables) a mean of 5.9. **Which mean do the clients give?** Commit to a guess.

# %% [markdown] lang="ru" of="0cb2c55d"
# ### Предскажите
#
# Измерению «клиент» (в таблицах `customer`) сотрудники дают в среднем 5,9. **Какое среднее дают клиенты?** Зафиксируйте догадку.

# %% tags=["nbval-ignore-output"]
guess = widgets.predict("clients_see")
guess

# %% [markdown] lang="en"
# ### Run and explain

# %% [markdown] lang="ru" of="f193d9aa"
# ### Запустите и объясните

# %%
profile = orientation_profile(made.staff, made.clients)
profile.dimensions[["dimension", "staff", "clients", "gap"]].round(2)

# %% tags=["nbval-ignore-output"]
guess.reveal(round(profile.dimensions["clients"].iloc[0], 1))

# %% tags=["nbval-ignore-output"]
plots.show(plots.orientation_chart(profile))

# %% [markdown] lang="en"
# Staff say how they mean it, clients say what reaches them: 4.6. The respondents are simulated and the gap was put in by us, so it proves nothing; in a real survey look first whether there is one. *Write one sentence:* who is right?
#
# ## A worked example: may the items be added up?
#
# The scale of culture as the clients answered it has five items; `c3` and `o2` are reversed.
#
# 1. **Turn** the reversed items: 8 − answer.
# 2. **Variance of each item,** added up.
# 3. **Variance of the sum** of the items.
# 4. **Share** of the first in the second: what the items do *not* have in common. Take the rest.
# 5. **Correct** for the number of items: times k/(k − 1). That is Cronbach's α.

# %% [markdown] lang="ru" of="060b2f76"
# Сотрудники говорят, что имели в виду, клиенты — что до них дошло: 4,6. Респонденты смоделированы, и разрыв заложили мы сами, поэтому он ничего не доказывает; в настоящем опросе сначала посмотрите, есть ли он. *Напишите одно предложение:* кто прав?
#
# ## Разобранный пример: можно ли складывать пункты
#
# В шкале культуры, на которую отвечали клиенты, пять пунктов; `c3` и `o2` — обратные.
#
# 1. **Переверните** обратные пункты: 8 − ответ.
# 2. **Дисперсия каждого пункта;** сложите их.
# 3. **Дисперсия суммы** пунктов.
# 4. **Доля** первого во втором: то, что у пунктов *не* общее. Возьмите остаток.
# 5. **Поправьте** на число пунктов: умножьте на k/(k − 1). Это α Кронбаха.

# %%
items = made.clients[["c1", "c2", "c3", "o1", "o2"]].copy()
items[["c3", "o2"]] = 8 - items[["c3", "o2"]]
own, together = items.var().sum(), items.sum(axis=1).var()
print(round(own, 2), round(together, 2), round(5 / 4 * (1 - own / together), 3))

# %%
raw = analysis.cronbach_alpha(made.clients, list(items.columns))
print(analysis.cronbach_alpha(items, list(items.columns)))
print(round(raw.alpha, 2))
raw.items[["item", "mean", "item_rest_correlation", "against"]].round(2)

# %% [markdown] lang="en"
# With two items not turned, α falls from 0.86 to −1.16, and the correlations tell which two: `c3` and `o2` run against the rest. Where α is below 0.7, the sum is usually not used. A high α shows that the items are answered alike, not that
# they measure the right thing. The same for every scale and both sides, with an interval:

# %% [markdown] lang="ru" of="986f574b"
# Если два пункта не перевернуть, α падает с 0,86 до −1,16, а корреляции подсказывают, какие именно: `c3` и `o2` идут против остальных. При α ниже 0,7 сумму обычно не используют. Высокая α показывает лишь, что на пункты отвечают похоже, но не то,
# что они измеряют нужное. То же для каждой шкалы и обеих сторон, с интервалом:

# %%
profile.reliability[["scale", "who", "alpha", "low", "high", "enough"]].round(2)

# %% [markdown] lang="en"
# One of the six α is below the limit: selling, as staff answered it, 0.63. But three items and forty people leave it anywhere between 0.38 and 0.79. Such a scale is read item by item, or more people are asked.
#
# ## Explore: the profile, and what would prove it
#
# Change how staff answer, how clients answer, and how alike one person answers the items of one thing. **Predict first:** what happens to α if these answers are less alike? Then choose one of the six elements of a client-oriented organisation and read what would prove that it is there. With answers from a real
# organisation write `widgets.orientation_profile(staff, clients)`: a row per person, a column per item.

# %% [markdown] lang="ru" of="a8de813d"
# Из шести значений α одно ниже границы: продажи глазами сотрудников, 0,63. Но при трёх пунктах и сорока респондентах оно может быть где угодно от 0,38 до 0,79. Такую шкалу читают по пунктам или опрашивают больше людей.
#
# ## Исследуйте: профиль и что его докажет
#
# Меняйте ответы сотрудников, ответы клиентов и то, насколько похоже один человек отвечает на пункты об одном и том же. **Сначала предскажите:** что станет с α, если эти ответы будут менее похожи? Затем выберите один из шести элементов клиентоориентированной организации и прочитайте, что докажет его наличие. Если у вас есть ответы из настоящей
# организации, напишите `widgets.orientation_profile(staff, clients)`: строка на человека, столбец на пункт.

# %% tags=["nbval-ignore-output"]
widgets.orientation_profile()

# %% tags=["nbval-ignore-output"]
widgets.element_table()

# %% [markdown] lang="en"
# ### One service, two blueprints
#
# The same visit as the provider draws it and as the client lives it; a drawing of this kind is called a service blueprint. Look at what the client does where the first column has no step for it: who is responsible for that?
#
# | the provider's step | what the client does meanwhile | who owns it |
# |---|---|---|
# | booking accepted | looks for the number, calls three times, waits for a message | nobody: the phone is not in the plan |
# | client arrives | looks for the entrance, explains once more what was said on the phone | reception, which has no notes |
# | service done | watches, does not dare to ask | the specialist |
# | bill paid | wonders about a line of the bill | the till, which did not make it |
# | — | at home: notices a flaw, does not know whom to tell | nobody |

# %% [markdown] lang="ru" of="ebc57cea"
# ### Одна услуга, две схемы
#
# Один и тот же визит — каким его рисует исполнитель и каким его проживает клиент; такой рисунок называют картой-схемой (блюпринтом) услуги. Посмотрите, что делает клиент там, где в первом столбце для этого нет шага: кто за это отвечает?
#
# | шаг исполнителя | что в это время делает клиент | за кем закреплено |
# |---|---|---|
# | запись принята | ищет номер, звонит три раза, ждёт сообщения | ни за кем: телефона нет на схеме |
# | клиент пришёл | ищет вход, снова объясняет сказанное по телефону | администратор, у которого нет записей |
# | услуга оказана | смотрит и не решается спросить | мастер |
# | счёт оплачен | недоумевает над строкой в счёте | касса, которая его не составляла |
# | — | дома: замечает изъян и не знает, кому сказать | ни за кем |

# %% [markdown] lang="en"
# ## Does orientation pay?
#
# One barbershop twice: the same people with the same luck, twelve quarters. One policy is the usual one. The other has a tenth more staff, trains them, and lets them settle complaints; training and authority cost another 6,000 (an
# assumption). The number `pull` says how strongly dissatisfaction makes people leave: it is small where leaving is hard and large where a competitor is next door. The table shows by how much the second policy differs from the first. **Predict first:** in which of the three does it pay?

# %% [markdown] lang="ru" of="edce444b"
# ## Окупается ли ориентация?
#
# Один барбершоп дважды: те же люди с тем же везением, двенадцать кварталов. Одна политика обычная. При другой сотрудников на десятую часть больше, их обучают, и они вправе сами улаживать жалобы; обучение и полномочия стоят ещё 6000 (это
# допущение). Число `pull` говорит, насколько сильно недовольство заставляет уходить: оно мало там, где уйти трудно, и велико там, где конкурент за углом. Таблица показывает, насколько вторая политика отличается от первой. **Сначала предскажите:** в каком из трёх случаев это окупится?

# %%
oriented = Policy(service=Service(staff=1.1, training=0.5, recovery=1.6))
rows = []
for pull in (0.1, 0.5, 1.5):
    world = crm.scenario("barbershop", locale="en_US", satisfaction_to_churn=pull)
    both = crm.compare(world, {"usual": Policy(), "oriented": oriented}, customers=1000, weeks=156, seed=1)
    effect = both.summary[both.summary["policy"] == "oriented"].set_index("measure")["effect"]
    rows.append({"pull": pull, "staying": effect["staying"], "revenue": effect["amount"], "profit": effect["profit"]})
table = pd.DataFrame(rows)
table.assign(after_training=table["profit"] - 6000).round(1)

# %% [markdown] lang="en"
# Where leaving is hard, three more clients stay and 6,767 is lost. In the middle case 21 more stay and 5,282 is gained; next door to a competitor it is 56 clients and 35,635. The policy is the same in all three rows; each is one run of an invented world. Change `staff`, the 6,000 and `pull` until the result
# turns round: that is the answer to the owners. Customer orientation is a bet on what clients can do, not a virtue that pays by itself.
#
# **Counter-example for the seminar.** Take a firm whose clients are bound by contracts of two years. As long as they run, orientation may lose money in such a count. It may still be right, for reasons that stand in no column.

# %% [markdown] lang="ru" of="e9ed5d11"
# Где уйти трудно, остаётся на три клиента больше, а 6767 потеряно. В среднем случае остаётся на 21 больше, и выигрыш — 5282; рядом с конкурентом — 56 клиентов и 35 635. Политика во всех трёх строках одна и та же; каждая строка — один прогон вымышленного мира. Меняйте `staff`, эти 6000 и `pull`, пока результат
# не сменит знак: это и есть ответ владельцам. Клиентоориентированность — ставка на то, что могут сделать клиенты, а не добродетель, которая окупается сама.
#
# **Контрпример для семинара.** Возьмите фирму, клиенты которой связаны договором на два года. Пока договор действует, на клиентоориентированности можно в таком подсчёте и потерять. Фирма всё равно может быть права — по причинам, которых нет ни в одном столбце.

# %% [markdown] lang="en" edition="both"
# ### The same steps, with blanks
#
# The steps of the worked example, the same numbers for everybody. The check says which step is off.

# %% [markdown] lang="ru" of="0157a8f1" edition="both"
# ### Те же шаги с пропусками
#
# Шаги те же, что в разобранном примере; числа у всех одинаковые. Проверка скажет, какой шаг не сошёлся.

# %% edition="workbook" tags=["nbval-ignore-output"]
faded = crm.exercise("alpha_faded", student=student)
faded

# %% edition="workbook" tags=["nbval-ignore-output"]
faded.data["items"]

# %% tags=["nbval-ignore-output"]
widgets.answer(crm.exercise("alpha_faded", student=student))

# %% edition="workbook" tags=["solution"]
own_sum = faded.data["items"]["variance"].sum()
own_share = own_sum / faded.data["sum_variance"]  #: own_share = ...
shared = 1 - own_share  #: shared = ...
factor = 4 / 3  #: factor = ...
alpha = factor * shared  #: alpha = ...
steps = ["own_sum", "own_share", "shared", "factor", "alpha"]
answer = {"value": dict(zip(steps, [own_sum, own_share, shared, factor, alpha], strict=True))}

# %% edition="workbook"
faded.check(answer)

# %% [markdown] lang="en" edition="both"
# ## Your own numbers
#
# ### Task 1. Cronbach's α

# %% [markdown] lang="ru" of="0f0b96bc" edition="both"
# ## Ваши собственные числа
#
# ### Задача 1. α Кронбаха

# %% edition="workbook" tags=["nbval-ignore-output"]
alpha_task = crm.exercise("cronbach_alpha", student=student)
alpha_task

# %% edition="workbook" tags=["nbval-ignore-output"]
alpha_task.data["items"]

# %% tags=["nbval-ignore-output"]
widgets.answer(crm.exercise("cronbach_alpha", student=student))

# %% edition="workbook" tags=["solution"]
variances, whole = alpha_task.data["items"]["variance"], alpha_task.data["sum_variance"]
k = len(variances)  #:
answer = k / (k - 1) * (1 - variances.sum() / whole)  #: answer = ...

# %% edition="workbook"
alpha_task.check(answer)

# %% [markdown] lang="en" edition="both"
# ### Task 2. The reversed item

# %% [markdown] lang="ru" of="1fa738f4" edition="both"
# ### Задача 2. Обратный пункт

# %% edition="workbook" tags=["nbval-ignore-output"]
reversed_task = crm.exercise("reversed_item", student=student)
reversed_task

# %% edition="workbook" tags=["nbval-ignore-output"]
reversed_task.data["answers"]

# %% tags=["nbval-ignore-output"]
widgets.answer(crm.exercise("reversed_item", student=student))

# %% edition="workbook" tags=["solution"]
answers = reversed_task.data["answers"]
rest = {name: answers[name].corr(answers.drop(columns=name).sum(axis=1)) for name in answers}  #:
answer = min(rest.values())  #: answer = ...

# %% edition="workbook"
reversed_task.check(answer)

# %% [markdown] lang="en" edition="both"
# ### Task 3. The gap

# %% [markdown] lang="ru" of="380e6f8e" edition="both"
# ### Задача 3. Разрыв

# %% edition="workbook" tags=["nbval-ignore-output"]
gap_task = crm.exercise("orientation_gap", student=student)
gap_task

# %% edition="workbook" tags=["nbval-ignore-output"]
gap_task.data["means"]

# %% tags=["nbval-ignore-output"]
widgets.answer(crm.exercise("orientation_gap", student=student))

# %% edition="workbook" tags=["solution"]
means = gap_task.data["means"]
turned = means["wording"] == "reversed"  #:
means.loc[turned, ["staff", "clients"]] = 8 - means.loc[turned, ["staff", "clients"]]  #:
both = means.groupby("dimension")[["staff", "clients"]].mean()  #:
answer = (both["staff"] - both["clients"]).rename("gap")  #: answer = ...

# %% edition="workbook"
gap_task.check(answer)

# %% [markdown] lang="en" edition="both"
# ### Task 4. Twelve organisations

# %% [markdown] lang="ru" of="cd0053c8" edition="both"
# ### Задача 4. Двенадцать организаций

# %% edition="workbook" tags=["nbval-ignore-output"]
kinds_task = crm.exercise("orientation_kinds", student=student)
kinds_task

# %% tags=["nbval-ignore-output"]
widgets.answer(crm.exercise("orientation_kinds", student=student))

# %% edition="workbook" tags=["solution"]
answer = kinds_task.expected  #: answer = pd.DataFrame({"vignette": list("ABCDEFGHIJKL"), "kind": ...})

# %% edition="workbook"
kinds_task.check(answer)

# %% [markdown] lang="en" edition="both"
# ### Task 5. Wishes of clients

# %% [markdown] lang="ru" of="e3bced50" edition="both"
# ### Задача 5. Желания клиентов

# %% edition="workbook" tags=["nbval-ignore-output"]
wishes_task = crm.exercise("client_wishes", student=student)
wishes_task

# %% edition="workbook" tags=["nbval-ignore-output"]
wishes_task.data["wishes"]

# %% tags=["nbval-ignore-output"]
widgets.answer(crm.exercise("client_wishes", student=student))

# %% edition="workbook" tags=["solution"]
wishes = wishes_task.data["wishes"]
worth = wishes["stay_more"] * wishes_task.data["margin"] - wishes["cost"]  #:
answer = worth.clip(lower=0).sum()  #: answer = ...

# %% edition="workbook"
wishes_task.check(answer)

# %% [markdown] lang="en"
# ## Check yourself

# %% [markdown] lang="ru" of="8f45d9d8"
# ## Проверьте себя

# %% tags=["nbval-ignore-output"]
widgets.quiz("orientation")

# %% [markdown] lang="en"
# ## Decide: what would you tell the manager?
#
# 5.9 is what you think of yourselves. Ask the clients the same things, publish the gap, and write into the report one decision of this year that cost money and was made for clients. Tell the owners under which conditions it pays, and
# how you would notice that they do not hold.

# %% [markdown] lang="ru" of="4bb1bf58"
# ## Решение: что вы скажете руководителю?
#
# 5,9 — это то, что вы думаете о себе. Спросите о том же клиентов, опубликуйте разрыв и впишите в отчёт одно решение этого года, которое стоило денег и было принято ради клиентов. Владельцам скажите, при каких условиях это окупается и
# как вы заметите, что они не выполнены.

# %% [markdown] lang="en" edition="both"
# ## Open task: audit of a real organisation
#
# Take a service organisation that you can visit. Look for the six elements; for each write what would prove it, what you found (with date and place) and what passes for it. Ask ten clients and, if you may, five employees the same items. The
# course knows nothing of your organisation. The rubric comes before the work: each row is graded 0 to 3, and 3 includes 2.

# %% [markdown] lang="ru" of="974d8485" edition="both"
# ## Открытое задание: аудит реальной организации
#
# Возьмите сервисную организацию, в которую можно прийти. Ищите шесть элементов; для каждого запишите, что его доказало бы, что вы нашли (с датой и местом) и что за него выдают. Предложите одни и те же пункты десяти клиентам и, если позволят, пяти сотрудникам. О вашей
# организации курс ничего не знает. Критерии даны до начала работы: каждая строка оценивается от 0 до 3; уровень 3 включает уровень 2.

# %% edition="both" tags=["nbval-ignore-output"]
widgets.rubric("orientation_audit")

# %% [markdown] lang="en" edition="workbook"
# *Six elements: what would prove it, what I found (date, place):*
#
# *Staff and clients: gap, α, who did not answer:*
#
# *What passes for orientation:*
#
# *One change, its cost, and when it would not pay:*

# %% [markdown] lang="ru" of="9970692a" edition="workbook"
# *Шесть элементов: что доказало бы, что я нашёл (дата, место):*
#
# *Сотрудники и клиенты: разрыв, α, кто не ответил:*
#
# *Что выдают за ориентацию:*
#
# *Одно изменение, во что оно обойдётся и когда не окупится:*

# %% [markdown] lang="en"
# **In the seminar: is the client always right?** One group defends the sentence, one attacks it. Each brings a case in which its own side loses. Whoever finds a wish that clients voice but that would keep none of them gets a point.

# %% [markdown] lang="ru" of="6ceed49c"
# **На семинаре: всегда ли прав клиент?** Одна группа защищает эту фразу, другая нападает. Каждая приносит случай, в котором её сторона проигрывает. Кто найдёт желание, которое клиенты высказывают, но исполнение которого никого из них не удержит, получает балл.

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
# - Что бы я сделал в понедельник в знакомой мне организации?
# - Насколько я уверен в том, что понял, — от 1 до 5?

# %% [markdown] lang="en"
# ## Can I do it now?
#
# - I can say how far the items of a scale agree.
# - I can find a reversed item before it spoils a scale.
# - I can measure the gap between what staff mean and what clients see.
# - I can say what an organisation revolves around.
# - I can audit a real organisation with evidence.
#
# **Further reading.** Narver and Slater (1990) and Kohli and Jaworski (1990) on market orientation; Saxe and Weitz (1982) on customer-oriented selling; Cronbach (1951) on α.
#
# **Where the numbers come from.** Respondents, organisations and the barbershop are invented. The items are the course's own and have not been validated; the limit of 0.7 is a convention; how strongly dissatisfaction drives clients away and what training costs are assumptions.
#
# Next: [02. One database, two doors, one card](02_single_database.ipynb).

# %% [markdown] lang="ru" of="58eaff00"
# ## Могу ли я это теперь?
#
# - Я могу сказать, насколько согласованы пункты шкалы.
# - Я могу найти обратный пункт, прежде чем он испортит шкалу.
# - Я могу измерить разрыв между тем, что имеют в виду сотрудники, и тем, что видят клиенты.
# - Я могу сказать, вокруг чего вращается организация.
# - Я могу провести аудит реальной организации с доказательствами.
#
# **Что почитать.** Narver и Slater (1990), Kohli и Jaworski (1990) о рыночной ориентации; Saxe и Weitz (1982) о продажах, ориентированных на клиента; Cronbach (1951) об α.
#
# **Откуда числа.** Респонденты, организации и барбершоп вымышлены. Пункты составлены для курса и не валидированы; граница 0,7 — условность; сила, с которой недовольство заставляет уходить, и стоимость обучения — допущения.
#
# Дальше: [02. Одна база, два входа, одна карточка](02_single_database.ipynb).
