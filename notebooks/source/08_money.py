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
# # 08. Acquisition, service, retention: the money
#
# *75 to 90 minutes. A barbershop that reminds its clients, a fitness club that calls its members, and an organisation that you choose.*
#
# ## The case
#
# > Colleagues,
# >
# > three departments want the same money. Marketing: e-mail alone brought 339 orders. Service: call the members who are about to leave, before they do. Finance: keeping a client is five times cheaper than winning one, so stop advertising.
# >
# > I can pay for one of these properly, or for all three badly. Who is right?

# %% [markdown] lang="ru" of="f662d26b"
# # 08. Привлечение, обслуживание, удержание: деньги
#
# *От 75 до 90 минут. Барбершоп, который напоминает о себе клиентам, фитнес-клуб, который звонит членам, и организация, которую выберете вы.*
#
# ## Ситуация
#
# > Коллеги!
# >
# > Три отдела просят одни и те же деньги. Маркетинг: одна только электронная почта принесла 339 заказов. Сервис: тем, кто собрался уходить, надо звонить, пока они не ушли. Финансы: удержать клиента впятеро дешевле, чем привлечь, так что рекламу пора отключить.
# >
# > Я могу оплатить одно из этого как следует или всё сразу кое-как. Кто прав?

# %% [markdown] lang="en"
# ## After this lesson
#
# - I can tell what the next client costs from what clients cost on average. *(check: `marginal_cac`)*
# - I can find the spending from which no coin is better moved elsewhere. *(check: `optimal_spending`)*
# - I can share orders out between channels by two methods, and say what that does not prove. *(check: `attribution_credits`)*
# - I can choose whom to contact when the money does not reach everybody. *(check: `contact_choice`)*
# - I can tell a difference that is no luck from one that is worth its money. *(check: `significant_loss`)*

# %% [markdown] lang="ru" of="a5dc1cad"
# ## После этого занятия
#
# - Я отличаю, сколько стоит следующий клиент, от того, сколько клиенты стоят в среднем. *(проверка: `marginal_cac`)*
# - Я могу найти траты, при которых ни одну монету не стоит перекладывать. *(проверка: `optimal_spending`)*
# - Я могу двумя методами распределить заказы между каналами и сказать, чего это не доказывает. *(проверка: `attribution_credits`)*
# - Я могу выбрать, к кому обратиться, если денег хватит не на всех. *(проверка: `contact_choice`)*
# - Я отличаю неслучайную разность от той, что стоит своих денег. *(проверка: `significant_loss`)*

# %% [markdown] lang="en" edition="workbook"
# # Workbook to lesson 08: acquisition, service, retention
#
# Write your student number in the first cell. Replace every `...` and run the check under it. A check that answers “not attempted” has cost you nothing.

# %% [markdown] lang="ru" of="c33f1fde" edition="workbook"
# # Рабочая тетрадь к занятию 08: привлечение, обслуживание, удержание
#
# Впишите в первую ячейку свой номер студента. Замените каждое `...` и запустите проверку под ним. Ответ «ещё не решали» ничего вам не стоит.

# %% edition="both"
import numpy as np
import pandas as pd

import crm_toolkit as crm
from crm_toolkit import analysis, plots, widgets
from crm_toolkit.world.campaign_lab import campaign_trial
from crm_toolkit.world.retention_lab import retention_trial

language = crm.language("en")
student = "demo-01"

# %% [markdown] lang="en"
# ## Technologies for clients
#
# A technology here is not a program. It is a repeatable way to do something for a client: answer a request, remind, call, put a failure right, invite back. Each has a mechanism (why it may work), a lever that can be turned, a cost, a number by which it is measured, and a mistake that is usually made with it. Choose some cards; you will need them in the open task.

# %% [markdown] lang="ru" of="5990ab2d"
# ## Клиентские технологии
#
# Технология здесь — не программа. Это повторяемый способ что-то сделать для клиента: ответить на заявку, напомнить, позвонить, исправить сбой, позвать обратно. У каждой есть механизм (почему это может сработать), рычаг, который можно повернуть, затраты, показатель, которым её измеряют, и ошибка, которую с ней обычно делают. Выберите несколько карточек; они пригодятся в открытом задании.

# %% tags=["nbval-ignore-output"]
widgets.technology_cards()

# %% [markdown] lang="en"
# ## Finance says: five times cheaper
#
# ### By hand on five rows
#
# One channel, five months, five budgets. The **average** cost of a client is the budget divided by the clients. The **marginal** cost is what the last increase cost, divided by the clients that the increase brought. Before you run the second cell, write down the marginal cost of the last row.

# %% [markdown] lang="ru" of="2496455e"
# ## Финансы говорят: впятеро дешевле
#
# ### Вручную на пяти строках
#
# Один канал, пять месяцев, пять бюджетов. **Средняя** стоимость привлечения клиента (CAC) — бюджет, делённый на число клиентов. **Предельная** — сколько стоило последнее увеличение, делённое на клиентов, которых оно принесло. До запуска второй ячейки запишите предельную стоимость в последней строке.

# %%
channel = pd.DataFrame({"spent": [500, 1000, 1500, 2000, 2500], "clients": [40, 66, 83, 94, 101]})
channel

# %%
channel["average"] = channel["spent"] / channel["clients"]
channel["marginal"] = channel["spent"].diff() / channel["clients"].diff()
channel.round(1)

# %% [markdown] lang="en"
# In the last month a client cost 24.8 on average, and each of the last seven cost 71.4. If a client is worth 50, the average says “go on”, but the last increase lost money: go back. Diminishing returns are the usual case, since those who are easy to win come first. *Write one sentence:* why does an advertising report usually show only the first number?

