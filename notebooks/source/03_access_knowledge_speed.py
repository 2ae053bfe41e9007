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
# # 03. Access, knowledge, speed: the laboratory of claims
#
# *About 90 minutes. Claims about CRM are put to the test on an organisation that is run twice, with the same customers and the same luck.*
#
# ## The case
#
# > Good morning,
# >
# > now that everything is in one database, three people want three things. The head of sales: “everybody sees everything, then every question is answered at
# > once”. The lawyer: “nobody sees anything that the work does not need”. The head of service: “buy a knowledge base, then mistakes stop repeating”.
# > All three are sure, and all three have a textbook.
# >
# > I would rather know than be sure. What does each of these cost, what does it bring, and when is it wrong?
#
# At the end of this page you have tested all of it, and for each claim you know a setting in which it fails.

# %% [markdown] lang="ru" of="fe6723fc"
# # 03. Доступ, знания, скорость: лаборатория утверждений
#
# *Около 90 минут. Утверждения о CRM проверяются на организации, которая работает дважды — с одними и теми же клиентами и одной и той же случайностью.*
#
# ## Ситуация
#
# > Доброе утро!
# >
# > Теперь, когда всё в одной базе, трое хотят трёх разных вещей. Руководитель продаж: «пусть все видят всё, и на любой вопрос ответят
# > сразу». Юрист: «никто не видит того, что не нужно для работы». Руководитель сервиса: «купите базу знаний, и ошибки перестанут повторяться».
# > Все трое уверены, и у каждого есть учебник.
# >
# > Мне нужна не уверенность, а знание. Чего стоит каждое из этих решений, что оно даёт и когда не работает?
#
# К концу страницы вы проверите всё это и для каждого утверждения будете знать условия, при которых оно неверно.

# %% [markdown] lang="en"
# ## After this lesson
#
# - I can test a claim about CRM, and name a setting in which it fails. *(check: `quiz:access`)*
# - I can count working minutes on the clock of a service level agreement. *(check: `sla_overnight`)*
# - I can say what a screen exposes without need. *(check: `exposure`)*
# - I can write a role that can do its work and leaks nothing. *(check: `own_role`)*
# - I can specify which information a department needs, and which it does not. *(check: `rubric:department_view`)*

# %% [markdown] lang="ru" of="cf686971"
# ## После этого занятия
#
# - Я могу проверить утверждение о CRM и назвать условия, при которых оно неверно. *(проверка: `quiz:access`)*
# - Я могу посчитать рабочие минуты на часах соглашения об уровне обслуживания (SLA). *(проверка: `sla_overnight`)*
# - Я могу сказать, что экран показывает без нужды. *(проверка: `exposure`)*
# - Я могу описать роль, которая справляется с работой и ничего не раскрывает. *(проверка: `own_role`)*
# - Я могу определить, какая информация отделу нужна, а какая нет. *(проверка: `rubric:department_view`)*

# %% [markdown] lang="en" edition="workbook"
# # Workbook to lesson 03: access, knowledge, speed
#
# Write your student number in the first cell. Replace every `...` and run the check under it.

# %% [markdown] lang="ru" of="fa038815" edition="workbook"
# # Рабочая тетрадь к занятию 03: доступ, знания, скорость
#
# Впишите в первую ячейку свой номер студента. Замените каждое `...` и запустите проверку под ним.

# %% edition="both"
from datetime import time

import pandas as pd

import crm_toolkit as crm
from crm_toolkit import datasets, firm, plots, widgets
from crm_toolkit.world import claims

language = crm.language("en")
student = "demo-01"

# %% [markdown] lang="en"
# ## A claim, taken at its word
#
# *“One base for all departments saves working time.”* A month of contacts comes to an organisation whose departments keep bases of their own, and then the
# very same contacts come to the same staff with one base. Everything else is equal, so the difference is the base.
#
# ### Predict
#
# **By how many per cent does the work on one contact become shorter?** Commit to a number.

# %% [markdown] lang="ru" of="b513aee5"
# ## Утверждение, пойманное на слове
#
# *«Единая база на все отделы экономит рабочее время».* Месяц обращений приходит в организацию, где у каждого отдела своя база, а затем те же
# самые обращения приходят к тем же сотрудникам с единой базой. Всё остальное одинаково, поэтому разница — это база.
#
# ### Предскажите
#
# **На сколько процентов сократится работа над одним обращением?** Назовите число.

