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
# # 07. Forecast: repeat purchase, leaving, load
#
# *75 to 90 minutes. Four years of a barbershop, three years of a fitness club, and a series of your own.*
#
# ## The case
#
# > Colleagues,
# >
# > I must say by Friday how many barbers we need in winter. The plan so far: as last year, month by month. From the fitness club I have a model of who leaves; on the old data it was right in 99 of 100 cases. And somebody said that a membership lasts nine months.
# >
# > Which of these numbers may I use?

# %% [markdown] lang="ru" of="1414d583"
# # 07. Прогноз: повторная покупка, уход, загрузка
#
# *От 75 до 90 минут. Четыре года барбершопа, три года фитнес-клуба и ваш собственный ряд.*
#
# ## Ситуация
#
# > Коллеги!
# >
# > К пятнице мне нужно сказать, сколько барберов понадобится зимой. План пока такой: как в прошлом году, месяц в месяц. Из фитнес-клуба у меня есть модель, которая говорит, кто уйдёт; на старых данных она была права в 99 случаях из 100. И кто-то сказал, что членство длится девять месяцев.
# >
# > Какими из этих чисел можно пользоваться?

# %% [markdown] lang="en"
# ## After this lesson
#
# - I can say what a forecast adds to “as last time”. *(check: `forecast_value_added`)*
# - I can check whether intervals keep what they promise. *(check: `interval_coverage`)*
# - I can compute what share stays, although some have not left yet. *(check: `kaplan_meier_by_hand`)*
# - I can find the column that knows the answer. *(check: `leakage_spotted`)*
# - I can write a forecast that somebody can decide by. *(check: `rubric:forecast_memo`)*

# %% [markdown] lang="ru" of="02778238"
# ## После этого занятия
#
# - Я могу сказать, что прогноз прибавляет к «как в прошлый раз». *(проверка: `forecast_value_added`)*
# - Я могу проверить, держат ли интервалы обещание. *(проверка: `interval_coverage`)*
# - Я могу вычислить, какая доля клиентов остаётся, хотя некоторые пока не ушли. *(проверка: `kaplan_meier_by_hand`)*
# - Я могу найти столбец, который знает ответ. *(проверка: `leakage_spotted`)*
# - Я могу написать прогноз, по которому можно принять решение. *(проверка: `rubric:forecast_memo`)*

# %% [markdown] lang="en" edition="workbook"
# # Workbook to lesson 07: forecast
#
# Write your student number in the first cell. Replace every `...` and run the check under it. A check that answers “not attempted” has cost you nothing.

# %% [markdown] lang="ru" of="ad1a02f7" edition="workbook"
# # Рабочая тетрадь к занятию 07: прогноз
#
# Впишите в первую ячейку свой номер студента. Замените каждое `...` и запустите проверку под ним. Ответ «ещё не решали» ничего вам не стоит.

# %% edition="both"
import numpy as np
import pandas as pd

import crm_toolkit as crm
from crm_toolkit import analysis, plots, widgets

language = crm.language("en")
student = "demo-01"

# %% [markdown] lang="en"
# ## Load: how many orders will come?
#
# A series has every period once, in order. A month without orders is a zero and not a gap; the last month, if it is not over, is no observation. The barbershop's orders, month by month:

# %% [markdown] lang="ru" of="f2e5f55d"
# ## Загрузка: сколько будет заказов?
#
# В ряду каждый период встречается ровно один раз, и все идут по порядку. Месяц без заказов — это ноль, а не пропуск; последний месяц, если он не закончен, — не наблюдение. Заказы барбершопа по месяцам:

# %%
shop = crm.simulate(crm.scenario("barbershop", locale="en_US"), customers=3000, weeks=208, seed=7)
bought = shop.tables["purchases"]
today = bought["ordered_at"].max()
orders = analysis.demand_series(bought, as_of=today, unit="month", measure="orders")
orders.table.tail(3)

# %% [markdown] lang="en"
# ### A worked example: three months by hand
#
# 1. **Step back:** the history ends in August 2027; September to November are hidden.
# 2. **Naive:** as many as in the last month that was seen.
# 3. **Seasonal naive:** as many as in the same month a year ago. This is the manager's plan.
# 4. **Error:** the mean of the absolute differences between the forecast and what came.
# 5. **Value added:** by what share the error is smaller than the naive one.