# %% [markdown] lang="ru" of="5cc955dc"
# В последнем месяце клиент стоил в среднем 24,8, а каждый из последних семи — 71,4. Если ценность клиента — 50, среднее говорит «продолжайте», а на деле пора отступить: последнее увеличение принесло убыток. Убывающая отдача — обычное дело: первыми приходят те, кого привлечь легко. *Напишите одно предложение:* почему в отчётах о рекламе обычно стоит только первое число?

# %% [markdown] lang="en"
# ### A worked example: two curves and one sum
#
# Spending A on every prospect acquires the share a = C·(1 − e^(−k·A)) of them; spending R a year on every client retains the share r, by a curve of its own. C is the ceiling, k how fast it is approached; m is a year's margin of a client, d the discount rate.
#
# 1. **Acquired and retained:** a and r from the two curves.
# 2. **Value of a client:** m + (m·r − R) / (1 + d − r). The first margin m comes at once; R is spent on everybody, and the share r of them stays.
# 3. **Customer equity of a prospect:** a · value − A.
# 4. **The next client:** 1 / (k·(C − a)) to acquire, the same with R's curve to retain.
# 5. **Compare** both with the value.

# %% [markdown] lang="ru" of="c2f2317e"
# ### Разобранный пример: две кривые и одна сумма
#
# Траты A на каждого потенциального клиента привлекают долю a = C·(1 − e^(−k·A)); траты R в год на каждого клиента удерживают долю r — по собственной кривой. C — предел, k — скорость приближения к нему; m — годовая маржа от клиента, d — ставка дисконтирования.
#
# 1. **Привлечено и удержано:** a и r по двум кривым.
# 2. **Ценность клиента:** m + (m·r − R) / (1 + d − r). Первая маржа m приходит сразу; R тратят на всех, а остаётся доля r.
# 3. **Клиентский капитал на потенциального клиента:** a · ценность − A.
# 4. **Следующий клиент:** привлечь — 1 / (k·(C − a)), удержать — то же по кривой R.
# 5. **Сравните** обе величины с ценностью.

# %%
A, R, m, d = 3, 20, 50, 0.2
a, r = 0.5 * (1 - np.exp(-0.35 * A)), 0.7 * (1 - np.exp(-0.15 * R))
value = m + (m * r - R) / (1 + d - r)
equity = a * value - A
to_acquire, to_retain = 1 / (0.35 * (0.5 - a)), 1 / (0.15 * (0.7 - r))
steps = {"a": a, "r": r, "value": value, "equity": equity, "next_acquired": to_acquire, "next_retained": to_retain}
pd.Series(steps).round(3)

# %%
won, kept = analysis.ResponseCurve(0.5, 0.35), analysis.ResponseCurve(0.7, 0.15)
here = analysis.judge_spending(A, R, acquisition=won, retention=kept, margin=m, discount=d)
print(here.reading())

# %%
best = here.best
print(round(best.acquisition_spend, 3), round(best.retention_spend, 3), round(best.equity, 3))
print(f"{best.acquisition_marginal_cost:.2f} = {best.retention_marginal_cost:.2f} = {best.value:.2f}")

# %% [markdown] lang="en"
# The best spending is A* = 7.49 and R* = 14.07. At A = 3 and R = 20 one client more costs 16 to acquire and 191 to retain: here acquisition wins by far. At the optimum three numbers equal 78.54: the cost of one more acquired, of one more retained, and what a client is worth. “Five times cheaper” compares averages of coins already spent; nothing follows from it for the next coin (Pfeifer 2005).
#
# ### Explore: two budgets
#
# Move the two spendings. **Predict first:** if the margin doubles, which of the two best budgets grows more? Then find curves for which the very first coin on retention is wasted.

# %% [markdown] lang="ru" of="7b7c65b7"
# Лучшие траты — A* = 7,49 и R* = 14,07. При A = 3 и R = 20 привлечь ещё одного клиента стоит 16, а удержать ещё одного — 191: здесь привлечение намного выгоднее. В оптимуме три числа равны 78,54: затраты на ещё одного привлечённого, на ещё одного удержанного и ценность клиента. Слова «впятеро дешевле» сравнивают средние для уже потраченных монет; о следующей монете из них ничего не следует (Pfeifer 2005).
#
# ### Исследуйте: два бюджета
#
# Двигайте обе суммы трат. **Сначала предскажите:** какой из двух лучших бюджетов сильнее вырастет, если маржа удвоится? Затем найдите кривые, при которых уже первая монета на удержание потрачена зря.

# %% tags=["nbval-ignore-output"]
widgets.explore_budget()

# %% [markdown] lang="en"
# ### Four levers on all clients
#
# The definition of CRM that this course starts from names four verbs: attract, identify, retain, develop. In lesson 04 they became levers on the value of all clients, today's and those to come: acquisition cost, retention, margin. The levers act with different force; the discount rate stands beside them for comparison. The bars say by how many per cent that value rises if a lever becomes one per cent better.

# %% [markdown] lang="ru" of="6e966781"
# ### Четыре рычага на всех клиентов
#
# В определении CRM, с которого начинается этот курс, четыре глагола: привлекать, выявлять, удерживать, развивать. На занятии 04 они стали рычагами ценности всех клиентов, нынешних и будущих: это стоимость привлечения, удержание, маржа. Действуют рычаги с разной силой; для сравнения рядом с ними стоит ставка дисконтирования. Столбцы показывают, на сколько процентов вырастет эта ценность, если улучшить рычаг на один процент.

# %% tags=["nbval-ignore-output"]
base = dict(customers=1500, new_customers=300, margin=90, retention=0.75, discount=0.12, acquisition_cost=25)
levers = analysis.customer_equity(**base).elasticities()
plots.show(plots.elasticity_chart(levers))

# %%
levers[["lever", "elasticity"]].round(2)