# %% tags=["nbval-ignore-output"]
guess = widgets.predict("silo_minutes")
guess

# %% [markdown] lang="en"
# ### Run and explain

# %% [markdown] lang="ru" of="f193d9aa"
# ### Запустите и объясните

# %%
result = claims.run_claim("single_base", replications=30, seed=7)
table = result.table.set_index("outcome")
table[["mean_without", "mean_with", "difference", "low", "high"]].round(2)

# %%
work = table.loc["handling_minutes"]
shorter = 100 * (1 - work["mean_with"] / work["mean_without"])
print(round(shorter, 1))

# %% tags=["nbval-ignore-output"]
guess.reveal(shorter)

# %% tags=["nbval-ignore-output"]
plots.show(plots.claim_chart(result))

# %% [markdown] lang="en"
# Here the claim holds, but there is much less in it than it sounds: some two per cent of the working time. What one base really changes is what customers feel: nobody is
# asked twice, nobody gets two answers. *Write one sentence:* which of the two would you put into the budget request?
#
# The size depends on how many customers deal with several departments, which is an assumption here. When few do, and a contact takes three minutes more to enter into
# the one base, it costs more working time than it saves:

# %% [markdown] lang="ru" of="ac898e79"
# Здесь утверждение подтверждается, но эффект гораздо меньше, чем можно подумать: около двух процентов рабочего времени. На деле единая база меняет то, что чувствуют
# клиенты: никого не спрашивают дважды, никто не получает двух разных ответов. *Напишите одно предложение:* что из этого вы вписали бы в заявку на бюджет?
#
# Величина эффекта зависит от того, сколько клиентов имеют дело с несколькими отделами, а это здесь предположение. Если таких мало, а ввод обращения в единую базу занимает
# на три минуты больше, она отнимает больше рабочего времени, чем экономит:

# %%
few = claims.run_claim("single_base", claims.claims_setting(multi_share=0.05, entry_minutes=3.0))
print(few.holds, few.against)

# %% [markdown] lang="en"
# ## Explore: four claims
#
# Choose a claim, change its numbers, and look for the border at which it stops being true. **Before each change say which outcome will move, and in which direction.**

# %% [markdown] lang="ru" of="48322afd"
# ## Исследуйте: четыре утверждения
#
# Выберите утверждение, меняйте его числа и найдите границу, за которой оно перестаёт быть верным. **Перед каждым изменением скажите, какой показатель сдвинется и куда.**

# %% tags=["nbval-ignore-output"]
widgets.explore_claims()

# %% [markdown] lang="en"
# ## The price of access
#
# Sixty types of routine questions are asked; six roles work under three scopes of rows and two widths of fields. At each level of access an employee
# answers a share of the questions alone (`answered_alone`) and sees personal fields that the answer does not need (`fields_unneeded`, on average for a question);
# `incident_cost` is the damage to be expected in a year for one employee. Incidents and damage are assumptions; the *shape* is the lesson.

# %% [markdown] lang="ru" of="91294ffb"
# ## Цена доступа
#
# Клиенты задают шестьдесят видов типовых вопросов; шесть ролей работают при трёх охватах строк и двух наборах полей. При каждом уровне доступа сотрудник отвечает сам
# на часть вопросов (`answered_alone`) и видит личные поля, которые для ответа не нужны (`fields_unneeded`, в среднем на один вопрос); `incident_cost` — ожидаемый
# за год ущерб на одного сотрудника. Инциденты и ущерб — предположения; урок — в *форме* кривой.

# %%
frontier = claims.access_frontier()
everyone = frontier[frontier["role"] == "everyone"].drop(columns="role")
everyone[["row_scope", "field_width", "answered_alone", "fields_unneeded", "incident_cost", "efficient"]].round(2)

# %% tags=["nbval-ignore-output"]
plots.show(plots.access_frontier_chart(frontier))

