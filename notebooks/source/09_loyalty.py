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
# # 09. A loyalty programme: design it, count it, test it
#
# *60 to 90 minutes. A barbershop with ten thousand clients, and a programme of a real organisation that you choose.*
#
# ## The case
#
# > Colleagues,
# >
# > Half a year with our card, and I have the proof: members spend 170 more than the others. A third of the points is never redeemed, that is profit on top.
# >
# > Next month every client gets a card. Or is there anything against it?

# %% [markdown] lang="ru" of="d344220c"
# # 09. Программа лояльности: спроектировать, посчитать, проверить
#
# *От 60 до 90 минут. Барбершоп с десятью тысячами клиентов и программа настоящей организации, которую выберете вы.*
#
# ## Ситуация
#
# > Коллеги!
# >
# > Полгода с нашей картой — и вот доказательство: участники тратят на 170 больше остальных. Треть баллов никогда не списывают, это прибыль сверху.
# >
# > В следующем месяце карту получит каждый клиент. Или кто-то против?

# %% [markdown] lang="en"
# ## After this lesson
#
# - I can keep a member's account when points expire and orders are paid back. *(check: `fifo_expiry`)*
# - I can say from which lift on a programme pays. *(check: `break_even_lift`)*
# - I can tell points that are not redeemed yet from points that never will be. *(check: `points_breakage`)*
# - I can find what a programme did by better means than comparing members with others. *(check: `programme_effect`)*
# - I can describe a real programme with dated sources, run its rules, and judge it. *(check: `rubric:programme`)*

# %% [markdown] lang="ru" of="b113b429"
# ## После этого занятия
#
# - Я умею вести счёт участника, когда баллы сгорают, а заказы возвращают. *(проверка: `fifo_expiry`)*
# - Я могу сказать, с какого прироста программа окупается. *(проверка: `break_even_lift`)*
# - Я отличаю баллы, которые пока не списаны, от тех, которые не спишут никогда. *(проверка: `points_breakage`)*
# - Я могу оценить, что дала программа, точнее, чем сравнением участников с остальными. *(проверка: `programme_effect`)*
# - Я могу описать настоящую программу с датированными источниками, исполнить её правила и оценить её. *(проверка: `rubric:programme`)*

# %% [markdown] lang="en" edition="workbook"
# # Workbook to lesson 09: a loyalty programme
#
# Write your student number in the first cell. Replace every `...` and run the check under it. A check that answers “not attempted” has cost
# you nothing.

# %% [markdown] lang="ru" of="a042843a" edition="workbook"
# # Рабочая тетрадь к занятию 09: программа лояльности
#
# Впишите в первую ячейку свой номер студента. Замените каждое `...` и запустите проверку под ним. Ответ «ещё не решали» ничего вам не стоит.

# %% edition="both"
from datetime import datetime

import pandas as pd

import crm_toolkit as crm
from crm_toolkit import analysis, plots, widgets
from crm_toolkit.firm.loyalty import Event, Ledger, load_programme, programme_form
from crm_toolkit.world.loyalty_lab import loyalty_laboratory, programme_for, run_programme, value_of_mechanisms

language = crm.language("en")
student = "demo-01"

# %% [markdown] lang="en"
# ## What a programme is
#
# A loyalty programme is a promise: who behaves in a certain way gets something later. It consists of rules that can be run: what gives
# points, what points give, when they expire, what a return does. Here are those of an invented barbershop, put into words by the toolkit
# from the definition that it runs.

# %% [markdown] lang="ru" of="6fb8b683"
# ## Что такое программа
#
# Программа лояльности — это обещание: кто ведёт себя определённым образом, позже что-то получит. Она состоит из правил, которые можно
# исполнить: за что дают баллы, что дают баллы, когда они сгорают, что делает возврат. Вот правила вымышленного барбершопа: пакет
# пересказывает словами то же определение программы, которое исполняет.

# %%
programme = load_programme("barbershop_b")
print(programme.describe())