# %% [markdown] lang="en"
# Retention 2.5, margin 1.1, acquisition cost 0.1: the order is that of Gupta, Lehmann and Stuart (2004), who found about 5, 1 and 0.1. It does not say that retention is the best buy: one per cent of retention may cost more than one per cent of any other lever. And the sum itself is a forecast with conventions in it. Double the discount rate, and see what is left of “the value of the firm”.

# %% [markdown] lang="ru" of="e9246db3"
# Удержание 2,5, маржа 1,1, стоимость привлечения 0,1: очерёдность та же, что у Gupta, Lehmann и Stuart (2004), которые получили около 5, 1 и 0,1. Отсюда не следует, что выгоднее всего вложиться в удержание: один его процент может обойтись дороже, чем один процент любого другого рычага. Да и сама сумма — прогноз, построенный на соглашениях. Удвойте ставку дисконтирования и посмотрите, что останется от «ценности фирмы».

# %%
for rate in (0.06, 0.12, 0.24):
    print(rate, round(analysis.customer_equity(**base | {"discount": rate}).total))

# %% [markdown] lang="en"
# ## Marketing says: 339 orders
#
# The barbershop reminded half of its clients by e-mail, drawn by lot. Every touch was recorded: search, maps, social networks, posters, and the e-mail. Five rules share the same orders out between the channels: `first` and `last` give an order to the first or to the last touch on the way to it, `linear` shares it equally among all touches, `shapley` equally among the different channels, and `markov` in proportion to what a chain of touches would lose without a channel.

# %% [markdown] lang="ru" of="fd4178a8"
# ## Маркетинг говорит: 339 заказов
#
# Барбершоп напомнил о себе по электронной почте половине клиентов, выбранной по жребию. Записано каждое касание: поиск, карты, социальные сети, наружная реклама и письмо. Пять правил делят между каналами одни и те же заказы: `first` и `last` отдают заказ первому или последнему касанию на пути к нему, `linear` делит его поровну между всеми касаниями, `shapley` — поровну между разными каналами, а `markov` — пропорционально тому, сколько потеряла бы цепь касаний без этого канала.

# %%
trial = campaign_trial(3000, locale="en_US", seed=8)
tables = trial.world.tables
paths = analysis.touch_paths(tables["touches"], tables["orders"], as_of=trial.until, lookback_days=56)
rules = analysis.attribution_table(paths, ["first", "last", "linear", "markov", "shapley"])
rules.credits.round(1)

# %% [markdown] lang="en"
# Four rules give the e-mail 339 orders, the Markov chain 234. Which rule is right? None: they are ways of keeping books. What the e-mail changed is told by those who did not get it. Now the e-mail alone: look at the diamond, the result of the experiment, and the bar of its interval.

# %% [markdown] lang="ru" of="745f898f"
# Четыре правила дают письму 339 заказов, цепь Маркова — 234. Какое правило верно? Никакое: это способы вести учёт. Что изменило письмо, скажут те, кто его не получил. Теперь только письмо: посмотрите на ромб — результат эксперимента — и на полосу его интервала.

# %% tags=["nbval-ignore-output"]
sent = analysis.touch_paths(
    tables["touches"], tables["orders"], as_of=trial.until, lookback_days=56, channel="campaign_id", unfinished="keep"
)
credits = analysis.attribution_table(sent, ["first", "last", "markov", "shapley"])
increments = analysis.holdout_increments(tables["assignments"], tables["orders"], days=56, as_of=trial.until)
plots.show(plots.attribution_chart(credits, truth=increments, labels={"1": "e-mail"}))

# %%
caused = trial.truth["orders_effect"][trial.customers["treated"] == 1].sum()
row = increments.table.iloc[0]
pd.Series({"experiment": row["incremental"], "low": row["low"], "high": row["high"], "truth": caused}).round(1)

# %% [markdown] lang="en"
# The experiment says 164 orders, from 60 to 268; in the simulated world the truth is known, 193. The rest of the 339 orders would have come without the e-mail. And departments usually do not draw by lot: they write to those who bought recently. Then even a comparison with those who got no letter misleads.

# %% [markdown] lang="ru" of="eefbe009"
# Эксперимент говорит: 164 заказа, от 60 до 268; в смоделированном мире истина известна — 193. Остальные из 339 заказов были бы и без письма. А отделы жребий обычно не бросают: пишут тем, кто недавно покупал. Тогда обманывает и сравнение с теми, кому не писали.

# %%
aimed = campaign_trial(3000, design="targeted", locale="en_US", seed=8)
plain = analysis.compare_means(aimed.customers, "orders", "treated")
weighted = analysis.weighted_effect(aimed.customers, "orders", "treated")
truth = aimed.truth["orders_effect"].mean()
found = {"plain": plain.estimate, "weighted": weighted.estimate, "low": weighted.low, "high": weighted.high}
pd.Series(found | {"truth": truth}).round(2)

# %% [markdown] lang="en"
# 1.32 orders a client instead of 0.25: five times too much. Weighting by each client's recorded chance of getting the e-mail brings the truth back into the interval, but the interval, from −0.14 to 0.45, holds zero too. A lottery is cheaper than statistics.
#
# ## Service says: call those who are about to leave
#
# Of each member a fitness club knows the visits of the last month, whether there was a complaint, the months since joining and the fee. Half of 6,000 members, drawn by lot, were called. The models behind the rules are fitted on one half of the members, and the rules are tried on the other.
#
# ### Predict
#
# The rule “the highest risk of leaving first”: will the calls pay?

