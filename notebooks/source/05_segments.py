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
# # 05. Segments: who is alike, and does it pay to treat them differently?
#
# *About 90 minutes. Four invented customer bases, a barbershop with 199 clients, three rules that act by themselves.*
#
# ## The case
#
# > Colleagues,
# >
# > A consultant has clustered our customers. There are four segments with beautiful names, and the model explains 59% of the differences.
# > From Monday each segment gets its own letters, and the system sends them by itself.
# >
# > Personalisation saves money, everybody says so. Do you see anything against it?

# %% [markdown] lang="ru" of="b981d030"
# # 05. Сегменты: кто похож и окупается ли разное обращение
#
# *Около 90 минут. Четыре вымышленные клиентские базы, барбершоп со 199 клиентами, три правила, которые действуют сами.*
#
# ## Ситуация
#
# > Коллеги!
# >
# > Консультант провёл кластеризацию наших клиентов. Получилось четыре сегмента с красивыми именами, и модель объясняет 59 % различий.
# > С понедельника каждый сегмент получает свои письма, и система рассылает их сама.
# >
# > Персонализация экономит деньги, это все говорят. Есть возражения?

# %% [markdown] lang="en"
# ## After this lesson
#
# - I can tell groups of customers from slices of one cloud. *(check: `null_data`)*
# - I can say how far two divisions of the same customers agree. *(check: `adjusted_rand_index`)*
# - I can say how many customers a segment needs to pay for itself. *(check: `segment_break_even`)*
# - I can say whom an automatic rule reaches before it is switched on. *(check: `rule_reach`)*
# - I can write a plan of personalisation with its break-even and its test. *(check: `rubric:personalisation_plan`)*

# %% [markdown] lang="ru" of="c90fd00a"
# ## После этого занятия
#
# - Я отличаю группы клиентов от ломтей одного облака. *(проверка: `null_data`)*
# - Я могу сказать, насколько согласуются два разбиения одних и тех же клиентов. *(проверка: `adjusted_rand_index`)*
# - Я могу сказать, сколько клиентов нужно, чтобы отдельный сегмент окупился. *(проверка: `segment_break_even`)*
# - Я могу сказать, кого затронет автоматическое правило, до его включения. *(проверка: `rule_reach`)*
# - Я могу написать план персонализации с точкой безубыточности и проверкой. *(проверка: `rubric:personalisation_plan`)*

# %% [markdown] lang="en" edition="workbook"
# # Workbook to lesson 05: segments and personalisation
#
# Write your student number in the first cell. Replace every `...` and run the check under it. A check that answers “not attempted” has cost
# you nothing.

# %% [markdown] lang="ru" of="a160659b" edition="workbook"
# # Рабочая тетрадь к занятию 05: сегменты и персонализация
#
# Впишите в первую ячейку свой номер студента. Замените каждое `...` и запустите проверку под ним. Ответ «ещё не решали» ничего вам не стоит.

# %% edition="both"
import numpy as np
import pandas as pd

import crm_toolkit as crm
from crm_toolkit import analysis, datasets, plots, widgets
from crm_toolkit.firm import Condition, Rule, run_rules

language = crm.language("en")
student = "demo-01"

# %% [markdown] lang="en"
# ## One cloud
#
# Here are 900 customers of an invented service: visits a year, mean receipt, questions a year. We made them ourselves, as *one* cloud: there
# are no groups in it. (Each was also given a treatment by lot: a call, loyalty points or nothing. `outcome` is the profit that the customer brought in the next quarter. We need that later.)

# %% [markdown] lang="ru" of="f82395db"
# ## Одно облако
#
# Вот 900 клиентов вымышленного сервиса: визиты за год, средний чек, вопросы за год. Мы сгенерировали их сами, *одним* облаком: групп в нём нет.
# (С каждым ещё и обошлись по жребию: позвонили, начислили баллы или не сделали ничего — это называется обращением. `outcome` — прибыль, которую клиент принёс в следующем квартале. Это понадобится позже.)

# %%
features = ["visits", "receipt", "questions"]
cloud = datasets.make_segment_customers("cloud_alike").customers
cloud.head()