# %% [markdown] lang="en"
# ### By hand on five rows
#
# Points live in portions: each keeps its own day. Follow one account: what is the balance after each row? The log says how many points a row
# gives (more than the one point of the rules, so that there is something to divide); money is in kopecks. Predict the last balance before you
# run the cell.

# %% [markdown] lang="ru" of="dfe37093"
# ### Вручную на пяти строках
#
# Баллы живут порциями, у каждой — свой день. Проследите за одним счётом: каков баланс после каждой строки? Сколько баллов даёт строка,
# записано в журнале (больше одного балла, положенного по правилам, — чтобы было что делить); деньги — в копейках. Последний баланс
# предскажите до запуска ячейки.

# %%
book = Ledger(programme)
log = [
    Event(1, "ann", datetime(2026, 1, 10), "earn", 4, 480000, order_id="A"),
    Event(2, "ann", datetime(2026, 3, 1), "earn", 4, 480000, order_id="B"),
    Event(3, "ann", datetime(2026, 4, 1), "redeem", 6, order_id="C"),
    Event(4, "ann", datetime(2026, 5, 1), "earn", 2, 240000, order_id="D"),
    Event(5, "ann", datetime(2026, 5, 9), "refund", 0, 240000, order_id="B"),
]
rows = []
for event in log:
    book.post(event)
    rows.append({"day": event.at.date(), "kind": event.kind, "points": event.points, "balance": book.balance("ann")})
pd.DataFrame(rows)

# %% [markdown] lang="en"
# The redemption took all of January's portion and two points of March. Of order B half the money is paid back, so two of its four points go;
# they were still there. *Write one sentence:* what would a ledger lose that keeps one number instead of portions?

# %% [markdown] lang="ru" of="488a9f02"
# Списание забрало всю январскую порцию и два балла мартовской. За заказ B вернули половину денег, поэтому уходят два его балла из четырёх;
# они ещё были на месте. *Напишите одно предложение:* что потерял бы учёт, который вместо порций хранит одно число?

# %% [markdown] lang="en"
# ### Predict
#
# Half of the clients, drawn by lot, were invited; some of them joined. The manager compares members with the rest. **How many times too large
# is that comparison?** Commit to a guess.

# %% [markdown] lang="ru" of="67cf0e15"
# ### Предскажите
#
# Половину клиентов, выбранную по жребию, пригласили; часть из них вступила. Руководитель сравнивает участников с остальными. **Во сколько раз
# такое сравнение завышает эффект?** Зафиксируйте догадку.

# %% tags=["nbval-ignore-output"]
guess = widgets.predict("naive_over_truth")
guess

# %% [markdown] lang="en"
# ### Run and explain
#
# The world is simulated, so every client lived twice with the same luck: with the programme and without. The column `effect` holds the
# difference; an organisation never sees it. Look at `before_1` first.

# %% [markdown] lang="ru" of="7af54762"
# ### Запустите и объясните
#
# Мир смоделирован, поэтому каждый клиент прожил дважды с одним и тем же везением: с программой и без неё. Разность — в столбце `effect`;
# организация её никогда не увидит. Сначала посмотрите на `before_1`.

# %%
told = loyalty_laboratory("barbershop", locale="en_US")
run = run_programme(told, programme_for(told, invited_share=0.5), customers=10_000, seed=9)
invited = run.panel[run.panel["arm"] == "invited"]
means = invited.groupby("member")[["before_1", "after", "effect"]].mean()
means.round(1)

# %% tags=["nbval-ignore-output"]
naive = means.loc[1, "after"] - means.loc[0, "after"]
guess.reveal(naive / means.loc[1, "effect"])

# %% [markdown] lang="en"
# Members spent three times as much as others *before* there was a programme: heavy buyers join. The plain difference says 172; the programme
# brought 23. *Write one sentence:* which group would show what members do without a programme?

# %% [markdown] lang="ru" of="22e1a09f"
# Участники тратили втрое больше остальных ещё *до* программы: вступают те, кто много покупает. Простая разность — 172, а программа
# дала 23. *Напишите одно предложение:* какая группа показала бы, что участники делают без программы?