# %% [markdown] lang="ru" of="f0a5c756"
# ### Разобранный пример: три месяца вручную
#
# 1. **Шаг назад:** история кончается в августе 2027 года; месяцы с сентября по ноябрь скрыты.
# 2. **Наивный прогноз:** столько же, сколько в последнем известном месяце.
# 3. **Сезонный наивный:** столько же, сколько в том же месяце год назад. Это и есть план руководителя.
# 4. **Ошибка:** средняя абсолютная разность между прогнозом и тем, что вышло на деле.
# 5. **Добавленная ценность:** на какую долю ошибка меньше, чем у наивного прогноза.

# %%
value = orders.table.set_index("period")["value"]
came = value[["2027-09", "2027-10", "2027-11"]].to_numpy()
naive = np.repeat(value["2027-08"], 3)
year_ago = value[["2026-09", "2026-10", "2026-11"]].to_numpy()
error, error_year_ago = abs(naive - came).mean(), abs(year_ago - came).mean()
print(came, naive, year_ago)
pd.Series({"naive": error, "year_ago": error_year_ago, "value_added": 1 - error_year_ago / error}).round(2)

# %% [markdown] lang="en"
# The plan “as last year” is off by 104 orders a month, “as last month” by 19: the value added is negative, −4.49. Last year's pattern holds the season, and with it last year's level. Here the number of clients is falling. *Write one sentence:* in which organisation would the order of the two be the other way round?
#
# ### Predict
#
# Eight methods compete: both naive ones, the mean, and five kinds of exponential smoothing. Each is put back to fourteen earlier months and looks three months ahead. **By how many per cent is the best one better than “as many as last month”?**

# %% [markdown] lang="ru" of="a6bb1ce7"
# План «как в прошлом году» ошибается на 104 заказа в месяц, «как в прошлом месяце» — на 19: добавленная ценность отрицательна, −4,49. Прошлогодний рисунок хранит сезон, а вместе с ним и прошлогодний уровень. Здесь же клиентов становится меньше. *Напишите одно предложение:* в какой организации порядок был бы обратным?
#
# ### Предскажите
#
# Соревнуются восемь методов: оба наивных, среднее и пять видов экспоненциального сглаживания. Каждый возвращают к четырнадцати прошлым месяцам, и оттуда он смотрит на три месяца вперёд. **На сколько процентов лучший из них лучше, чем «как в прошлом месяце»?**

# %% tags=["nbval-ignore-output"]
guess = widgets.predict("naive_beaten")
guess

# %% [markdown] lang="en"
# ### Run and explain

# %% [markdown] lang="ru" of="f193d9aa"
# ### Запустите и объясните

# %%
ahead = analysis.forecast_series(orders, horizon=3)
print(ahead.reading())

# %% tags=["nbval-ignore-output"]
guess.reveal(100 * ahead.backtest.score(ahead.method)["value_added"])

# %% tags=["nbval-ignore-output"]
plots.show(plots.backtest_chart(ahead.backtest))

# %% tags=["nbval-ignore-output"]
plots.show(plots.forecast_chart(ahead))

# %% [markdown] lang="en"
# The winner is the method of Holt and Winters with a season that multiplies: its error is 44% smaller than the naive one. Its intervals were meant to hold 80% and held 97%: too wide is a fault as well, since rooms and shifts are ordered by the upper end. And a mean of all months is worse than naive: more history is not better history.
#
# From orders to barbers it is one division, if a barber serves 8 clients a day on 26 days a month:

# %% [markdown] lang="ru" of="122cc435"
# Победил метод Хольта — Уинтерса с мультипликативной сезонностью: его ошибка меньше наивной на 44 %. Его интервалы должны были накрывать 80 %, а накрыли 97 %: слишком широкий интервал — тоже ошибка, ведь помещения и смены заказывают по верхнему краю. А среднее всех месяцев хуже наивного прогноза: более длинная история не обязательно лучше.
#
# От заказов до барберов — одно деление, если барбер обслуживает 8 клиентов в день и работает 26 дней в месяц:

# %%
needed = ahead.table.set_index("period")[["low", "forecast", "high"]] / (8 * 26)
needed.round(1)