# %% [markdown] lang="en"
# Neither of the two pieces of advice is free: the widest access is paid for with exposure, the narrowest with handovers. One level is beaten outright (all customers with the
# fields of the role: fewer answers and more damage than own customers with all fields); the rest is a choice that somebody has to make and defend.
#
# ## The same screen through another role's eyes
#
# In the database of lesson 02 a role decides which rows are seen, and of each field whether it is read, masked (a trace is left) or not there at all (a dash
# in the table below). The rule is applied in one place below every view: card, list, search, export, history, messages, even counts.

# %% [markdown] lang="ru" of="93f90302"
# Ни один из двух советов не бесплатен: за самый широкий доступ платят раскрытием, за самый узкий — передачами от сотрудника к сотруднику. Один уровень попросту хуже другого
# (все клиенты при полях роли: и ответов меньше, и ущерб больше, чем у своих клиентов при всех полях); остальное — выбор, который кто-то должен сделать и обосновать.
#
# ## Тот же экран глазами другой роли
#
# В базе из занятия 02 роль решает, какие строки видны, а по каждому полю — читается ли оно, замаскировано (остаётся след) или его нет вовсе (прочерк
# в таблице ниже). Правило задано в одном месте, и ему подчиняются все экраны: карточка, список, поиск, выгрузка, история, сообщения и даже подсчёты.

# %%
store = datasets.make_store("my_work/lesson_03.db", fresh=True)
shown = {}
for role in ("manager", "service", "marketing", "finance", "analyst"):
    row = store.as_role(role).list("customers", where={"customer_id": 17}).astype("string").fillna("-")
    shown[role] = row.T[0] if len(row) else pd.Series(dtype="string")
fields = ["full_name", "phone", "birth_date", "income_month", "city"]
pd.DataFrame(shown).reindex(fields).fillna("—")

# %% [markdown] lang="en"
# What is masked can't be found out by a side door either: asked how many customers have this telephone, the base answers a manager 1 and marketing 0. The analyst may ask in SQL,
# but only about what the role sees:

# %% [markdown] lang="ru" of="74ca5626"
# О замаскированном нельзя узнать и окольным путём: на вопрос, у скольких клиентов этот телефон, база отвечает руководителю 1, а маркетингу 0. Аналитик может спрашивать на SQL,
# но лишь о том, что видит его роль:

# %%
analyst = store.as_role("analyst")
phone = store.row("customers", 17)["phone"]
print(store.count("customers", where={"phone": phone}), store.as_role("marketing").count("customers", where={"phone": phone}))
analyst.query("SELECT city, count(*) AS customers, round(avg(income_month)) AS income FROM customers GROUP BY city ORDER BY customers DESC, city LIMIT 3")

# %% [markdown] lang="en"
# To be honest about the lock: in a file that somebody holds in their hands such rules guide and protect from mistakes. Against somebody who wants to break them
# only a server helps, one that the person can't get around.
#
# ## Worked example: the clock of a service level agreement
#
# A desk works from 9:00 to 17:00 and promises to settle a request within 480 working minutes. A request is opened on Monday at 9:00 and waits for the customer from Monday
# 17:00 to Tuesday 9:00.
#
# **Step 1. Lay down the working time.** **Step 2. Mark the hold.** **Step 3. Count only what is work and no hold.**
# The hold of sixteen hours contains no working minute, so the deadline does not move:

# %% [markdown] lang="ru" of="65915b01"
# О замке скажем честно: если файл у человека в руках, такие правила направляют и берегут от ошибок. От того, кто хочет их обойти,
# защитит только сервер, к которому нет другого пути.
#
# ## Разобранный пример: часы соглашения об уровне обслуживания (SLA)
#
# Служба работает с 9:00 до 17:00 и обещает закрыть обращение за 480 рабочих минут. Обращение открыто в понедельник в 9:00 и ждёт клиента с понедельника
# 17:00 до вторника 9:00.
#
# **Шаг 1. Отложите рабочее время.** **Шаг 2. Отметьте паузу.** **Шаг 3. Считайте только то, что работа и не пауза.**
# В паузе длиной шестнадцать часов нет ни одной рабочей минуты, поэтому срок не сдвигается:

# %%
hours = firm.BusinessHours({weekday: ((time(9), time(17)),) for weekday in range(5)})
level = firm.ServiceLevel("usual", 60, 480, hours)
hold = [("2026-03-02 09:30", "responded"), ("2026-03-02 17:00", "paused"), ("2026-03-03 09:00", "resumed")]
status = firm.sla_status(level, "2026-03-02 09:00", hold, "2026-03-03 09:30")
print(status.resolution_due_at, status.hold_minutes, status.hold_working_minutes)

# %% [markdown] lang="en"
# The deadline is Monday, 17:00, the very end of the working day; on Tuesday at 9:30 it has passed.
#
# ## Knowledge that is found
#
# The same question, asked by reading every text and by asking an index. Seconds depend on your machine; what is found depends on the *words*: reading letter by letter misses
# other forms of a word and stumbles over parts of other words.

# %% [markdown] lang="ru" of="c9eaffac"
# Срок — понедельник, 17:00, самый конец рабочего дня; во вторник в 9:30 он уже истёк.
#
# ## Знание, которое находят
#
# Один и тот же вопрос: чтение всех текстов подряд и обращение к индексу. Секунды зависят от вашей машины; найденное зависит от *слов*: чтение по буквам пропускает
# другие формы слова и принимает за находку куски других слов.

# %% tags=["nbval-ignore-output"]
timed = crm.store.timed_search(store, "bills")
pd.Series({"scan_seconds": timed.scan_seconds, "index_seconds": timed.index_seconds}).round(4)

# %%
print(timed.scan_found, timed.index_found, timed.only_scan, timed.only_index)

# %% [markdown] lang="en"
# Letter by letter “bills” stands nowhere; the index knows “bill” as well and finds, among others, the article “When a bill is wrong”.
#
# For a complaint the knowledge base suggests articles: first by its root cause, then by its words. An article helps only if somebody uses it, so uses are counted.

# %% [markdown] lang="ru" of="950fa2fb"
# По буквам «bills» нет нигде, а индекс знает и форму «bill» и находит статью «When a bill is wrong».
#
# К жалобе база знаний подбирает статьи: сначала по её коренной причине, потом по словам. Статья помогает, только если ею пользуются, поэтому применения считают.

# %%
complaint = int(store.list("requests", where={"kind": "complaint"}, order="request_id", limit=1)["request_id"][0])
suggested = store.suggest(complaint)
store.submit("article_use", {"article_id": suggested[0].article_id, "request_id": complaint, "helpful": True})
print(len(suggested), suggested[0].why)
store.article_statistics()[["article_id", "uses", "helpful"]].head(3)

# %% [markdown] lang="en"
# ## Remove one element
#
# Of which elements does a CRM system consist, and which would be missed most? A table answers the first question, an experiment the second.
#
# | element | what the course asks of it | where you meet it here |
# |---|---|---|
# | strategy: who our customers are, what we promise | a strategy that raises the firm's value | lessons 04 and 08 |
# | value for both sides | profitable customers, developed | lessons 04, 08, 09 |
# | channels and touchpoints joined | all points of contact; entry by staff and customers | two doors and card, lesson 02 |
# | information: one base, access, knowledge, search | four groups of inputs; access for all; knowledge kept; found quickly | lessons 02 and 03 |
# | conclusions and forecasts | metrics, insights, decisions | lessons 04 and 07 |
# | people | qualified staff | the table of competences below |
#
# Now the experiment: an organisation has one base, a knowledge base, an index and shared access. The same demand comes again without one of them. **Say first: whose removal makes a
# contact most expensive?**

# %% [markdown] lang="ru" of="8bf2f677"
# ## Уберите один элемент
#
# Из каких элементов состоит CRM-система и чего не хватало бы сильнее всего? На первый вопрос отвечает таблица, на второй — эксперимент.
#
# | элемент | чего от него требует курс | где он здесь |
# |---|---|---|
# | стратегия: кто наши клиенты и что мы обещаем | стратегия, которая увеличивает стоимость компании | занятия 04 и 08 |
# | ценность для обеих сторон | выгодные клиенты, развитие их прибыльности | занятия 04, 08, 09 |
# | каналы и точки контакта, связанные между собой | все точки контакта; ввод сотрудниками и клиентами | два входа и карточка, занятие 02 |
# | информация: единая база, доступ, знания, поиск | четыре группы входной информации; доступ для всех; знания сохранены и быстро находятся | занятия 02 и 03 |
# | выводы и прогнозы | показатели, выводы, решения | занятия 04 и 07 |
# | люди | квалифицированные специалисты | таблица компетенций ниже |
#
# Теперь эксперимент: у организации есть единая база, база знаний, индекс и общий доступ. Те же обращения приходят ещё раз, но без одного из элементов. **Сначала скажите: без чего
# обращение подорожает сильнее всего?**