# %% [markdown] lang="en"
# ## Better than naive
#
# Every method takes something for granted. The lottery takes least: for the effect on members, that an invitation alone changes nothing for
# those who do not join. (Here it changes 0.2, as the table above shows.)

# %% [markdown] lang="ru" of="5d93b6d1"
# ## Лучше, чем наивно
#
# Каждый метод что-то принимает на веру. Жребий — меньше всех: для эффекта на участников — лишь то, что само приглашение ничего не меняет у
# тех, кто не вступил. (Здесь меняет на 0,2: это видно в таблице выше.)

# %% tags=["nbval-ignore-output"]
known = ["before_2", "before_1", "orders_before", "weeks_since"]
evaluation = analysis.evaluate_programme(run.panel, covariates=known, arm="arm", joined="joined")
truth = {"member": means.loc[1, "effect"], "invited": invited["effect"].mean()}
plots.show(plots.programme_methods_chart(evaluation, truth=truth, unit="USD", labels=plots.words("after")))

# %% [markdown] lang="en"
# Difference in differences, matching and weighting are better than naive and still far off: what makes people join at *this* moment stands in
# no column. The intervals of the lottery hold the truth, and they are wide: how many clients a test needs is asked before it starts.

# %% [markdown] lang="ru" of="c0d0a98a"
# Разность разностей, подбор пар и взвешивание лучше наивного сравнения и всё же далеки от истины: того, почему люди вступают именно *сейчас*,
# нет ни в одном столбце. Интервалы по жребию накрывают истину, но они широки: сколько клиентов нужно для проверки, спрашивают до её начала.

# %%
plan = analysis.plan_rates(0.80, treated_rate=0.85, power=0.8)
print(plan.reading())

# %% [markdown] lang="en"
# ## A worked example: does it pay?
#
# 1. **Face value:** what are the points of a year worth to a member?
# 2. **Reward cost:** what do they cost the firm, when some are never redeemed and a haircut costs less than its price?
# 3. **To be covered:** add what a member costs, however much is bought.
# 4. **Kept:** what is left of one unit of additional spend?
# 5. **Break-even:** divide.

# %% [markdown] lang="ru" of="dc0b72d5"
# ## Разобранный пример: окупается ли программа?
#
# 1. **Номинал:** сколько стоят для участника баллы за год?
# 2. **Стоимость вознаграждений:** во что они обходятся фирме, если часть не спишут, а стрижка обходится дешевле своей цены?
# 3. **Нужно покрыть:** прибавьте то, во что участник обходится, сколько бы ни покупал.
# 4. **Остаётся:** что остаётся от единицы дополнительных трат?
# 5. **Безубыточность:** разделите.

# %%
spend, margin, face, redeemed, unit_cost, fixed = 500, 0.60, 0.05, 0.80, 0.50, 3
face_value = face * spend
reward_cost = face_value * redeemed * unit_cost
to_earn_back = reward_cost + fixed
kept = margin - reward_cost / spend
print(f"{to_earn_back:.2f} / {kept:.2f} = {to_earn_back / kept:.2f}, {to_earn_back / kept / spend:.3f}")

# %%
economics = analysis.ProgrammeEconomics(
    spend=spend, margin_rate=margin, face_rate=face, redeemed_share=redeemed, unit_cost=unit_cost, fixed_cost=fixed
)
print(economics.reading())

# %% [markdown] lang="en"
# ### A gift without a cause
#
# Rewards are paid on all purchases, also on those that would have been made anyhow. The twins know which these are. The cell counts in two
# ways, by members and by purchases: the two shares are not parts of one whole.

# %% [markdown] lang="ru" of="fa10f3a1"
# ### Подарок без причины
#
# Вознаграждение платят за все покупки, в том числе за те, что были бы и так. Двойники знают, какие это. Ячейка считает двумя способами — по
# участникам и по покупкам: эти две доли не части одного целого.

# %%
names = {"rewards": "reward_cost", "spend_with": "with", "spend_without": "without"}
gifts = analysis.gift_split(run.twins[run.twins["member"]].rename(columns=names))
print(gifts.reading())