# %% [markdown] lang="en"
# ### Predict
#
# k-means puts k centres so that the squared distances of customers to the nearest centre are as small as possible; everybody with the same nearest centre is a cluster. What has gone from the squared distances to *one* centre is called “explained”.
# It is asked to cut this cloud into four. **How many per cent of the squared distances will the four clusters “explain”?**

# %% [markdown] lang="ru" of="b9615398"
# ### Предскажите
#
# Метод k-means ставит k центров так, чтобы квадраты расстояний от клиентов до ближайшего центра были как можно меньше; клиенты с общим ближайшим центром — это кластер. То, насколько уменьшились квадраты расстояний по сравнению с *одним* центром, называют «объяснённым».
# Метод просят разрезать это облако на четыре части. **Сколько процентов квадратов расстояний «объяснят» четыре кластера?**

# %% tags=["nbval-ignore-output"]
guess = widgets.predict("null_explained")
guess

# %% [markdown] lang="en"
# ### Run and explain

# %% [markdown] lang="ru" of="f193d9aa"
# ### Запустите и объясните

# %%
four = analysis.fit_clusters(cloud, features, k=4)
four.centres.round(2)

# %% tags=["nbval-ignore-output"]
guess.reveal(round(100 * four.explained, 1))

# %% [markdown] lang="en"
# 59 per cent: the consultant's number, from customers without any groups. It is easy to find names too (“rare guests with large receipts”). Clusters
# answer the request “cut them into four”, and there is always an answer. The question is whether *one cloud* would look the same when it is cut:

# %% [markdown] lang="ru" of="8bdaa0ed"
# 59 процентов: то самое число консультанта — на клиентах, у которых нет никаких групп. И имена найти легко («редкие гости с большим чеком»). Кластеры —
# ответ на просьбу «разрежьте на четыре», и ответ есть всегда. Вопрос в том, выглядело ли бы так же *одно облако*, если разрезать и его:

# %%
quick = {"most_k": 5, "references": 39, "sample": 400}
print(analysis.structure_test(cloud, features, **quick).verdict)

# %%
made = datasets.make_segment_customers("groups_pay")
groups = made.customers
choice = analysis.choose_clusters(groups, features, draws=6, starts=3, **quick)
print(choice.verdict)

# %% tags=["nbval-ignore-output"]
plots.show(plots.structure_chart(choice.test))

# %% [markdown] lang="en"
# These other 900 customers do fall into groups: they lie closer to three centres than any of 39 single clouds made in their likeness. p is a rank: none of 39 was as
# tight, so p = 1/40 = 0.025. **Stability** is another question: draw the customers again, cluster again, compare. The adjusted Rand index is 1 for the same division and
# about 0 for two random ones; here it is 0.99. *Write one sentence:* can a division be stable and still be made up?

# %% [markdown] lang="ru" of="aa518c8a"
# А эти 900 клиентов действительно распадаются на группы: к трём центрам они ближе, чем любое из 39 сплошных облаков, сделанных по их образцу. p — это место в ряду: из 39 облаков столь же тесным
# не было ни одно, поэтому p = 1/40 = 0,025. **Устойчивость** — другой вопрос: выбрать клиентов заново, снова кластеризовать и сравнить. Скорректированный индекс Рэнда равен 1 для одинаковых
# разбиений и около 0 для двух случайных; здесь он 0,99. *Напишите одно предложение:* может ли разбиение быть устойчивым и всё же выдуманным?

# %% [markdown] lang="en"
# ### Units decide, unless you stop them
#
# The same customers by visits, questions and money of the year: first with the columns as they are, then scaled (logarithms where skewed, divided by the standard deviation). What is printed is the Rand index: how far the clusters found agree with the true groups.

# %% [markdown] lang="ru" of="a05c6201"
# ### Решают единицы измерения, если их не остановить
#
# Те же клиенты по визитам, вопросам и деньгам за год: сначала столбцы как есть, потом — масштабированные (логарифм при асимметрии, деление на стандартное отклонение). Печатается индекс Рэнда: насколько найденные кластеры совпали с настоящими группами.