# %% [markdown] lang="en"
# In December 4.4 barbers are needed, at the upper end 4.6: five. In February 3.4, at the upper end 3.9: four. January is open: four are enough for the forecast (3.8), the upper end (4.1) asks for five. The forecast alone does not decide that; one has to know what an error upwards costs, and what an error downwards.
#
# ### Explore: how far ahead, how complex
#
# Choose a method, look further ahead, shorten the history. **Predict first:** is the method that wins for three months also the best for twelve?

# %% [markdown] lang="ru" of="5cafe417"
# В декабре нужно 4,4 барбера, по верхнему краю — 4,6: пять. В феврале — 3,4, по верхнему краю — 3,9: четыре. Январь — вопрос открытый: для прогноза (3,8) хватит четырёх, верхний край (4,1) требует пятерых. Одного прогноза для решения мало: нужно знать, во что обходится ошибка вверх и во что — ошибка вниз.
#
# ### Исследуйте: как далеко вперёд и как сложно
#
# Выберите метод, посмотрите дальше вперёд, укоротите историю. **Сначала предскажите:** будет ли метод, лучший на три месяца, лучшим и на двенадцать?

# %% tags=["nbval-ignore-output"]
widgets.explore_forecast(orders)

# %% [markdown] lang="en"
# Twelve months ahead the winner of the short distance is off by 132 orders, the naive forecast by 77, and the mean of all months, worse than naive before, by 64. A method is not good or bad in itself; it is good or bad at a distance.
#
# ## Repeat purchase
#
# How many purchases will the clients whom we know today make in the next twelve weeks? The model BG/NBD (lesson 04) estimates who is probably still there. It too has to face the naive forecast: put back by twelve weeks, it speaks of weeks whose outcome we know.

# %% [markdown] lang="ru" of="f85861ce"
# На двенадцать месяцев вперёд победитель короткой дистанции ошибается на 132 заказа, наивный прогноз — на 77, а среднее всех месяцев, которое прежде было хуже наивного, — на 64. Хорош или плох не метод сам по себе, а метод на своём горизонте.
#
# ## Повторная покупка
#
# Сколько покупок сделают за следующие двенадцать недель клиенты, которых мы знаем сегодня? Модель BG/NBD (занятие 04) оценивает, кто, вероятно, ещё с нами. И её нужно сравнить с наивным прогнозом: вернём её на двенадцать недель назад, к неделям, исход которых известен.

# %%
repeat = analysis.forecast_repeat_purchases(bought, as_of=today, horizon=12)
print(repeat.reading())

# %% [markdown] lang="en"
# The model expected 2,506 purchases, and 2,508 came; “as many as lately” said 2,526. The model wins, but by little and in a single trial: that is no proof yet.
#
# ## Leaving: how long does a membership last?
#
# ### By hand on five rows
#
# Five members. Three have left, in months 2, 5 and 9; two are still there, and have been watched for 8 and 12 months so far. What is wrong with the mean of those who left?

# %% [markdown] lang="ru" of="16a4f2b9"
# Модель ждала 2506 покупок, вышло 2508; прогноз «столько же, сколько недавно» — 2526. Модель выигрывает, но ненамного и в одной-единственной проверке: это ещё не доказательство.
#
# ## Уход: сколько длится членство?
#
# ### Вручную на пяти строках
#
# Пять членов клуба. Трое ушли — во 2-м, 5-м и 9-м месяце; двое ещё здесь, и за ними наблюдают пока 8 и 12 месяцев. Чем плохо среднее по ушедшим?

# %%
five = pd.DataFrame({"duration": [2, 5, 8, 9, 12], "event": [1, 1, 0, 1, 0]})
print(round(five.loc[five["event"] == 1, "duration"].mean(), 2))
at_risk = np.array([5, 4, 2])
print(np.cumprod(1 - 1 / at_risk).round(2))
analysis.kaplan_meier(five).table[["time", "at_risk", "events", "censored", "survival"]].round(2)

# %% [markdown] lang="en"
# The hazard is the share of those still there who leave: 1 of 5, 1 of 4, 1 of 2 (the member watched for 8 months is out of sight by the ninth). The shares that stay are multiplied: 4/5, then by 3/4, then by 1/2, which makes 0.80, 0.60, 0.30. Those who are still members count as long as they were watched, and no longer. The mean of the leavers, 5.33, forgets them.
#
# In the fitness club the same mistake is large. (An analyst's word for “not left yet” is *censored*.)