# %% [markdown] lang="ru" of="91bb1b0b"
# 1,32 заказа на клиента вместо 0,25 — впятеро больше истины. Взвешивание по записанной для каждого клиента вероятности получить письмо возвращает истину в интервал, но в нём, от −0,14 до 0,45, лежит и ноль. Жребий дешевле статистики.
#
# ## Сервис говорит: звонить тем, кто собрался уходить
#
# О каждом члене фитнес-клуб знает, сколько раз тот приходил за последний месяц, жаловался ли, сколько месяцев состоит в клубе и какой взнос платит. Половине из 6000 членов, выбранной по жребию, позвонили. Модели, на которых стоят правила, обучены на одной половине членов, а испытаны правила на другой.
#
# ### Предскажите
#
# Правило «сначала те, у кого риск ухода выше всех»: окупятся ли звонки?

# %% tags=["nbval-ignore-output"]
guess = widgets.predict("riskiest_profit")
guess

# %% [markdown] lang="en"
# ### Run and explain
#
# Before the answer, see whom a call moved, in two groups that need no model: `idle` came at most once last month, `complained` made a complaint and came more often. Then four rules choose whom to call: the highest `value`, the highest `risk` of leaving, the highest `uplift` (by how much a call raises the chance of staying, as the model learned it), and `random`, by lot.

# %% [markdown] lang="ru" of="e7e94d45"
# ### Запустите и объясните
#
# Прежде чем узнать ответ, посмотрите, на кого звонок подействовал, — на двух группах, для которых модель не нужна: `idle` — не больше одного визита за месяц, `complained` — жаловались и приходили чаще. Затем четыре правила выбирают, кому звонить: самая высокая ценность (`value`), самый высокий риск ухода (`risk`), самый высокий аплифт (`uplift`: насколько звонок, по оценке модели, повышает вероятность остаться) и жребий (`random`).

# %%
club = retention_trial().members
idle, complained = club["visits"] <= 1, (club["complaint"] == 1) & (club["visits"] > 1)
groups = {"idle": club[idle], "complained": club[complained]}
pd.DataFrame({name: group.groupby("treated")["stayed"].mean() for name, group in groups.items()}).round(3)

# %% tags=["nbval-ignore-output"]
from crm_toolkit.widgets.money.targeting import scored_members

members = scored_members()
profit = analysis.targeting_rules(members, ["value", "risk", "uplift", "random"], contact_cost=6)
guess.reveal(profit.at(0.3).set_index("rule")["profit"]["risk"] / 1000)

# %%
profit.at(0.3)[["rule", "profit"]].round(0)

# %% [markdown] lang="en"
# Those who hardly come are at the highest risk, and a call makes it worse: without it 59% of them stay, with it 41%. It reminds them that they pay for nothing. Those who complained and still come are kept by it: 78% stay without a call, 94% with one. So calling the riskiest 30% brings a loss of 6,288, and calling the 30% with the highest uplift by the model a profit of 9,242. In two field experiments Ascarza (2018) found, too, that the riskiest are not the best to target; that a call does outright harm is an assumption made for this club. Risk is not persuadability. *Write one sentence:* in which organisation that you know could a reminder do harm?
#
# ### Explore: whom to call
#
# Try the four rules, the share, the cost of a call. **Predict first:** from which cost of a call on is it best to call nobody, whichever of the rules that can be followed is taken?

# %% [markdown] lang="ru" of="eb09ceed"
# У тех, кто почти не ходит, риск выше всего, и звонок его увеличивает: без звонка из них остаются 59 %, со звонком — 41 %. Он напоминает, что они платят зря. Тех, кто жаловался, но всё ещё приходит, звонок удерживает: без него остаются 78 %, с ним — 94 %. Поэтому звонки 30 % членов с самым высоким риском приносят убыток 6288, а звонки 30 % с самым высоким аплифтом по модели — прибыль 9242. И Ascarza (2018) в двух полевых экспериментах обнаружила, что те, чей риск выше всех, — не лучшая цель; а то, что звонок прямо вредит, — допущение, сделанное для этого клуба. Риск — это не податливость. *Напишите одно предложение:* в какой знакомой вам организации напоминание могло бы навредить?
#
# ### Исследуйте: кому звонить
#
# Попробуйте четыре правила, долю и стоимость звонка. **Сначала предскажите:** начиная с какой стоимости звонка лучше не звонить никому, какому бы из выполнимых правил ни следовать?

# %% tags=["nbval-ignore-output"]
widgets.explore_targeting()

# %% [markdown] lang="en"
# ### A dry run before the rule is switched on
#
# An automation is a rule: trigger, condition, action. Before it runs by itself three questions must be answered: who is affected, what does it cost, what will it bring? Here the trigger is a complaint, the condition more than one visit a month, the action a call.

# %% [markdown] lang="ru" of="07b74cec"
# ### Пробный прогон, прежде чем включить правило
#
# Автоматизация — это правило: событие, условие, действие. Прежде чем оно заработает само, надо ответить на три вопроса: кого оно затронет, сколько будет стоить, что принесёт. Здесь событие — жалоба, условие — больше одного визита в месяц, действие — звонок.

# %%
rule = club.assign(policy=complained.astype(int))
print(complained.sum(), 6 * complained.sum())
print(analysis.policy_value(rule, "policy", "stayed").reading())

# %% [markdown] lang="en"
# 969 calls cost 5,814. The rule keeps 2.6 members of every hundred in the club, from 1.9 to 3.3: some 156 of 6,000. At about 220 each that is some 34,000. Such a page, with names of those affected, belongs before every rule that works by itself.
#
# ## Those who left, and those who stayed too long
#
# ### Winning back
#
# Nobody has to be won back at any price. Whoever returns begins a second life, usually shorter than the first, and some return by themselves. The reason for leaving tells what past revenue does not.