# %%
columns = ["visits", "questions", "monetary"]
raw = analysis.fit_clusters(groups, columns, k=3, transform="none", scale="none")
scaled = analysis.fit_clusters(groups, columns, k=3)
for found in (raw, scaled):
    print(round(analysis.adjusted_rand(found.labels["cluster"].to_numpy(), made.truth["group"].to_numpy()), 2))
raw.centres.round(1)

# %% [markdown] lang="en"
# We know the true groups, since we made them. In raw units the index is 0.11: the clusters are slices of money, because a unit of money counts as much as a visit. Scaled,
# it is 0.73. No algorithm warns you of this.
#
# ## Profile cards
#
# Index 100 is the mean of all customers; grey cells do not stand out. Give each segment a name, but remember first: a card is a mean.

# %% [markdown] lang="ru" of="cd64082e"
# Настоящие группы мы знаем: мы сами их создали. В исходных единицах индекс 0,11: кластеры — ломти денег, потому что единица денег весит столько же, сколько визит. После масштабирования —
# 0,73. Ни один алгоритм об этом не предупредит.
#
# ## Карточки сегментов
#
# Индекс 100 — среднее по всем; серые ячейки не выделяются. Дайте каждому сегменту имя, но сначала вспомните: карточка — это среднее.

# %% tags=["nbval-ignore-output"]
three = analysis.fit_clusters(groups, features, k=3)
segmented = groups.assign(segment=three.labels["cluster"])
cards = analysis.segment_profiles(segmented, [*features, "monetary"], segment="segment")
plots.show(plots.segment_profile_chart(cards, labels=plots.words(*features, "monetary")))

# %% [markdown] lang="en"
# Segments are not people. Segment 3 has a receipt of 210, and Anna, who is in it, may still have a small one: the card knows her neighbours and not her.
#
# ## A worked example: does it pay to treat them differently?
#
# Groups are not yet a reason. A test by lot has shown what a customer of each segment brings in a quarter with a call, with points, with nothing:

# %% [markdown] lang="ru" of="6f4c8dd4"
# Сегменты — не люди. Индекс чека в сегменте 3 — 210, а у Анны из этого сегмента чек может быть маленьким: карточка знает её соседей, а не её.
#
# ## Разобранный пример: окупается ли разное обращение
#
# Наличие групп — ещё не причина. Проверка по жребию показала, сколько клиент каждого сегмента приносит за квартал со звонком, с баллами и безо всего:

# %%
table = segmented.pivot_table(index="segment", columns="treatment", values="outcome").round(2)
table.insert(0, "customers", segmented.groupby("segment").size())
table

# %% [markdown] lang="en"
# 1. **For all:** which one treatment is the best if everybody gets it?
# 2. **By segment:** what comes in if each segment gets its own best?
# 3. **Gain:** subtract. This is what segmenting may cost at most.
# 4. **Net:** subtract what it costs to treat them differently: 500 for texts and rules.
# 5. **Doubt:** the best of several noisy means looks better than it is. Measure on customers who had no part in the choice.

# %% [markdown] lang="ru" of="fd914ff9"
# 1. **Для всех:** какое одно обращение лучше всего, если его получат все?
# 2. **По сегментам:** сколько придёт, если в каждом сегменте выбрать лучшее для него?
# 3. **Выигрыш:** вычтите. Дороже этого сегментирование стоить не может.
# 4. **Чистый выигрыш:** вычтите, во что обходится разное обращение: 500 на тексты и правила.
# 5. **Сомнение:** лучшее из нескольких зашумлённых средних завышено. Измерьте на клиентах, которые не участвовали в выборе.

# %%
profits = table[["none", "call", "points"]].mul(table["customers"], axis=0)
for_all, by_segment = profits.sum().max(), profits.max(axis=1).sum()
gain = by_segment - for_all
print(profits.sum().idxmax(), round(for_all, 2), round(by_segment, 2), round(gain, 2), round(gain - 500, 2))

# %%
policy = analysis.segment_policy(segmented, fixed_cost=500)
print(policy.verdict, round(policy.naive_gain, 2))

# %% tags=["nbval-ignore-output"]
plots.show(plots.segment_policy_chart(policy, labels=plots.words("none", "call", "points")))