# %% [markdown] lang="ru" of="c07f72e9"
# Интенсивность ухода (риск) — это доля уходящих среди тех, кто ещё здесь: 1 из 5, 1 из 4, 1 из 2 (тот, за кем наблюдали 8 месяцев, к девятому уже не виден). Доли остающихся перемножают: 4/5, затем на 3/4, затем на 1/2 — выходит 0,80, 0,60, 0,30. Нынешних членов клуба учитывают, пока за ними наблюдали, и не дольше. Среднее по ушедшим, 5,33, о них забывает.
#
# В фитнес-клубе та же ошибка оказывается большой. (Тех, кто ещё не ушёл, аналитики называют *цензурированными*.)

# %%
club = crm.simulate(crm.scenario("fitness_club", locale="en_US"), customers=3000, weeks=156, seed=7)
contracts, visits = club.tables["contracts"], club.tables["purchases"]
end = visits["ordered_at"].max()
lives = analysis.durations(contracts, as_of=end, unit="month")
print(round(lives.loc[lives["event"], "duration"].median(), 1))
curve = analysis.kaplan_meier(lives)
print(curve)

# %% tags=["nbval-ignore-output"]
plots.show(plots.survival_chart(curve, unit="month"))

# %% [markdown] lang="en"
# Those who left stayed nine months at the median; half of all members stay longer than thirty. The first number does not see the faithful at all. And the hazard, in steps of three months:

# %% [markdown] lang="ru" of="415e8364"
# У ушедших медиана — девять месяцев, а из всех членов клуба половина остаётся дольше тридцати. Верных первое число просто не видит. А вот интенсивность ухода по трёхмесячным отрезкам:

# %%
rows = []
for first in range(0, 18, 3):
    there = lives["duration"] > first
    left = there & lives["event"] & (lives["duration"] <= first + 3)
    rows.append({"months": f"{first + 1}-{first + 3}", "there": there.sum(), "left": left.sum()})
hazard = pd.DataFrame(rows).assign(hazard=lambda table: table["left"] / table["there"])
hazard.round(3)

# %% [markdown] lang="en"
# It falls from 10% to 6%. That does not yet mean that people grow fonder of the club: it falls just as well when those who leave easily have left. The bump in the fourth row looks like the end of the first year. It is the calendar: memberships end every 28 days, so four such days fall into months 10 to 12 and three into the other rows. Ask how a bump was made before you explain it by people.
#
# ## Who will leave?
#
# The features (what is known) end on one day, the outcomes begin on the next: that is all the art. We learn on the members of the end of June and try on those of the end of September; each time the question is about the next 90 days. A colleague has added two columns “for safety”. The AUC of a column or a model says how often it tells a leaver from a stayer, both drawn at random: 0.5 is a coin, 1 is never wrong.

# %% [markdown] lang="ru" of="c51a19f6"
# Она падает с 10 % до 6 %. Это ещё не значит, что люди всё сильнее любят клуб: точно так же она падает, когда те, кто уходит легко, уже ушли. Горб в четвёртой строке похож на конец первого года. Но это календарь: членство кончается раз в 28 дней, и на месяцы с 10-го по 12-й приходится четыре таких дня, а на остальные строки — по три. Прежде чем объяснять горб людьми, спросите, как он получился.
#
# ## Кто уйдёт?
#
# Признаки (то, что известно) кончаются одним днём, исходы начинаются следующим — вот и всё искусство. Учимся на тех, кто был членом клуба в конце июня, проверяем на тех, кто был им в конце сентября; каждый раз спрашиваем о следующих 90 днях. Коллега «на всякий случай» добавил два столбца. AUC столбца или модели говорит, как часто они верно различают ушедшего и оставшегося, взятых наугад: 0,5 — подброшенная монета, 1 — ни одной ошибки.

# %%
tables = {}
for name, days_ago in (("june", 180), ("september", 90)):
    day = end - pd.Timedelta(days=days_ago)
    left = analysis.contract_churn_labels(contracts, as_of=day, horizon_days=90)
    known = analysis.churn_features(visits, as_of=day)
    tables[name] = known.merge(left[["customer_id", "churned"]], on="customer_id")

# %%
latest = visits.groupby("customer_id")["ordered_at"].max()
spoilt = tables["june"].merge(contracts[["customer_id", "ended_on"]], on="customer_id")
spoilt["days_without_visit"] = (end - spoilt["customer_id"].map(latest)).dt.days
analysis.leakage_table(spoilt, as_of=end - pd.Timedelta(days=180)).tail(4).round(3)