# %%
removed = claims.remove_elements(replications=20)
removed.round(2)

# %%
other = claims.remove_elements(claims.claims_setting(multi_share=0.05, entry_minutes=3.0), replications=20)
other[["element", "cost_loss", "low", "high"]].round(2)

# %% [markdown] lang="en"
# Here the knowledge base is missed most (4.3 currency units a contact) and the one base least (0.2). But without the one base there are almost 18 more repeated questions per 100 contacts. With few customers of
# several departments and costly entry the last row even changes its sign: one base costs more than it brings. *This order belongs to this organisation, not to “CRM”.* And what the laboratory can't
# switch off, strategy and people, has no row; a missing row does not mean that nothing would be lost.
#
# ## Who can answer, and what each department sees
#
# **Coverage.** What share of the five commonest questions can each role answer alone, with narrow and with wide fields?

# %% [markdown] lang="ru" of="2ed25089"
# Здесь сильнее всего не хватает базы знаний (4,3 денежной единицы на обращение), слабее всего — единой базы (0,2). Зато без неё на 100 обращений приходится почти на 18 повторных вопросов больше. Если клиентов,
# которые имеют дело с несколькими отделами, мало, а ввод дорог, последняя строка даже меняет знак: единая база стоит больше, чем приносит. *Такой порядок принадлежит этой организации, а не «CRM вообще».* А у того, что лаборатория
# не умеет выключать, — стратегии и людей — строки нет; но если нет строки, это не значит, что нет потерь.
#
# ## Кто может ответить и что видит каждый отдел
#
# **Охват.** На какую долю из пяти самых частых вопросов каждая роль отвечает сама — при узком и при широком наборе полей?

# %%
from crm_toolkit.store.departments import READY_VIEWS
from crm_toolkit.world.claims import questions

asked = pd.DataFrame({role: questions.subject_weights(role) for role in questions.ROLES}, index=list(questions.SUBJECTS))
five = asked.sum(axis=1).nlargest(5).index
able = {width: {role: sum(questions.covers(role, width, one) for one in five) / 5 for role in questions.ROLES} for width in ("narrow", "wide")}
pd.DataFrame(able)

# %% [markdown] lang="en"
# With narrow fields finance and marketing answer one of the five questions; with wide fields everybody answers all five, but also sees everything: that is the price computed above.
#
# **Views.** One base, but each department has words of its own: a department's view is a choice of questions, and each question brings its columns and metrics. Five come with the course; your own is the open task.

# %% [markdown] lang="ru" of="7c73f074"
# При узком наборе полей финансы и маркетинг отвечают на один вопрос из пяти; при широком каждая роль отвечает на все пять, но зато и видит всё: это и есть цена, посчитанная выше.
#
# **Экраны.** База одна, а слова у каждого отдела свои: экран отдела — это набор вопросов, и каждый вопрос приносит свои столбцы и показатели. Пять экранов идут вместе с курсом, ваш собственный — открытое задание.

# %%
pd.Series({name: ", ".join(panel.code for panel in view.panels) for name, view in READY_VIEWS.items()}, name="questions").to_frame()

# %% [markdown] lang="en"
# **Competences.** Access without skill answers nothing. Fill in for an organisation that you know (0 can't, 1 with help, 2 alone, 3 teaches others), and mark the gap that costs customers most. Training costs money, works
# after a delay and decays: lesson 12 lets you pay for it.
#
# | role | finds a card | records a contact | uses the knowledge base | handles a complaint | reads a report | knows what may not be shown |
# |---|---|---|---|---|---|---|
# | reception | | | | | | |
# | service | | | | | | |
# | sales | | | | | | |
# | head of department | | | | | | |