# %% [markdown] lang="en"
# The table promised a gain of 2.56 per customer; customers who had no part in the choice show 2.43, and the interval says how sure that is: from 1.29 to 3.57. Even its lower end lies above the cost of 0.56 (500 for 900 customers). It pays. Here.
#
# ## Explore: four customer bases
#
# Bases A, B, C, D. Two have groups, two do not; in two it pays to treat segments differently. **Predict first:** can it pay without groups? Write down your verdict on all four,
# then set `Truth` to “shown”.

# %% [markdown] lang="ru" of="54e268af"
# Таблица обещала выигрыш 2,56 на клиента; клиенты, которые не участвовали в выборе, показывают 2,43, а интервал говорит, насколько это надёжно: от 1,29 до 3,57. Даже его нижний край выше затрат — 0,56 (500 на 900 клиентов). Окупается. Здесь.
#
# ## Исследуйте: четыре клиентские базы
#
# Базы A, B, C, D. В двух есть группы, в двух нет; в двух окупается разное обращение. **Сначала предскажите:** может ли оно окупиться без групп? Запишите свой вердикт по всем четырём,
# затем в поле `На самом деле` выберите «показано».

# %% tags=["nbval-ignore-output"]
widgets.explore_segments()

# %% [markdown] lang="en"
# A and C hold the very same customers, B and D too: only their response to treatments differs. No clustering can see that. Groups and profit are two questions: in A it is profitable to cut
# one cloud, in B three real groups are best treated alike.
#
# ## Rules that act by themselves
#
# Automation is trigger, condition, action. A rule knows only what was known on that day; it needs consent to messages (the call after a complaint does not), and after a message it leaves the customer alone for a month. Here are three rules for the
# barbershop; chance and gain are what their author expects. Before they are switched on comes the **dry run**: whom they reach, at what cost, for what gain.

# %% [markdown] lang="ru" of="334dd4cd"
# В A и C одни и те же клиенты, в B и D тоже: различается только их отклик на обращение. Этого не увидит никакая кластеризация. Группы и прибыль — два разных вопроса: в A выгодно разрезать
# одно облако, в B с тремя настоящими группами лучше обращаться одинаково.
#
# ## Правила, которые действуют сами
#
# Автоматизация — это триггер, условие, действие. Правило знает только то, что было известно в тот день; ему нужно согласие клиента на сообщения (звонку после жалобы — нет), и после сообщения оно на месяц оставляет
# клиента в покое. Вот три правила для барбершопа; вероятность и выигрыш — ожидания их автора. Прежде чем их включать, делают **пробный прогон**: кого правила затронут, во что обойдутся, что принесут.

# %%
log = datasets.load_event_log("barbershop", locale="en_US")
rules = [
    Rule("apology", on="complaint", action="call", cost=4, success=0.3, gain=45, needs_consent=False),
    Rule("thanks", on="purchase", conditions=[Condition("spent", ">=", 250)], action="gift", cost=5, gain=60),
    Rule("win_back", on="silence", after_days=60, conditions=[Condition("orders", ">=", 3)], action="letter", gain=40),
]
dry = run_rules(rules, log.events, log.customers, since="2025-01-01", until=log.last_day, by="marketing")
print(dry.reading())
dry.table

# %%
dry.actions[["at", "rule", "customer_id", "action", "cost"]].head(4)

# %% [markdown] lang="en"
# Look at `thanks`: 385 of the 437, 77 gifts for 23 clients who had just bought anyway. Of the 160 held back, 90 had not agreed to messages and 70 had heard from a rule less than a month before; the reasons stand in the log. Only now are two of the rules
# switched on, and everything is written to the audit log: who ran what, whom it reached, what was held back. (The widget below takes the last 180 days and other costs, so its numbers differ a little.)

# %% [markdown] lang="ru" of="98d1adef"
# Посмотрите на `thanks`: 385 из 437, 77 подарков 23 клиентам, которые и так только что купили. Из 160 остановленных действий в 90 случаях клиент не соглашался на сообщения, в 70 правило уже обращалось к нему меньше месяца назад; причины записаны в журнале. Только теперь включаем
# два правила, и всё записывается в журнал действий: кто что запустил, кого это затронуло, что было остановлено. (В виджете ниже взяты последние 180 дней и другие затраты, поэтому числа немного иные.)