# %% [markdown] lang="ru" of="204553df"
# 969 звонков стоят 5814. Правило удерживает 2,6 человека из каждых ста членов клуба, от 1,9 до 3,3: около 156 из 6000. При ценности около 220 это примерно 34 000. Такая страница, с перечнем тех, кого правило затронет, должна предшествовать каждому правилу, которое работает само.
#
# ## Те, кто ушёл, и те, кто задержался
#
# ### Возврат клиентов
#
# Никого не надо возвращать любой ценой. У вернувшегося начинается вторая жизнь, обычно короче первой, а некоторые возвращаются сами. Причина ухода говорит то, чего не видно по прошлой выручке.

# %%
lapsed = pd.DataFrame({
    "reason": ["price", "moved", "failure", "competitor"], "customers": [240, 150, 90, 310],
    "regain_ratio": [0.20, 0.03, 0.16, 0.11], "by_themselves": [0.06, 0.01, 0.02, 0.08],
    "second_value": [130, 110, 180, 120], "contact_cost": 4, "offer_cost": 25,
})
analysis.win_back_table(lapsed, group="reason").round(3)

# %% [markdown] lang="en"
# Counted naively, asking those who went to a competitor brings a profit of about 2,000; most of those who return would have returned unasked, and in truth it is a loss of almost 1,000. Only those who left for the price or after a failure are worth asking.
#
# The same kind of sum tells when to stop writing. A client who bought last one, two, three or four periods ago buys next with the chances below; a letter costs 4, a purchase brings 40. In the last row the value is below zero: stop writing there.

# %% [markdown] lang="ru" of="0b885779"
# На наивный взгляд, приглашения ушедшим к конкуренту приносят прибыль около 2000; но большинство вернувшихся вернулось бы и без приглашения, и на деле это убыток почти 1000. Звать стоит только тех, кто ушёл из-за цены или сбоя.
#
# Такой же расчёт подсказывает, когда перестать писать. Клиент, который в последний раз купил один, два, три или четыре периода назад, купит в следующем с вероятностью, указанной ниже; письмо стоит 4, покупка приносит 40. В последней строке ценность меньше нуля: там писать пора прекратить.

# %%
analysis.migration_value(40, 4, [0.30, 0.20, 0.15, 0.05], discount=0.2).round(2)

# %% [markdown] lang="en"
# ### Long is not the same as profitable
#
# Two years of the barbershop, and two numbers for each client: the weeks since the first purchase, and a profit by convention, half of the spend less 20 for winning the client and half a unit for each week of letters and calls. Long and profitable are the true friends, long and unprofitable the barnacles; short and profitable the butterflies, short and unprofitable the strangers.

# %% [markdown] lang="ru" of="b758c0ab"
# ### Давно — не значит прибыльно
#
# Два года барбершопа и два числа для каждого клиента: сколько недель прошло с первой покупки и какова условная прибыль — половина трат минус 20 за привлечение и по половине единицы за каждую неделю писем и звонков. Давно с нами и прибыльны — «настоящие друзья», давно и убыточны — «прилипалы»; недавно и прибыльны — «бабочки», недавно и убыточны — «незнакомцы».

# %% tags=["nbval-ignore-output"]
shop = crm.simulate(crm.scenario("barbershop", locale="en_US"), customers=1500, weeks=104, seed=8)
bought = shop.tables["purchases"]
clients = analysis.purchase_summary(bought, as_of=bought["ordered_at"].max(), unit="week").table
spend = bought.groupby("customer_id")["amount"].sum()
clients["profit"] = 0.5 * clients["customer_id"].map(spend) - 20 - 0.5 * clients["T"]
matrix = analysis.portfolio_matrix(clients, longevity="T")
plots.show(plots.portfolio_chart(matrix, currency=trial.currency, unit=plots.words("weeks")["weeks"]))

# %%
print(matrix.reading())
matrix.corners[["corner", "customers", "share", "profit"]].round(2)

# %% [markdown] lang="en"
# The rank correlation of weeks and profit is −0.09: those who have been here longer are not the more profitable ones, partly because each week is charged. Butterflies are enjoyed and not chased, barnacles get a cheaper service or a higher price, strangers no investment (Reinartz and Kumar 2002). The borders, here the median of weeks and a profit of zero, are conventions: say where you drew them.

# %% [markdown] lang="ru" of="b993a8fb"
# Ранговая корреляция срока и прибыли равна −0,09: давние клиенты не прибыльнее недавних — отчасти потому, что за каждую неделю вычтены затраты. «Бабочкам» рады, но за ними не гоняются; «прилипалам» предлагают обслуживание дешевле или цену выше; в «незнакомцев» не вкладывают (Reinartz и Kumar 2002). Границы (здесь — медиана срока и нулевая прибыль) — соглашение: говорите, где вы их провели.

# %% [markdown] lang="en" edition="both"
# ### The same steps, with blanks
#
# The five steps of the worked example, the same numbers for everybody. The check says which step is off.

# %% [markdown] lang="ru" of="e04efbf6" edition="both"
# ### Те же шаги с пропусками
#
# Пять шагов разобранного примера, числа у всех одинаковые. Проверка скажет, какой шаг не сошёлся.

# %% edition="workbook" tags=["nbval-ignore-output"]
faded = crm.exercise("spending_faded", student=student)
faded

# %% tags=["nbval-ignore-output"]
widgets.answer(crm.exercise("spending_faded", student=student))

# %% edition="workbook" tags=["solution"]
n = faded.data
A, R, m, d = n["acquisition_spend"], n["retention_spend"], n["margin"], n["discount"]
acquired = 100 * n["acquisition_ceiling"] * (1 - np.exp(-n["acquisition_speed"] * A))  #: acquired = ...
retained = 100 * n["retention_ceiling"] * (1 - np.exp(-n["retention_speed"] * R))  #: retained = ...
value = m + (m * retained / 100 - R) / (1 + d - retained / 100)  #: value = ...
equity = acquired / 100 * value - A  #: equity = ...
next_client = 1 / (n["acquisition_speed"] * (n["acquisition_ceiling"] - acquired / 100))  #: next_client = ...
steps = ["acquired_of_100", "retained_of_100", "customer_value", "equity", "next_client"]
answer = {"value": dict(zip(steps, [acquired, retained, value, equity, next_client], strict=True))}