# %% [markdown] lang="en"
# The date betrays `ended_on`: it was written after the day on which the features end. `days_without_visit` was computed *today*, so it contains the leaving itself: alone it tells the leavers from the others practically without error. With such a column a model is almost always right on old data. On the day on which it is needed, these values will not exist yet. Now the honest one, with one measure more: the Brier score (`brier`) is the mean squared error of the probabilities, and `brier_skill` says by what share it is smaller than that of one probability for everybody:

# %% [markdown] lang="ru" of="3764d15f"
# `ended_on` выдаёт дата: столбец записан после того дня, которым кончаются признаки. `days_without_visit` вычислен *сегодня*, поэтому сам уход в нём уже есть: один этот столбец отличает ушедших от остальных практически без ошибок. С таким столбцом модель на старых данных права почти всегда. Но в тот день, когда она понадобится, этих значений ещё не будет. А вот честная модель и ещё одна мера: оценка Брайера (`brier`) — средний квадрат ошибки вероятностей, а `brier_skill` — на какую долю она меньше, чем у одной вероятности для всех:

# %%
rows = {}
for name in ("logistic", "gradient_boosting"):
    scored = analysis.fit_churn(tables["june"], estimator=name).score(tables["september"])
    found = analysis.churn_performance(scored)
    rows[name] = {"auc": found.auc, "low": found.auc_low, "high": found.auc_high, "brier": found.brier}
    rows[name]["brier_skill"] = found.brier_skill
pd.DataFrame(rows).T.round(4)

# %% tags=["nbval-ignore-output"]
plots.show(plots.churn_calibration_chart(analysis.churn_calibration_table(scored, bins=5)))

# %% [markdown] lang="en"
# What the club records hardly tells who will leave: the AUC of the logistic model, 0.565, is little more than a coin, and by its probabilities it is better than “five of a hundred, whoever it is” by 0.1% (`brier_skill`), which may be chance. The more complex one is worse than that by 6%: to a fifth of the members it gives almost no chance of leaving, and 4% of them leave. Its probabilities are not calibrated (10% would have to mean one in ten), so no sum of money may be computed with them. The honest answer is: we could not beat the naive forecast; let us record complaints and reasons, and try again.

# %% [markdown] lang="ru" of="ba422cd6"
# То, что клуб записывает, почти не говорит, кто уйдёт: AUC логистической модели, 0,565, — немногим лучше монеты, а по вероятностям она лучше, чем «пятеро из ста, кто бы это ни был», на 0,1 % (`brier_skill`), и это может быть случайностью. Более сложная хуже на 6 %: пятой части членов клуба она приписывает почти нулевую вероятность ухода, а уходят из них 4 %. Её вероятности не калиброваны (10 % должны были бы значить «один из десяти»), поэтому считать по ним деньги нельзя. Честный ответ: превзойти наивный прогноз не удалось; давайте записывать жалобы и причины и попробуем ещё раз.

# %% [markdown] lang="en" edition="both"
# ### The same steps, with blanks
#
# The steps of the worked example for four months, the same numbers for everybody. The check says which step is off.

# %% [markdown] lang="ru" of="b99e3fa3" edition="both"
# ### Те же шаги с пропусками
#
# Шаги разобранного примера для четырёх месяцев, числа у всех одинаковые. Проверка скажет, какой шаг не сошёлся.

# %% edition="workbook" tags=["nbval-ignore-output"]
faded = crm.exercise("forecast_faded", student=student)
faded

# %% edition="workbook" tags=["nbval-ignore-output"]
faded.data["months"]

# %% tags=["nbval-ignore-output"]
widgets.answer(crm.exercise("forecast_faded", student=student))

# %% edition="workbook" tags=["solution"]
months = faded.data["months"]
came = months["came"]
naive_error = (months["last_seen"] - came).abs().mean()  #: naive_error = ...
year_ago_error = (months["year_ago"] - came).abs().mean()  #: year_ago_error = ...
forecast_error = (months["forecast"] - came).abs().mean()
value_added = 100 * (1 - forecast_error / naive_error)  #: value_added = ...
held = 100 * came.between(months["low"], months["high"]).mean()  #: held = ...
steps = ["naive_error", "year_ago_error", "forecast_error", "value_added_percent", "held_of_100"]
answer = {"value": dict(zip(steps, [naive_error, year_ago_error, forecast_error, value_added, held], strict=True))}