# %% [markdown] lang="en"
# ### The books: points are a debt
#
# When points are given, a part of the price is deferred; it becomes revenue as points are redeemed. Points that are *not yet* redeemed are no
# profit: opening + deferred − recognised = closing, month by month. The share that *never* will be has to be estimated. The **chain ladder** does
# it: it sees in older portions by which factor the redeemed points grow from one age to the next, and completes the younger ones by the same
# factors. Here 80% redeemed is taken as given; in task 4 you estimate such a share.

# %% [markdown] lang="ru" of="7e91a18f"
# ### Учёт: баллы — это долг
#
# Когда начисляют баллы, часть цены откладывают; выручкой она становится по мере того, как баллы списывают. Баллы, которые *пока* не списаны,
# — не прибыль: на начало + отложено − признано = на конец, месяц за месяцем. Долю, которую не спишут *никогда*, приходится
# оценивать. Так работает **метод цепной лестницы**: по более ранним порциям смотрят, во сколько раз растут списания от возраста к возрасту, и
# теми же множителями достраивают более поздние. Здесь принято, что спишут 80 %; в задаче 4 вы оцените такую долю сами.

# %% tags=["nbval-ignore-output"]
moves = analysis.movements_by_fifo(run.ledger, expires="expires_on")
until = run.ledger["booked_at"].max()
books = analysis.liability_rollforward(moves, as_of=until, per_point=0.05, redeemed_share=0.8)
plots.show(plots.liability_chart(books, currency="USD"))

# %% [markdown] lang="en"
# ### What made the difference
#
# Mechanisms can be switched off one by one. `shapley` is what each contributes to spend, in units of money; `alone`, what it does as the only
# one switched on; `lost_without`, what goes when only this one is off. And a warning that none of these switches shows: where a status can be
# lost, those who fall back may be less loyal than those who never had it (Wagner et al. 2009).

# %% [markdown] lang="ru" of="21bd8a9a"
# ### Что именно сработало
#
# Механизмы можно выключать по одному. `shapley` — вклад каждого в траты, в денежных единицах; `alone` — что даёт механизм, если включён только
# он; `lost_without` — что пропадёт, если выключить только его. И предупреждение, о котором не скажет ни один из этих выключателей: если статус
# можно потерять, пониженные могут оказаться менее лояльны, чем те, у кого его никогда не было (Wagner и др., 2009).

# %%
switches = ["points_pressure", "rewarded_behaviour", "post_reward_reset"]
value = value_of_mechanisms(run, switches, measure="spend", customers=1000)
analysis.shapley_of_switches(value, switches).round(2)

# %% [markdown] lang="en"
# ## Explore: your own programme
#
# Set rules, look through the eyes of one member, plan a test, decide, and only then see the truth. **Predict first:** will doubling the
# reward double the lift?

# %% [markdown] lang="ru" of="60b35286"
# ## Исследуйте: ваша собственная программа
#
# Задайте правила, посмотрите глазами одного участника, спланируйте проверку, решите — и только потом увидите истину. **Сначала предскажите:**
# удвоит ли вдвое большая награда прирост?

# %% tags=["nbval-ignore-output"]
widgets.design_programme(student=student)

# %% [markdown] lang="en" edition="both"
# ### The same steps, with blanks
#
# The five steps of the worked example, the same numbers for everybody. The check says which step is off.

# %% [markdown] lang="ru" of="e04efbf6" edition="both"
# ### Те же шаги с пропусками
#
# Пять шагов разобранного примера, числа у всех одинаковые. Проверка скажет, какой шаг не сошёлся.

# %% edition="workbook" tags=["nbval-ignore-output"]
faded = crm.exercise("break_even_faded", student=student)
faded

# %% tags=["nbval-ignore-output"]
widgets.answer(crm.exercise("break_even_faded", student=student))