# %% [markdown] lang="ru" of="c079a2a7"
# **Компетенции.** Доступ без умения ни на что не отвечает. Заполните таблицу для знакомой организации (0 — не умеет, 1 — с помощью, 2 — сам, 3 — учит других) и отметьте пробел, который дороже всего обходится клиентам. Обучение стоит денег,
# действует с задержкой и забывается: в занятии 12 вы будете за него платить.
#
# | роль | находит карточку | записывает контакт | пользуется базой знаний | работает с жалобой | читает отчёт | знает, чего нельзя показывать |
# |---|---|---|---|---|---|---|
# | администратор | | | | | | |
# | сервис | | | | | | |
# | продажи | | | | | | |
# | руководитель отдела | | | | | | |

# %% [markdown] lang="en" edition="both"
# ## Your own numbers
#
# ### Task 1. Minutes left after a night on hold

# %% [markdown] lang="ru" of="d1e04456" edition="both"
# ## Ваши собственные числа
#
# ### Задача 1. Сколько минут осталось после ночи на паузе

# %% edition="workbook" tags=["nbval-ignore-output"]
clock = crm.exercise("sla_overnight", student=student)
clock

# %% tags=["nbval-ignore-output"]
clock = crm.exercise("sla_overnight", student=student)
widgets.answer(clock)

# %% edition="workbook" tags=["solution"]
data = clock.data
day = ((time(data["opens"]), time(13)), (time(14), time(data["closes"])))  #: day = ...
hours = firm.BusinessHours({weekday: day for weekday in range(5)})  #: hours = ...
passed = firm.working_minutes(hours, data["opened_at"], data["now"])  #: passed = ...
held = firm.working_minutes(hours, data["hold_from"], data["hold_to"])  #: held = ...
answer = data["target"] - (passed - held)  #: answer = ...

# %% edition="workbook"
clock.check(answer)

# %% [markdown] lang="en" edition="both"
# ### Task 2. What a screen shows without need

# %% [markdown] lang="ru" of="b157d9a8" edition="both"
# ### Задача 2. Что экран показывает без нужды

# %% edition="workbook" tags=["nbval-ignore-output"]
exposed = crm.exercise("exposure", student=student)
exposed

# %% edition="workbook" tags=["nbval-ignore-output"]
exposed.data["questions"]

# %% tags=["nbval-ignore-output"]
exposed = crm.exercise("exposure", student=student)
widgets.answer(exposed)

# %% edition="workbook" tags=["solution"]
questions = exposed.data["questions"]
extra = (questions["fields_shown"] - questions["fields_needed"]).clip(lower=0)  #: extra = ...
answer = (extra * questions["per_day"]).sum()  #: answer = ...

# %% edition="workbook"
exposed.check(answer)

# %% [markdown] lang="en" edition="both"
# ### Task 3. A role that can work and leaks nothing

# %% [markdown] lang="ru" of="deb4a2b6" edition="both"
# ### Задача 3. Роль, которая справляется с работой и ничего не раскрывает

# %% edition="both" tags=["nbval-ignore-output"]
own_role = crm.exercise("own_role", student=student)
own_role

# %% [markdown] lang="en"
# Write the role in the next cell, run it, and press the button. A role names classes of information, not single fields; these are the classes:

# %% [markdown] lang="ru" of="468bd089"
# Опишите роль в следующей ячейке, запустите её и нажмите кнопку. Роль называет не отдельные поля, а классы информации; вот они:

# %%
sorted(crm.store.READY["manager"].fields)

# %%
my_role = None

# %% tags=["nbval-ignore-output"]
widgets.practice(own_role, lambda: my_role)

# %% edition="workbook" tags=["solution"]
from crm_toolkit.exercises.bank.own_role import WORKS  #: ...

work = WORKS[own_role.data["work"]]  #:
rows = {table: "all" for table in work.tables} | {"customers": work.rows}  #: rows = ...
fields = dict.fromkeys(work.reads, "read")  #: fields = ...
actions = {table: [action for action, where in work.does if where == table] for _, table in work.does}  #: actions = ...
my_role = crm.store.checked_role("mine", rows=rows, fields=fields, actions=actions)  #: my_role = ...