# %%
two = [rules[0], rules[2]]
real = run_rules(two, log.events, log.customers, since="2025-01-01", until=log.last_day, by="marketing", dry=False)
real.audit.head()

# %% tags=["nbval-ignore-output"]
widgets.automation_rules()

# %% [markdown] lang="en"
# ## Does personalisation make service cheaper?
#
# It is often said that personalisation keeps operating costs low. Put it to the test: questions and requests are led to the app by links made for each client. Six of ten take the new way, and 15% of these call
# all the same (assumptions). Somebody has to write the content and keep it up to date: 1,500.

# %% [markdown] lang="ru" of="a5a3ed6b"
# ## Удешевляет ли персонализация обслуживание?
#
# Часто говорят, что персонализация сдерживает операционные расходы. Проверим: вопросы и заявки уводим в приложение по ссылкам, составленным для каждого клиента. Новым путём идут шестеро из десяти, 15 % из них
# всё равно звонят (это допущения). Кто-то должен писать и обновлять тексты: 1500.

# %%
world = datasets.load_world("barbershop", locale="en_US")
channels = {"phone": 0.6, "web": 0.1, "app": 0.1, "messenger": 0.3, "email": 0.4, "branch": 1.0}
moved = analysis.personalisation_cost(
    world["contacts"],
    minute_cost=0.8,
    channel_costs=channels,
    kinds=["information_request", "service_request"],
    to_channel="app",
    content_cost=1500,
)
print(moved.verdict)
moved.kinds.round(2)

# %%
margins = analysis.customer_profit(world["purchases"], as_of=log.last_day, minute_cost=0.8, margin_rate=0.45)
both = margins[["customer_id", "margin"]].merge(moved.customers, on="customer_id")
for side in ("cost_before", "cost_after"):
    whale = analysis.whale_curve(both.assign(profit=both["margin"] - both[side]))
    print(side, whale.unprofitable, round(whale.peak, 3), round(whale.total, 2))

# %% [markdown] lang="en"
# The whale curve moves: 28 unprofitable clients become 15 (before the content is paid for), and cost to serve falls by a seventh. And yet it does not pay: 1,500 for content against 1,237 saved by 199 clients. With 242 such clients it would. The
# claim is neither true nor false; it has a break-even. The same holds for the number of versions of a text, if a version costs 500 and a client can save 6.2 (1,237 / 199):

# %% [markdown] lang="ru" of="0b06e148"
# Кривая накопленной прибыльности клиентов сдвигается: из 28 убыточных остаётся 15 (пока не заплачено за тексты), затраты на обслуживание клиентов падают на седьмую часть. И всё же это не окупается: 1500 за тексты против 1237 экономии на 199 клиентах. При 242 таких
# клиентах окупилось бы. Утверждение не верно и не ложно: у него есть точка безубыточности. То же и с числом версий текста, если версия стоит 500, а на клиенте можно сэкономить 6,2 (1237 / 199):

# %%
for clients in (200, 2_000, 10_000):
    print(clients, analysis.content_versions(clients, saving=6.2, content_cost=500).verdict)

# %% tags=["nbval-ignore-output"]
plots.show(plots.content_versions_chart(analysis.content_versions(2_000, saving=6.2, content_cost=500)))

# %% [markdown] lang="en"
# For 200 clients not even one version pays. Above that, a best number lies between one text for all and a segment of one, and it grows with the base: 6 versions for 2,000, 16 for 10,000. (That three versions reach half of the saving is an assumption: change `half`.)
#
# And inside the organisation? The same segment means different knowledge to different departments: marketing needs the trigger and the consent, service needs what was promised, finance needs the cost and the
# break-even. Lesson 03 showed how a department gets a view of its own.