# %% edition="workbook" tags=["solution"]
n = faded.data
face_value = n["face_rate"] * n["spend"]
reward_cost = face_value * n["redeemed_share"] * n["unit_cost"]  #: reward_cost = ...
to_earn_back = reward_cost + n["fixed_cost"]  #: to_earn_back = ...
kept = 100 * (n["margin_rate"] - reward_cost / n["spend"])  #: kept = ...
more_spend = 100 * to_earn_back / kept  #: more_spend = ...
steps = ["face_value", "reward_cost", "to_earn_back", "kept_of_100", "more_spend"]
answer = {"value": dict(zip(steps, [face_value, reward_cost, to_earn_back, kept, more_spend], strict=True))}

# %% edition="workbook"
faded.check(answer)

# %% [markdown] lang="en" edition="both"
# ## Your own numbers
#
# ### Task 1. Which points expire

# %% [markdown] lang="ru" of="f6c40fdb" edition="both"
# ## Ваши собственные числа
#
# ### Задача 1. Какие баллы сгорят

# %% edition="workbook" tags=["nbval-ignore-output"]
expiry = crm.exercise("fifo_expiry", student=student)
expiry

# %% edition="workbook" tags=["nbval-ignore-output"]
expiry.data["log"]

# %% tags=["nbval-ignore-output"]
widgets.answer(crm.exercise("fifo_expiry", student=student))

# %% edition="workbook" tags=["solution"]
answer = expiry.expected  #: answer = pd.DataFrame({"day": expiry.data["asked"], "balance": ...})

# %% edition="workbook"
expiry.check(answer)

# %% [markdown] lang="en" edition="both"
# ### Task 2. A part of the order is paid back

# %% [markdown] lang="ru" of="f0c26c09" edition="both"
# ### Задача 2. Часть заказа вернули

# %% edition="workbook" tags=["nbval-ignore-output"]
refund = crm.exercise("refund_points", student=student)
refund

# %% edition="workbook" tags=["nbval-ignore-output"]
refund.data["orders"]

# %% tags=["nbval-ignore-output"]
widgets.answer(crm.exercise("refund_points", student=student))

# %% edition="workbook" tags=["solution"]
orders = refund.data["orders"]
back = orders["earned"] * orders["paid_back"] // orders["paid"]  #:
answer = orders.assign(balance=orders["earned"] - orders["redeemed"] - back)[["member", "balance"]]  #: answer = ...

# %% edition="workbook"
refund.check(answer)

# %% [markdown] lang="en" edition="both"
# ### Task 3. From which lift on does it pay?

# %% [markdown] lang="ru" of="e5799545" edition="both"
# ### Задача 3. С какого прироста программа окупается?

# %% edition="workbook" tags=["nbval-ignore-output"]
lift = crm.exercise("break_even_lift", student=student)
lift

# %% tags=["nbval-ignore-output"]
widgets.answer(crm.exercise("break_even_lift", student=student))

# %% edition="workbook" tags=["solution"]
answer = analysis.ProgrammeEconomics(**lift.data).break_even_lift  #: answer = ...

# %% edition="workbook"
lift.check(answer)

# %% [markdown] lang="en" edition="both"
# ### Task 4. What is deferred, and what never comes back

# %% [markdown] lang="ru" of="b24afd47" edition="both"
# ### Задача 4. Что отложено и что не вернётся никогда

# %% edition="workbook" tags=["nbval-ignore-output"]
sale = crm.exercise("ifrs_split", student=student)
sale

# %% tags=["nbval-ignore-output"]
widgets.answer(crm.exercise("ifrs_split", student=student))

# %% edition="workbook" tags=["solution"]
answer = analysis.price_allocation(**sale.data).points  #: answer = ...

# %% edition="workbook"
sale.check(answer)

# %% edition="workbook" tags=["nbval-ignore-output"]
breakage = crm.exercise("points_breakage", student=student)
breakage

# %% edition="workbook" tags=["nbval-ignore-output"]
breakage.data["triangle"]

# %% tags=["nbval-ignore-output"]
widgets.answer(crm.exercise("points_breakage", student=student))

# %% edition="workbook" tags=["solution"]
triangle = breakage.data["triangle"].set_index("quarter")
ladder = analysis.chain_ladder(triangle.drop(columns="issued"))  #:
answer = 1 - ladder.total / triangle["issued"].sum()  #: answer = ...