# %% edition="workbook"
faded.check(answer)

# %% [markdown] lang="en" edition="both"
# ## Your own numbers
#
# ### Task 1. What does the forecast add?

# %% [markdown] lang="ru" of="4a80674b" edition="both"
# ## Ваши собственные числа
#
# ### Задача 1. Что прибавляет прогноз?

# %% edition="workbook" tags=["nbval-ignore-output"]
added = crm.exercise("forecast_value_added", student=student)
added

# %% edition="workbook" tags=["nbval-ignore-output"]
added.data["weeks"]

# %% tags=["nbval-ignore-output"]
widgets.answer(crm.exercise("forecast_value_added", student=student))

# %% edition="workbook" tags=["solution"]
weeks = added.data["weeks"]
own = (weeks["forecast"] - weeks["orders"]).abs().mean()  #: own = ...
naive = (weeks["orders"].shift(1) - weeks["orders"]).abs().mean()  #: naive = ...
answer = 1 - own / naive  #: answer = ...

# %% edition="workbook"
added.check(answer)

# %% [markdown] lang="en" edition="both"
# ### Task 2. Beside “as a year ago”

# %% [markdown] lang="ru" of="de3f1915" edition="both"
# ### Задача 2. Рядом с «как год назад»

# %% edition="workbook" tags=["nbval-ignore-output"]
scaled = crm.exercise("mase_by_hand", student=student)
scaled

# %% edition="workbook" tags=["nbval-ignore-output"]
pd.concat([scaled.data["history"], scaled.data["trial"]])

# %% tags=["nbval-ignore-output"]
widgets.answer(crm.exercise("mase_by_hand", student=student))

# %% edition="workbook" tags=["solution"]
history, trial = scaled.data["history"], scaled.data["trial"]
own = (trial["forecast"] - trial["visits"]).abs().mean()  #: own = ...
year_ago = history["visits"].diff(4).abs().mean()  #: year_ago = ...
answer = own / year_ago  #: answer = ...

# %% edition="workbook"
scaled.check(answer)

# %% [markdown] lang="en" edition="both"
# ### Task 3. Do the intervals keep their promise?

# %% [markdown] lang="ru" of="4859952b" edition="both"
# ### Задача 3. Держат ли интервалы обещание?

# %% edition="workbook" tags=["nbval-ignore-output"]
promise = crm.exercise("interval_coverage", student=student)
promise

# %% edition="workbook" tags=["nbval-ignore-output"]
promise.data["trials"]

# %% tags=["nbval-ignore-output"]
widgets.answer(crm.exercise("interval_coverage", student=student))

# %% edition="workbook" tags=["solution"]
trials = promise.data["trials"]
held = 100 * trials["came"].between(trials["low"], trials["high"]).mean()  #: held = ...
width = (trials["high"] - trials["low"]).mean()  #: width = ...
answer = {"value": {"held_of_100": held, "mean_width": width}}

# %% edition="workbook"
promise.check(answer)

# %% [markdown] lang="en" edition="both"
# ### Task 4. The hazard of every month

# %% [markdown] lang="ru" of="8e351204" edition="both"
# ### Задача 4. Риск ухода в каждом месяце

# %% edition="workbook" tags=["nbval-ignore-output"]
monthly = crm.exercise("hazard_table", student=student)
monthly

# %% edition="workbook" tags=["nbval-ignore-output"]
monthly.data["months"]

# %% tags=["nbval-ignore-output"]
widgets.answer(crm.exercise("hazard_table", student=student))

# %% edition="workbook" tags=["solution"]
months = monthly.data["months"]
gone = (months["left"] + months["still_running"]).cumsum().shift(1, fill_value=0)  #:
months["hazard_percent"] = 100 * months["left"] / (monthly.data["start"] - gone)  #:
answer = months[["month", "hazard_percent"]]  #: answer = ...

# %% edition="workbook"
monthly.check(answer)

# %% [markdown] lang="en" edition="both"
# ### Task 5. Who is still there?

# %% [markdown] lang="ru" of="f9ddfaac" edition="both"
# ### Задача 5. Кто ещё с нами?