# %% [markdown] lang="ru" of="2843c0b0"
# При 200 клиентах не окупается ни одна версия. В больших базах лучшее число версий лежит между одним текстом для всех и сегментом из одного человека и растёт вместе с базой: 6 версий на 2000, 16 — на 10 000. (Что три версии дают половину экономии — допущение: измените `half`.)
#
# А внутри организации? Один и тот же сегмент — разное знание для разных отделов: маркетингу нужны триггер и согласие на сообщения, сервису — что обещано, финансам — затраты и
# точка безубыточности. Как отдел получает собственный экран, вы видели на занятии 03.

# %% [markdown] lang="en" edition="both"
# ### The same steps, with blanks
#
# The steps of the worked example, the same numbers for everybody. The check says which step is off.

# %% [markdown] lang="ru" of="0157a8f1" edition="both"
# ### Те же шаги с пропусками
#
# Шаги те же, что в разобранном примере; числа у всех одинаковые. Проверка скажет, какой шаг не сошёлся.

# %% edition="workbook" tags=["nbval-ignore-output"]
faded = crm.exercise("segment_plan_faded", student=student)
faded

# %% edition="workbook" tags=["nbval-ignore-output"]
faded.data["segments"]

# %% tags=["nbval-ignore-output"]
widgets.answer(crm.exercise("segment_plan_faded", student=student))

# %% edition="workbook" tags=["solution"]
segments = faded.data["segments"]
profits = segments[["none", "call", "points"]].mul(segments["customers"], axis=0)
for_all = profits.sum().max()
by_segment = profits.max(axis=1).sum()  #: by_segment = ...
gain = by_segment - for_all  #: gain = ...
net = gain - faded.data["fixed_cost"]  #: net = ...
per_customer = net / segments["customers"].sum()  #: per_customer = ...
steps = ["for_all", "by_segment", "gain", "net", "per_customer"]
answer = {"value": dict(zip(steps, [for_all, by_segment, gain, net, per_customer], strict=True))}

# %% edition="workbook"
faded.check(answer)

# %% [markdown] lang="en" edition="both"
# ## Your own numbers
#
# ### Task 1. Standardise, then measure

# %% [markdown] lang="ru" of="ce30040d" edition="both"
# ## Ваши собственные числа
#
# ### Задача 1. Сначала стандартизировать, потом мерить

# %% edition="workbook" tags=["nbval-ignore-output"]
distance = crm.exercise("standardised_distance", student=student)
distance

# %% edition="workbook" tags=["nbval-ignore-output"]
distance.data["customers"]

# %% tags=["nbval-ignore-output"]
widgets.answer(crm.exercise("standardised_distance", student=student))

# %% edition="workbook" tags=["solution"]
columns = distance.data["customers"][["visits", "spend"]]
apart = (columns.iloc[0] - columns.iloc[1]) / columns.std(ddof=0)  #:
answer = np.sqrt((apart**2).sum())  #: answer = ...

# %% edition="workbook"
distance.check(answer)

# %% [markdown] lang="en" edition="both"
# ### Task 2. Groups, or slices of one cloud?

# %% [markdown] lang="ru" of="a95c8ed2" edition="both"
# ### Задача 2. Группы или ломти одного облака?

# %% edition="workbook" tags=["nbval-ignore-output"]
null_task = crm.exercise("null_data", student=student)
null_task

# %% edition="workbook" tags=["nbval-ignore-output"]
null_task.data["shares"]

# %% tags=["nbval-ignore-output"]
widgets.answer(crm.exercise("null_data", student=student))

# %% edition="workbook" tags=["solution"]
shares = null_task.data["shares"].set_index("base")
clouds = shares.drop(columns="customers")  #:
p_value = (1 + clouds.le(shares["customers"], axis=0).sum(axis=1)) / 20  #:
answer = pd.DataFrame({"p_value": p_value, "structure": (p_value <= 0.05).astype(int)})  #: answer = ...

# %% edition="workbook"
null_task.check(answer)

# %% [markdown] lang="en" edition="both"
# ### Task 3. Two divisions of the same customers

# %% [markdown] lang="ru" of="f5497074" edition="both"
# ### Задача 3. Два разбиения одних и тех же клиентов

# %% edition="workbook" tags=["nbval-ignore-output"]
rand = crm.exercise("adjusted_rand_index", student=student)
rand