# %% edition="workbook"
faded.check(answer)

# %% [markdown] lang="en" edition="both"
# ## Your own numbers
#
# ### Task 1. The next client

# %% [markdown] lang="ru" of="c3ee91ec" edition="both"
# ## Ваши собственные числа
#
# ### Задача 1. Следующий клиент

# %% edition="workbook" tags=["nbval-ignore-output"]
cac = crm.exercise("marginal_cac", student=student)
cac

# %% tags=["nbval-ignore-output"]
widgets.answer(crm.exercise("marginal_cac", student=student))

# %% edition="workbook" tags=["solution"]
n = cac.data
more, fewer = n["spend_after"] - n["spend_before"], n["clients_after"] - n["clients_before"]  #:
answer = more / fewer + n["onboarding"]  #: answer = ...

# %% edition="workbook"
cac.check(answer)

# %% [markdown] lang="en" edition="both"
# ### Task 2. The best spending

# %% [markdown] lang="ru" of="645d735e" edition="both"
# ### Задача 2. Лучшие траты

# %% edition="workbook" tags=["nbval-ignore-output"]
optimum = crm.exercise("optimal_spending", student=student)
optimum

# %% tags=["nbval-ignore-output"]
widgets.answer(crm.exercise("optimal_spending", student=student))

# %% edition="workbook" tags=["solution"]
n = optimum.data
won = analysis.ResponseCurve(n["acquisition_ceiling"], n["acquisition_speed"])
kept = analysis.ResponseCurve(n["retention_ceiling"], n["retention_speed"])
best = analysis.optimal_budgets(acquisition=won, retention=kept, margin=n["margin"], discount=n["discount"])  #: best = ...
steps = ["acquisition_spend", "retention_spend", "customer_value", "next_acquired", "next_retained"]
found = [best.acquisition_spend, best.retention_spend, best.value, best.acquisition_marginal_cost, best.retention_marginal_cost]  #: found = [..., ..., ..., ..., ...]
answer = {"value": dict(zip(steps, found, strict=True))}

# %% edition="workbook"
optimum.check(answer)

# %% [markdown] lang="en" edition="both"
# ### Task 3. Retention or acquisition?

# %% [markdown] lang="ru" of="473fe3b1" edition="both"
# ### Задача 3. Удержание или привлечение?

# %% edition="workbook" tags=["nbval-ignore-output"]
coin = crm.exercise("next_coin", student=student)
coin

# %% tags=["nbval-ignore-output"]
widgets.answer(crm.exercise("next_coin", student=student))

# %% edition="workbook" tags=["solution"]
n = coin.data
won = analysis.ResponseCurve(n["acquisition_ceiling"], n["acquisition_speed"])
kept = analysis.ResponseCurve(n["retention_ceiling"], n["retention_speed"])
money = dict(acquisition=won, retention=kept, margin=n["margin"], discount=n["discount"])
now = analysis.prospect_equity(n["acquisition_spend"], n["retention_spend"], **money)
here = analysis.prospect_equity(n["acquisition_spend"] + 1, n["retention_spend"], **money) - now  #: here = ...
there = analysis.prospect_equity(n["acquisition_spend"], n["retention_spend"] + 1, **money) - now  #: there = ...
answer = {"gain": {"acquisition": here, "retention": there}}

# %% edition="workbook"
coin.check(answer)

# %% [markdown] lang="en" edition="both"
# ### Task 4. Who gets the credit?

# %% [markdown] lang="ru" of="d9f931d0" edition="both"
# ### Задача 4. Кому засчитать?

# %% edition="workbook" tags=["nbval-ignore-output"]
shared = crm.exercise("attribution_credits", student=student)
shared

# %% edition="workbook" tags=["nbval-ignore-output"]
shared.data["paths"]

# %% tags=["nbval-ignore-output"]
widgets.answer(crm.exercise("attribution_credits", student=student))

# %% edition="workbook" tags=["solution"]
found = analysis.paths_from_table(shared.data["paths"])
answer = analysis.attribution_table(found, ["markov", "shapley"]).credits  #: answer = ...

# %% edition="workbook"
shared.check(answer)

# %% [markdown] lang="en" edition="both"
# ### Task 5. Whom to call, and what the model is worth

# %% [markdown] lang="ru" of="b14dc482" edition="both"
# ### Задача 5. Кому звонить и чего стоит модель

# %% edition="workbook" tags=["nbval-ignore-output"]
choice = crm.exercise("contact_choice", student=student)
choice

# %% edition="workbook" tags=["nbval-ignore-output"]
choice.data["groups"]

# %% tags=["nbval-ignore-output"]
widgets.answer(crm.exercise("contact_choice", student=student))

# %% edition="workbook" tags=["solution"]
groups, n = choice.data["groups"], choice.data
gain = (groups["leave_without"] - groups["leave_with"]) * groups["value"]  #:
answer = n["size"] * gain.nlargest(2).sum() - n["contact_cost"] * n["contacts"]  #: answer = ...

# %% edition="workbook"
choice.check(answer)

# %% edition="workbook" tags=["nbval-ignore-output"]
uplift = crm.exercise("uplift_at_share", student=student)
uplift

# %% edition="workbook" tags=["nbval-ignore-output"]
uplift.data["fifths"]

# %% tags=["nbval-ignore-output"]
widgets.answer(crm.exercise("uplift_at_share", student=student))