# %% edition="workbook" tags=["nbval-ignore-output"]
staying = crm.exercise("kaplan_meier_by_hand", student=student)
staying

# %% edition="workbook" tags=["nbval-ignore-output"]
staying.data["members"]

# %% tags=["nbval-ignore-output"]
widgets.answer(crm.exercise("kaplan_meier_by_hand", student=student))

# %% edition="workbook" tags=["solution"]
members = staying.data["members"]
answer, share = {}, 1.0
for month in sorted(members.loc[members["left"] == 1, "months"].unique()):
    there = (members["months"] >= month).sum()
    gone = ((members["months"] == month) & (members["left"] == 1)).sum()
    share = share * (1 - gone / there)  #: share = ...
    answer[month] = 100 * share  #: answer[month] = ...

# %% edition="workbook"
staying.check({"staying_percent": answer})

# %% [markdown] lang="en" edition="both"
# ### Task 6. Which columns know the answer?

# %% [markdown] lang="ru" of="d54cdf8a" edition="both"
# ### Задача 6. Какие столбцы знают ответ?

# %% edition="workbook" tags=["nbval-ignore-output"]
leak = crm.exercise("leakage_spotted", student=student)
leak

# %% edition="workbook" tags=["nbval-ignore-output"]
leak.data["columns"]

# %% tags=["nbval-ignore-output"]
widgets.answer(crm.exercise("leakage_spotted", student=student))

# %% edition="workbook" tags=["solution"]
columns = leak.data["columns"].set_index("column")
answer = (columns["last_written"] > leak.data["as_of"]).astype(int).rename("leaks")  #: answer = ...

# %% edition="workbook"
leak.check(answer)

# %% [markdown] lang="en" edition="both"
# ### Task 7. Foretold probabilities on trial

# %% [markdown] lang="ru" of="13f595a5" edition="both"
# ### Задача 7. Предсказанные вероятности на проверке

# %% edition="workbook" tags=["nbval-ignore-output"]
judged = crm.exercise("brier_by_hand", student=student)
judged

# %% edition="workbook" tags=["nbval-ignore-output"]
judged.data["groups"]

# %% tags=["nbval-ignore-output"]
widgets.answer(crm.exercise("brier_by_hand", student=student))

# %% edition="workbook" tags=["solution"]
groups = judged.data["groups"]
p, n, left = groups["probability"], groups["members"], groups["left"]
q = left.sum() / n.sum()
leavers = (p * n).sum()  #: leavers = ...
brier = 100 * (left * (1 - p) ** 2 + (n - left) * p**2).sum() / n.sum()  #: brier = ...
base = 100 * q * (1 - q)  #: base = ...
answer = {"value": {"expected_leavers": leavers, "brier_of_100": brier, "naive_of_100": base}}

# %% edition="workbook"
judged.check(answer)

# %% [markdown] lang="en"
# ## Check yourself

# %% [markdown] lang="ru" of="8f45d9d8"
# ## Проверьте себя

# %% tags=["nbval-ignore-output"]
widgets.quiz("forecast")

# %% [markdown] lang="en"
# ## Decide: what would you tell the manager?
#
# The plan “as last year” is 104 orders a month too high; use the forecast with a season, with its interval: five barbers in December, four in February; whether four or five in January depends on what a client sent away costs. Do not use it for the whole next year: twelve months ahead it loses to “as last month”. Of the model with 99 of 100 ask which columns it uses: one that was written after the leaving gives such numbers and will be empty when it is needed. The honest one adds next to nothing to the mere rate, and we say so. A membership does not last nine months: half of the members stay longer than thirty. Compare forecast and outcome on the first of every month, and drop the method if it loses to the naive one three times.

# %% [markdown] lang="ru" of="d4ed31cc"
# ## Решение: что вы скажете руководителю?
#
# План «как в прошлом году» завышен на 104 заказа в месяц; возьмите прогноз с сезоном и его интервал: пять барберов в декабре, четыре в феврале; четыре или пять в январе — зависит от того, во что обходится клиент, которому отказали. Не берите его на весь следующий год: на двенадцать месяцев он проигрывает прогнозу «как в прошлом месяце». О модели, правой в 99 случаях из 100, спросите, какие столбцы она использует: столбец, записанный после ухода, даёт именно такие числа, а когда понадобится, будет пуст. Честная модель почти ничего не прибавляет к общей доле уходящих, и об этом надо сказать прямо. Членство длится не девять месяцев: половина членов клуба остаётся дольше тридцати. Сравнивайте прогноз с тем, что вышло, первого числа каждого месяца и откажитесь от метода, если он трижды проиграет наивному прогнозу.