# %% edition="workbook" tags=["nbval-ignore-output"]
rand.data["counts"]

# %% tags=["nbval-ignore-output"]
widgets.answer(crm.exercise("adjusted_rand_index", student=student))

# %% edition="workbook" tags=["solution"]
counts = rand.data["counts"].to_numpy()
first, second = (np.repeat(np.indices(counts.shape)[side], counts.ravel()) for side in (0, 1))  #:
answer = analysis.adjusted_rand(first, second)  #: answer = ...

# %% edition="workbook"
rand.check(answer)

# %% [markdown] lang="en" edition="both"
# ### Task 4. A segment of its own, and a treatment for each

# %% [markdown] lang="ru" of="1bfd416b" edition="both"
# ### Задача 4. Отдельный сегмент и обращение для каждого

# %% edition="workbook" tags=["nbval-ignore-output"]
size = crm.exercise("segment_break_even", student=student)
size

# %% tags=["nbval-ignore-output"]
widgets.answer(crm.exercise("segment_break_even", student=student))

# %% edition="workbook" tags=["solution"]
n = size.data
one_message = n["response"] * n["order_value"] * n["margin_rate"] - n["message_cost"]  #:
answer = np.ceil(n["content_cost"] / (n["messages"] * one_message))  #: answer = ...

# %% edition="workbook"
size.check(answer)

# %% edition="workbook" tags=["nbval-ignore-output"]
policy_task = crm.exercise("segment_policy_gain", student=student)
policy_task

# %% edition="workbook" tags=["nbval-ignore-output"]
policy_task.data["segments"]

# %% tags=["nbval-ignore-output"]
widgets.answer(crm.exercise("segment_policy_gain", student=student))

# %% edition="workbook" tags=["solution"]
plan = policy_task.data
answer = analysis.segment_plan(plan["segments"], ["none", "call", "points"], fixed_cost=plan["fixed_cost"])  #: answer = ...
answer = answer.net_gain  #:

# %% edition="workbook"
policy_task.check(answer)

# %% [markdown] lang="en" edition="both"
# ### Task 5. Which rule reaches whom?

# %% [markdown] lang="ru" of="2fff12d6" edition="both"
# ### Задача 5. Какое правило кого затронет?

# %% edition="workbook" tags=["nbval-ignore-output"]
reach = crm.exercise("rule_reach", student=student)
reach

# %% edition="workbook" tags=["nbval-ignore-output"]
reach.data["events"]

# %% edition="workbook" tags=["nbval-ignore-output"]
reach.data["customers"]

# %% tags=["nbval-ignore-output"]
widgets.answer(crm.exercise("rule_reach", student=student))

# %% edition="workbook" tags=["solution"]
answer = reach.expected  #: answer = pd.DataFrame({"customer_id": reach.data["customers"]["customer_id"], "rule": ...})

# %% edition="workbook"
reach.check(answer)

# %% [markdown] lang="en"
# ## Check yourself

# %% [markdown] lang="ru" of="8f45d9d8"
# ## Проверьте себя

# %% tags=["nbval-ignore-output"]
widgets.quiz("segments")

# %% [markdown] lang="en"
# ## Decide: what would you tell the manager?
#
# 59 per cent prove nothing: a cloud without groups gives as much. Before any letter, ask three things. Are there groups, or slices? Does a test by lot show that different treatments bring more than one for all? From
# how many customers on does the content pay? Then comes a dry run with consent and days of rest, a holdout in every segment, and a log that is kept. One letter for all is a respectable result.

# %% [markdown] lang="ru" of="6cd31535"
# ## Решение: что вы скажете руководителю?
#
# 59 процентов ничего не доказывают: облако без групп даёт столько же. До всяких писем спросите о трёх вещах. Это группы или ломти? Показала ли проверка по жребию, что разные обращения приносят больше, чем одно для всех? При
# скольких клиентах окупаются тексты? Затем — пробный прогон с учётом согласия на сообщения и дней покоя, контрольная группа в каждом сегменте и журнал. Одно письмо для всех — вполне достойный результат.