# %% edition="workbook"
breakage.check(answer)

# %% [markdown] lang="en" edition="both"
# ### Task 5. How many clients, and what did the programme do?

# %% [markdown] lang="ru" of="9f50688b" edition="both"
# ### Задача 5. Сколько нужно клиентов и что дала программа?

# %% edition="workbook" tags=["nbval-ignore-output"]
size = crm.exercise("customers_per_arm", student=student)
size

# %% tags=["nbval-ignore-output"]
widgets.answer(crm.exercise("customers_per_arm", student=student))

# %% edition="workbook" tags=["solution"]
rates = size.data
answer = analysis.plan_rates(rates["retention"], treated_rate=rates["hoped_for"], power=0.8).per_arm  #: answer = ...

# %% edition="workbook"
size.check(answer)

# %% edition="workbook" tags=["nbval-ignore-output"]
effect = crm.exercise("programme_effect", student=student)
effect

# %% edition="workbook" tags=["nbval-ignore-output"]
effect.data["panel"].head()

# %% tags=["nbval-ignore-output"]
widgets.answer(crm.exercise("programme_effect", student=student))

# %% edition="workbook" tags=["solution"]
panel = effect.data["panel"]
answer = analysis.holdout_effect(panel, "after").late  #: answer = ...

# %% edition="workbook"
effect.check(answer)

# %% [markdown] lang="en"
# ## Check yourself

# %% [markdown] lang="ru" of="8f45d9d8"
# ## Проверьте себя

# %% tags=["nbval-ignore-output"]
widgets.quiz("loyalty")

# %% [markdown] lang="en"
# ## Decide: what would you tell the manager?
#
# The 170 are the difference between people and not the work of the card; in this world the card brings a seventh of it, some 13% on top
# of what members would have spent anyhow. That lies above the break-even of about 4.5% in the worked example, so with such costs the card may
# stay; the proof is the lottery (18 to 56 a member) and not the difference. Points that are not redeemed are a debt. Before every client gets a card, keep a tenth without one, drawn by lot, and count
# again after a year.

# %% [markdown] lang="ru" of="e980b3ea"
# ## Решение: что вы скажете руководителю?
#
# 170 — это разность между людьми, а не работа карты; в этом мире карта даёт седьмую её часть — около 13 % сверх того, что участники
# потратили бы и так. Это выше прироста безубыточности из разобранного примера (около 4,5 %), так что при таких затратах карта может остаться;
# доказательство — жребий (от 18 до 56 на участника), а не разность. Несписанные баллы —
# это долг. Прежде чем дать карту каждому, оставьте без неё десятую часть, выбранную по жребию, и пересчитайте через год.

# %% [markdown] lang="en" edition="both"
# ## Open task: the programme of a real organisation
#
# Take a service organisation that you can visit. Fill in the form below: every rule with its source and the day on which you read it, or “not
# stated by the organisation”. The course knows nothing of your organisation. Its seven steps lead from the description to the critique: the
# rules run, one member lives a year, cost and liability are counted, a test is planned. The rubric comes before the work: each row is graded
# 0 to 3, and 3 includes 2. At the end you export the report (HTML, DOCX or PDF); the work stays in `real_programme.json` beside this notebook.

# %% [markdown] lang="ru" of="ca1e39cf" edition="both"
# ## Открытое задание: программа настоящей организации
#
# Возьмите сервисную организацию, куда вы можете прийти сами. Заполните форму ниже: каждое правило — с источником и днём, когда вы его
# прочитали, или «не указано организацией». О вашей организации курс ничего не знает. Семь шагов ведут от описания к критике: правила исполняются,
# один участник проживает год, считаются стоимость и обязательство, планируется проверка. Критерии — до работы: каждая строка оценивается от
# 0 до 3; уровень 3 включает уровень 2. В конце выгрузите отчёт (HTML, DOCX или PDF); работа хранится в `real_programme.json` рядом с этой
# тетрадью.

# %% edition="both" tags=["nbval-ignore-output"]
widgets.rubric("programme")

# %% edition="both" tags=["nbval-ignore-output"]
widgets.real_programme()