# %% [markdown] lang="en" edition="both"
# ## Open task: a forecast memo
#
# One page for somebody who has to decide. Take your own series (a file, a notebook of visits, the load of a place that you know) or the barbershop of this lesson. **Question and decision, data, trial on the past, uncertainty, recommendation.** If nothing beats the naive forecast, say so: that is a result. The rubric comes first; each row is graded 0 to 3, and 3 includes 2.

# %% [markdown] lang="ru" of="5bd12910" edition="both"
# ## Открытое задание: записка с прогнозом
#
# Одна страница для того, кто принимает решение. Возьмите свой ряд (файл, тетрадь визитов, загрузку знакомого места) или барбершоп этого занятия. **Вопрос и решение, данные, проверка на прошлом, неопределённость, рекомендация.** Если наивный прогноз не превзойти, так и скажите: это результат. Сначала критерии; каждая строка оценивается от 0 до 3; уровень 3 включает уровень 2.

# %% edition="both" tags=["nbval-ignore-output"]
widgets.rubric("forecast_memo")

# %% edition="workbook"
mine = [42, 38, 51, 47, 45, 40, 53, 50, 48, 41, 57, 52, 50, 45, 60, 55]
print(analysis.forecast_series(mine, horizon=2, season_length=4).reading())

# %% [markdown] lang="en" edition="workbook"
# *Question and decision:*
#
# *Data:*
#
# *Trial on the past:*
#
# *Uncertainty:*
#
# *Recommendation:*

# %% [markdown] lang="ru" of="bc2ea8e6" edition="workbook"
# *Вопрос и решение:*
#
# *Данные:*
#
# *Проверка на прошлом:*
#
# *Неопределённость:*
#
# *Рекомендация:*

# %% [markdown] lang="en"
# **In the seminar: who may order by the upper end?** One group orders shifts by the forecast, one by the upper end, one by the lower. Each says what an error costs in its position, and which level the interval should have.

# %% [markdown] lang="ru" of="2c47e049"
# **На семинаре: кому заказывать по верхнему краю?** Одна группа заказывает смены по прогнозу, другая — по верхнему краю, третья — по нижнему. Каждая говорит, во что обходится ошибка в её положении и каким должен быть уровень интервала.

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
# - I can say what a forecast adds to “as last time”.
# - I can check whether intervals keep what they promise.
# - I can compute what share stays, although some have not left yet.
# - I can find the column that knows the answer.
# - I can write a forecast that somebody can decide by.
#
# **Further reading.** Hyndman and Koehler (2006), Another Look at Measures of Forecast Accuracy; Kaplan and Meier (1958), Nonparametric Estimation from Incomplete Observations; Fader, Hardie and Lee (2005), “Counting Your Customers” the Easy Way.
#
# **Where the numbers come from.** The barbershop and the fitness club are simulated; how their numbers compare with published ones is said in `docs/calibration.md`. That a barber serves 8 clients a day on 26 days a month is an assumption.
#
# Next: [08. Acquisition, service, retention: the money](08_money.ipynb).

# %% [markdown] lang="ru" of="e1fe1387"
# ## Могу ли я это теперь?
#
# - Я могу сказать, что прогноз прибавляет к «как в прошлый раз».
# - Я могу проверить, держат ли интервалы обещание.
# - Я могу вычислить, какая доля клиентов остаётся, хотя некоторые пока не ушли.
# - Я могу найти столбец, который знает ответ.
# - Я могу написать прогноз, по которому можно принять решение.
#
# **Что почитать.** Hyndman и Koehler (2006), Another Look at Measures of Forecast Accuracy; Kaplan и Meier (1958), Nonparametric Estimation from Incomplete Observations; Fader, Hardie и Lee (2005), “Counting Your Customers” the Easy Way.
#
# **Откуда числа.** Барбершоп и фитнес-клуб смоделированы; как их числа соотносятся с опубликованными, сказано в `docs/calibration.md`. То, что барбер обслуживает 8 клиентов в день 26 дней в месяц, — допущение.
#
# Дальше: [08. Привлечение, обслуживание, удержание: деньги](08_money.ipynb).