# %% edition="workbook" tags=["solution"]
first = uplift.data["fifths"].iloc[:2].sum()  #:
answer = first["treated_came"] / first["treated"] - first["control_came"] / first["control"]  #: answer = ...

# %% edition="workbook"
uplift.check(answer)

# %% [markdown] lang="en" edition="both"
# ### Task 6. An offer for everybody

# %% [markdown] lang="ru" of="182a53b2" edition="both"
# ### Задача 6. Предложение всем

# %% edition="workbook" tags=["nbval-ignore-output"]
offer = crm.exercise("break_even_saved", student=student)
offer

# %% tags=["nbval-ignore-output"]
widgets.answer(crm.exercise("break_even_saved", student=student))

# %% edition="workbook" tags=["solution"]
n = offer.data
cost = n["contact_cost"] + n["discount"] * n["accept_share"]  #:
answer = cost / (n["revenue"] * n["margin_rate"])  #: answer = ...

# %% edition="workbook"
offer.check(answer)

# %% [markdown] lang="en" edition="both"
# ### Task 7. Significant, and worth it?

# %% [markdown] lang="ru" of="445586dd" edition="both"
# ### Задача 7. Значимо — а стоит ли того?

# %% edition="workbook" tags=["nbval-ignore-output"]
tested = crm.exercise("significant_loss", student=student)
tested

# %% tags=["nbval-ignore-output"]
widgets.answer(crm.exercise("significant_loss", student=student))

# %% edition="workbook" tags=["solution"]
n = tested.data
p1, p0 = n["came_treated"] / n["per_arm"], n["came_control"] / n["per_arm"]
error = np.sqrt((p1 * (1 - p1) + p0 * (1 - p0)) / n["per_arm"])  #: error = ...
of_1000 = 1000 * ((p1 - p0) * n["margin"] - n["contact_cost"])  #: of_1000 = ...
answer = {"value": {"z": (p1 - p0) / error, "profit_of_1000": of_1000}}  #: answer = {"value": {"z": ..., "profit_of_1000": of_1000}}

# %% edition="workbook"
tested.check(answer)

# %% [markdown] lang="en" edition="both"
# ### Task 8. Whom to ask back

# %% [markdown] lang="ru" of="2de6b317" edition="both"
# ### Задача 8. Кого звать обратно

# %% edition="workbook" tags=["nbval-ignore-output"]
back = crm.exercise("win_back_profit", student=student)
back

# %% edition="workbook" tags=["nbval-ignore-output"]
back.data["lapsed"]

# %% tags=["nbval-ignore-output"]
widgets.answer(crm.exercise("win_back_profit", student=student))

# %% edition="workbook" tags=["solution"]
asked = analysis.win_back_table(back.data["lapsed"], group="reason")  #:
answer = asked["profit"].clip(lower=0).sum()  #: answer = ...

# %% edition="workbook"
back.check(answer)

# %% [markdown] lang="en"
# ## Check yourself

# %% [markdown] lang="ru" of="8f45d9d8"
# ## Проверьте себя

# %% tags=["nbval-ignore-output"]
widgets.quiz("money")

# %% [markdown] lang="en"
# ## Decide: what would you tell the manager?
#
# Each department saw something and drew the wrong conclusion from it. Finance compared averages; for the next coin the next client counts, on both curves. Marketing showed bookkeeping: of 339 orders the e-mail caused about 190, and the experiment could see 164, between 60 and 268. Service found the right members to worry about and the wrong ones to call: calling those who complained and still come pays, calling those who hardly come does harm. So: pay for the calls to those who complained, let the e-mail go on with a tenth left out by lot, and move the advertising budget in steps that are large enough to see the next client's cost.

# %% [markdown] lang="ru" of="20085dcc"
# ## Решение: что вы скажете руководителю?
#
# Каждый отдел что-то заметил и сделал из этого неверный вывод. Финансы сравнили средние; для следующей монеты важен следующий клиент — на обеих кривых. Маркетинг показал бухгалтерию: из 339 заказов письмо вызвало около 190, а эксперимент сумел увидеть 164, от 60 до 268. Сервис верно определил, за кого тревожиться, и неверно — кому звонить: звонки тем, кто жаловался и ещё приходит, окупаются, а звонки тем, кто почти не ходит, вредят. Итак: оплатите звонки тем, кто жаловался; письма рассылайте и дальше, оставляя без них по жребию десятую часть клиентов; а рекламный бюджет меняйте шагами, достаточно большими, чтобы увидеть, сколько стоит следующий клиент.

# %% [markdown] lang="en" edition="both"
# ## Open task: the technologies of a real organisation
#
# Take a service organisation that you can visit, and make its dossier:
#
# 1. **The organisation and its clients:** what it does, for whom, in which segments; every fact with its source and the day on which you read or saw it.
# 2. **Technologies of three stages:** at least one each of acquisition, service and retention; for each the mechanism, the lever and the cost, as on the cards above. What the organisation does not say is “not stated”.
# 3. **Measures:** for every stage at least one number with its definition, its denominator and how sure it is. An estimate of your own is welcome if it is called one.
# 4. **Diagnosis:** where does value leak, and by what would you see it? What would happen anyway? Propose a test: whom to leave out by lot, for how long, and what result decides.
# 5. **Recommendation:** one change with its cost, its risk, and what it asks of personal data and of fairness.
#
# Leave names of clients and employees out. The report follows the rubric: each row is graded 0 to 3, and 3 includes 2.