# %% [markdown] lang="en" edition="both"
# ## Open task: a plan of personalisation
#
# For an organisation that you know: two to four segments defined by recorded data, what each gets and which behaviour should change, cost and break-even, the rules and their dry run, the test. The rubric comes before the work: each row is
# graded 0 to 3, and 3 includes 2. One page.

# %% [markdown] lang="ru" of="d1740574" edition="both"
# ## Открытое задание: план персонализации
#
# Для знакомой вам организации: от двух до четырёх сегментов, заданных по записанным данным; что получает каждый и какое поведение должно измениться; затраты и точка безубыточности; правила и их пробный прогон; проверка. Критерии даны до начала работы: каждая
# строка оценивается от 0 до 3; уровень 3 включает уровень 2. Одна страница.

# %% edition="both" tags=["nbval-ignore-output"]
widgets.rubric("personalisation_plan")

# %% [markdown] lang="en" edition="workbook"
# *Segments, and the rule that sorts customers into them:*
#
# *What each gets, and which behaviour should change:*
#
# *Cost and break-even:*
#
# *Rules and their dry run:*
#
# *Test, and the result at which I would drop the plan:*

# %% [markdown] lang="ru" of="897ac2f7" edition="workbook"
# *Сегменты и правило, по которому в них попадают:*
#
# *Что получает каждый и какое поведение должно измениться:*
#
# *Затраты и точка безубыточности:*
#
# *Правила и их пробный прогон:*
#
# *Проверка и результат, при котором я откажусь от плана:*

# %% [markdown] lang="en"
# **In the seminar: segments are not people.** One group defends segments, one a text for all, one a segment of one. Each names a number that would make it give in.

# %% [markdown] lang="ru" of="045f90a4"
# **На семинаре: сегменты — не люди.** Одна группа защищает сегменты, другая — один текст для всех, третья — сегмент из одного человека. Каждая называет число, которое заставило бы её уступить.

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
# - I can tell groups of customers from slices of one cloud.
# - I can say how far two divisions of the same customers agree.
# - I can say how many customers a segment needs to pay for itself.
# - I can say whom an automatic rule reaches before it is switched on.
# - I can write a plan of personalisation with its break-even and its test.
#
# **Further reading.** Tibshirani, Walther and Hastie (2001) on the gap statistic; Hubert and Arabie (1985) on comparing partitions; Rousseeuw (1987) on silhouettes; Luedtke and van der Laan (2016) on measuring the best treatment; Kaplan and
# Narayanan (2001) on customer profitability.
#
# **Where the numbers come from.** The customer bases, the barbershop and the responses to treatments are invented. The shares that take the new way or call all the same, the costs of channels, the chances of rules and the curve of versions are assumptions of the course; all of them can
# be changed.
#
# Next: [06. Consumer behaviour: the model of Hawkins, Best and Coney and its neighbours](06_behaviour.ipynb).

# %% [markdown] lang="ru" of="578835f4"
# ## Могу ли я это теперь?
#
# - Я отличаю группы клиентов от ломтей одного облака.
# - Я могу сказать, насколько согласуются два разбиения одних и тех же клиентов.
# - Я могу сказать, сколько клиентов нужно, чтобы отдельный сегмент окупился.
# - Я могу сказать, кого затронет автоматическое правило, до его включения.
# - Я могу написать план персонализации с точкой безубыточности и проверкой.
#
# **Что почитать.** Tibshirani, Walther и Hastie (2001) о статистике разрыва; Hubert и Arabie (1985) о сравнении разбиений; Rousseeuw (1987) о силуэтах; Luedtke и van der Laan (2016) о том, как измерить лучшее обращение; Kaplan и
# Narayanan (2001) о прибыльности клиентов.
#
# **Откуда числа.** Клиентские базы, барбершоп и отклик на обращения вымышлены. Доли тех, кто пойдёт по новому пути или всё равно позвонит, стоимость каналов, вероятности в правилах и кривая версий — допущения курса; всё это можно
# изменить.
#
# Дальше: [06. Поведение потребителя услуг: модель Хокинса — Беста — Кони и её соседи](06_behaviour.ipynb).