# %% [markdown] lang="en" edition="both"
# The same form in code, for those who like it: `programme_form` takes a field with its source and day, and says what is open.

# %% [markdown] lang="ru" of="4fb32fe0" edition="both"
# Та же форма кодом — для тех, кому так удобнее: `programme_form` принимает поле с источником и днём и говорит, что осталось открытым.

# %% edition="both"
form = programme_form("...")
form = form.state("earning.per_unit", 0.05, "...", "2026-03-01")
form = form.state("burning.point_value", 1.0, "...", "2026-03-01")
form = form.not_stated("life.validity")
print(form.programme().face_rate, len(form.gaps()))

# %% [markdown] lang="en" edition="workbook"
# *The programme, with sources and gaps:*
#
# *A member's year:*
#
# *Cost, break-even, liability:*
#
# *Plan of a test and rule of decision:*
#
# *Who wins, what is unfair, what I propose:*

# %% [markdown] lang="ru" of="5921e446" edition="workbook"
# *Программа, с источниками и пробелами:*
#
# *Год одного участника:*
#
# *Стоимость, безубыточность, обязательство:*
#
# *План проверки и правило решения:*
#
# *Кто выигрывает, что несправедливо, что я предлагаю:*

# %% [markdown] lang="en"
# **In the seminar: a gift without a cause.** One group defends the card, one would put the same money into service. Each names a number that
# would make it give in.

# %% [markdown] lang="ru" of="a4ff00df"
# **На семинаре: подарок без причины.** Одна группа защищает карту, другая вложила бы те же деньги в сервис. Каждая называет число, которое
# заставило бы её уступить.

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
# - I can keep a member's account when points expire and orders are paid back.
# - I can say from which lift on a programme pays.
# - I can tell points that are not redeemed yet from points that never will be.
# - I can find what a programme did by better means than comparing members with others.
# - I can describe a real programme with dated sources, run its rules, and judge it.
#
# More tasks of this lesson: `merge_accounts`, `liability_rollforward`, `chain_ladder`.
#
# **Further reading.** Leenheer et al. (2007) on self-selection; Liu (2007) on light and heavy buyers; Taylor and Neslin (2005) on points
# pressure; Wagner et al. (2009) on demotion; Kivetz, Urminsky and Zheng (2006) on goal gradients; IFRS 15, B39–B43.
#
# **Where the numbers come from.** The barbershop is invented. The strengths of its mechanisms are assumptions or were set so that the plain
# comparison is several times too large, as in Leenheer et al. (2007); directions come from the works above. All of them can be read in the scenario.
#
# Next: [10. Reading an article: how consumers of services behave](10_article.ipynb).

# %% [markdown] lang="ru" of="8b524478"
# ## Могу ли я это теперь?
#
# - Я умею вести счёт участника, когда баллы сгорают, а заказы возвращают.
# - Я могу сказать, с какого прироста программа окупается.
# - Я отличаю баллы, которые пока не списаны, от тех, которые не спишут никогда.
# - Я могу оценить, что дала программа, точнее, чем сравнением участников с остальными.
# - Я могу описать настоящую программу с датированными источниками, исполнить её правила и оценить её.
#
# Ещё задачи этого занятия: `merge_accounts`, `liability_rollforward`, `chain_ladder`.
#
# **Что почитать.** Leenheer и др. (2007) о самоотборе; Liu (2007) о тех, кто покупает мало, и тех, кто покупает много; Taylor и Neslin (2005) об эффекте
# приближения к награде; Wagner и др. (2009) о понижении статуса; Kivetz, Urminsky и Zheng (2006) о градиенте цели; МСФО (IFRS) 15, B39–B43.
#
# **Откуда числа.** Барбершоп вымышлен. Сила механизмов — допущение или подобрана так, чтобы простое сравнение ошибалось, как у Leenheer и др.
# (2007), в несколько раз; направления взяты из названных работ. Всё это можно прочитать в сценарии.
#
# Дальше: [10. Анализ статьи: как ведут себя потребители услуг](10_article.ipynb).