# %% [markdown] lang="ru" of="78852eed" edition="both"
# ## Открытое задание: технологии настоящей организации
#
# Возьмите сервисную организацию, в которую можно прийти, и составьте её досье:
#
# 1. **Организация и её клиенты:** что она делает, для кого, какие есть сегменты; у каждого факта — источник и день, когда вы его прочитали или увидели.
# 2. **Технологии трёх этапов:** хотя бы по одной для привлечения, обслуживания и удержания; для каждой — механизм, рычаг и затраты, как на карточках выше. О чём организация не говорит, то «не указано».
# 3. **Показатели:** для каждого этапа хотя бы одно число с определением, знаменателем и точностью. Собственная оценка годится, если прямо названа оценкой.
# 4. **Диагноз:** где утекает ценность и по чему это было бы видно? Что произошло бы и так? Предложите проверку: кого по жребию не трогать, на какой срок и какой результат решает дело.
# 5. **Рекомендация:** одно изменение — с затратами, риском и тем, чего оно требует от персональных данных и от справедливости.
#
# Имён клиентов и сотрудников не называйте. Отчёт следует критериям: каждая строка оценивается от 0 до 3; уровень 3 включает уровень 2.

# %% edition="both" tags=["nbval-ignore-output"]
widgets.rubric("organisation_dossier")

# %% [markdown] lang="en" edition="both"
# The workbook below leads through the same steps, asks for a source and a day for every fact, and exports the report (HTML, DOCX or PDF). The work stays in
# `organisation_dossier.json` beside this notebook.

# %% [markdown] lang="ru" of="140841e1" edition="both"
# Рабочая тетрадь ниже ведёт по тем же шагам, спрашивает источник и дату каждого факта и выгружает отчёт (HTML, DOCX или PDF). Работа хранится в файле
# `organisation_dossier.json` рядом с этой тетрадью.

# %% edition="both" tags=["nbval-ignore-output"]
widgets.organisation_dossier()

# %% [markdown] lang="en" edition="workbook"
# *The organisation and its clients, with sources and days:*
#
# *Technologies of acquisition, service, retention:*
#
# *Measures, with definitions:*
#
# *Where value leaks; the test:*
#
# *Recommendation, cost, risk, ethics:*

# %% [markdown] lang="ru" of="faa79728" edition="workbook"
# *Организация и её клиенты, с источниками и датами:*
#
# *Технологии привлечения, обслуживания, удержания:*
#
# *Показатели с определениями:*
#
# *Где утекает ценность; проверка:*
#
# *Рекомендация, затраты, риск, этика:*

# %% [markdown] lang="en"
# **In the seminar: when acquisition beats retention.** Each group brings curves and budgets with which acquisition wins, and a real business that looks like them. Which number would make the group change its mind?

# %% [markdown] lang="ru" of="7fb57290"
# **На семинаре: когда привлечение выгоднее удержания.** Каждая группа приносит кривые и бюджеты, при которых выигрывает привлечение, и настоящий бизнес, похожий на этот случай. Какое число заставило бы группу передумать?

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
# - I can tell what the next client costs from what clients cost on average.
# - I can find the spending from which no coin is better moved elsewhere.
# - I can share orders out between channels by two methods, and say what that does not prove.
# - I can choose whom to contact when the money does not reach everybody.
# - I can tell a difference that is no luck from one that is worth its money.
#
# **Further reading.** Blattberg and Deighton (1996), Manage Marketing by the Customer Equity Test; Pfeifer (2005), The Optimal Ratio of Acquisition and Retention Costs; Gupta, Lehmann and Stuart (2004), Valuing Customers; Reinartz and Kumar (2002), The Mismanagement of Customer Loyalty; Ascarza (2018), Retention Futility; Kumar, Bhagwat and Zhang (2015), Regaining “Lost” Customers.
#
# **Where the numbers come from.** The barbershop and the club are invented. That a call annoys an idle member and keeps one who complained is an assumption, made after the field experiments of Ascarza (2018) and Ascarza, Iyengar and Schleicher (2016). The curves of the two budgets are an example of the course, the elasticities of 5, 1 and 0.1 those of Gupta, Lehmann and Stuart (2004), the numbers of the letters those of Pfeifer and Carraway (2000).
#
# Next: [09. A loyalty programme: design it, count it, test it](09_loyalty.ipynb).

# %% [markdown] lang="ru" of="55be5b6e"
# ## Могу ли я это теперь?
#
# - Я отличаю, сколько стоит следующий клиент, от того, сколько клиенты стоят в среднем.
# - Я могу найти траты, при которых ни одну монету не стоит перекладывать.
# - Я могу двумя методами распределить заказы между каналами и сказать, чего это не доказывает.
# - Я могу выбрать, к кому обратиться, если денег хватит не на всех.
# - Я отличаю неслучайную разность от той, что стоит своих денег.
#
# **Что почитать.** Blattberg и Deighton (1996), Manage Marketing by the Customer Equity Test — о проверке клиентским капиталом; Pfeifer (2005), The Optimal Ratio of Acquisition and Retention Costs — о привлечении и удержании; Gupta, Lehmann и Stuart (2004), Valuing Customers; Reinartz и Kumar (2002), The Mismanagement of Customer Loyalty; Ascarza (2018), Retention Futility — о том, что удержание бывает тщетным; Kumar, Bhagwat и Zhang (2015), Regaining “Lost” Customers.
#
# **Откуда числа.** Барбершоп и клуб вымышлены. Что того, кто почти не ходит, звонок раздражает, а того, кто жаловался, удерживает, — допущение по мотивам полевых экспериментов Ascarza (2018) и Ascarza, Iyengar и Schleicher (2016). Кривые двух бюджетов — пример курса, эластичности 5, 1 и 0,1 — из Gupta, Lehmann и Stuart (2004), числа в примере с письмами — из Pfeifer и Carraway (2000).
#
# Дальше: [09. Программа лояльности: спроектировать, посчитать, проверить](09_loyalty.ipynb).