# %% edition="workbook" tags=["nbval-ignore-output"]
own_role.check(my_role)

# %% [markdown] lang="en"
# ## Check yourself

# %% [markdown] lang="ru" of="8f45d9d8"
# ## Проверьте себя

# %% tags=["nbval-ignore-output"]
widgets.quiz("access")

# %% [markdown] lang="en"
# ## Decide: what would you tell the manager?
#
# None of the three is wrong, and none is right everywhere. One base spares the customer more than the staff; a knowledge base works as far as it is
# used; access has its price at both ends, and where to stop between them depends on numbers that this organisation can measure itself.

# %% [markdown] lang="ru" of="4a976c73"
# ## Решение: что вы скажете руководителю?
#
# Никто из троих не ошибается, и никто не прав всегда. Единая база бережёт клиента больше, чем сотрудников; база знаний работает настолько,
# насколько ею пользуются; у доступа своя цена с обоих краёв, и где между ними остановиться, зависит от чисел, которые организация может измерить сама.

# %% [markdown] lang="en" edition="both"
# ## Open task: the view of a department
#
# Choose a department of a real organisation. Which questions does it decide, which information does it need for them, and which must it not see? Specify its
# view: rows, fields, metrics, words. The rubric comes first.

# %% [markdown] lang="ru" of="6787ff7b" edition="both"
# ## Открытое задание: экран отдела
#
# Выберите отдел реальной организации. Какие вопросы он решает, какая информация ему для этого нужна и чего он видеть не должен? Опишите его
# экран: строки, поля, показатели, слова. Сначала критерии.

# %% edition="both" tags=["nbval-ignore-output"]
widgets.rubric("department_view")

# %% [markdown] lang="en" edition="workbook"
# | question that the department decides | information it needs | rows | fields: read, masked, none | metric |
# |---|---|---|---|---|
# | | | | | |
#
# *What the department must not see, and why:*
#
# *What this view costs (time, exposure), estimated:*

# %% [markdown] lang="ru" of="fa756ce2" edition="workbook"
# | вопрос, который решает отдел | нужная информация | строки | поля: читается, маска, нет | показатель |
# |---|---|---|---|---|
# | | | | | |
#
# *Чего отдел видеть не должен и почему:*
#
# *Чего стоит такой экран (время, раскрытие), оценка:*

# %% [markdown] lang="en" edition="both"
# ## Reflection
#
# - What surprised me?
# - Which claim of my own did I never test?
# - How sure am I of what I learned, from 1 to 5?

# %% [markdown] lang="ru" of="2c910d74" edition="both"
# ## Что я вынес из занятия
#
# - Что меня удивило?
# - Какое своё утверждение я ни разу не проверял?
# - Насколько я уверен в том, что понял, — от 1 до 5?

# %% [markdown] lang="en"
# ## Can I do it now?
#
# - I can test a claim about CRM, and name a setting in which it fails.
# - I can count working minutes on the clock of a service level agreement.
# - I can say what a screen exposes without need.
# - I can write a role that can do its work and leaks nothing.
# - I can specify which information a department needs, and which it does not.
#
# **Where the numbers come from.** The laboratory's numbers are assumptions, each named as such where you change it; the seed of luck is 7. The hold over a
# night is a trap: whoever takes all of it off the time takes the night off twice.
#
# Next: [04. Ranking and value](04_ranking.ipynb).

# %% [markdown] lang="ru" of="3203ade2"
# ## Могу ли я это теперь?
#
# - Я могу проверить утверждение о CRM и назвать условия, при которых оно неверно.
# - Я могу посчитать рабочие минуты на часах соглашения об уровне обслуживания (SLA).
# - Я могу сказать, что экран показывает без нужды.
# - Я могу описать роль, которая справляется с работой и ничего не раскрывает.
# - Я могу определить, какая информация отделу нужна, а какая нет.
#
# **Откуда числа.** Числа лаборатории — предположения, и там, где их можно менять, это сказано; зерно случайности — 7. Пауза на ночь —
# ловушка: кто вычитает её целиком, тот вычитает ночь дважды.
#
# Дальше: [04. Ранжирование и ценность](04_ranking.ipynb).
