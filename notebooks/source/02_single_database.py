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
# # 02. One database, two doors, one card
#
# *About 90 minutes. Your own customer database is made on this page and stays yours.*
#
# ## The case
#
# > Hello again,
# >
# > yesterday Mrs Orlov rang to cancel her husband's appointment. The reception found three Orlovs in its list, the hairdressers two in theirs, and the
# > newsletter a fourth one, who had asked us twice to stop writing. While we looked, she told the story to three people. In the end we
# > cancelled the wrong appointment.
# >
# > I am told that I need “a CRM”. What I need is one place where everything about a customer stands, entered by us or by the
# > customer, and where I can see who wrote what. Can you build that with me?
#
# The barbershop and its people are generated. At the end of this page its database is yours, with a person in it whom you brought in yourself.

# %% [markdown] lang="ru" of="29ff1798"
# # 02. Одна база, два входа, одна карточка
#
# *Около 90 минут. На этой странице создаётся ваша собственная база клиентов, и она остаётся у вас.*
#
# ## Ситуация
#
# > Снова здравствуйте!
# >
# > Вчера позвонила госпожа Орлова, чтобы отменить запись мужа. Администратор нашла в своём списке трёх Орловых, мастера в своём — двух, а в рассылке
# > обнаружился четвёртый, который уже дважды просил нам больше не писать. Пока мы искали, она рассказала свою историю троим. В конце концов
# > мы отменили не ту запись.
# >
# > Мне говорят, что мне нужна «CRM». А нужно мне одно место, где собрано всё о клиенте — и то, что внесли мы, и то, что внёс он сам, — и где
# > видно, кто что записал. Поможете построить?
#
# Барбершоп и его люди сгенерированы. К концу страницы его база станет вашей, и в ней появится человек, которого добавили вы сами.

# %% [markdown] lang="en"
# ## After this lesson
#
# - I can bring all four groups of inputs into one database, through both doors. *(check: `four_groups`)*
# - I can find the records that belong to one person. *(check: `one_person`)*
# - I can say how old a debt is. *(check: `debt_ageing`)*
# - I can tell to whom a message may be sent. *(check: `consent_coverage`)*
# - I can say what a single database has to remember, and why. *(check: `quiz:single_base`)*

# %% [markdown] lang="ru" of="287ab65c"
# ## После этого занятия
#
# - Я могу внести в одну базу все четыре группы входной информации — через оба входа. *(проверка: `four_groups`)*
# - Я могу найти записи, которые относятся к одному человеку. *(проверка: `one_person`)*
# - Я могу сказать, насколько стара задолженность. *(проверка: `debt_ageing`)*
# - Я могу сказать, кому можно отправить сообщение. *(проверка: `consent_coverage`)*
# - Я могу объяснить, что должна помнить единая база и зачем. *(проверка: `quiz:single_base`)*

# %% [markdown] lang="en" edition="workbook"
# # Workbook to lesson 02: one database
#
# Write your student number in the first cell. Replace every `...` and run the check under it. The database of this workbook lies in the folder
# `my_work` beside it; it stays there, and you may come back to it.

# %% [markdown] lang="ru" of="4b631a23" edition="workbook"
# # Рабочая тетрадь к занятию 02: единая база
#
# Впишите в первую ячейку свой номер студента. Замените каждое `...` и запустите проверку под ним. База этой тетради лежит рядом, в папке
# `my_work`; она там останется, и к ней можно вернуться.

# %% edition="both"
import pandas as pd

import crm_toolkit as crm
from crm_toolkit import datasets, widgets

language = crm.language("en")
student = "demo-01"

# %% [markdown] lang="en"
# ## Three lists, one customer
#
# Three departments of the barbershop kept lists of their own: sales knows whoever bought, service whoever asked or complained, marketing whoever agreed to e-mails.
# Here are the first rows of the first two; names and telephones are written as each department writes them.

# %% [markdown] lang="ru" of="d7ac09fb"
# ## Три списка, один клиент
#
# Три отдела барбершопа вели каждый свой список: продажи знают тех, кто покупал, сервис — тех, кто обращался или жаловался, маркетинг — тех, кто согласился на письма.
# Вот первые строки первых двух списков; имена и телефоны записаны так, как принято в отделе.

# %%
world = crm.simulate(crm.scenario("barbershop"), customers=150, weeks=40, seed=2026)
seen = crm.world.observe_world(world.tables, seed=2026)
sales, service = seen.tables["sales_customers"], seen.tables["service_customers"]
sales.head(4)

# %%
service.head(4)

# %% [markdown] lang="en"
# Because this world (150 customers, 40 weeks) is generated, we also know the truth: which record is whose.

# %% [markdown] lang="ru" of="3db20863"
# Этот мир (150 клиентов, 40 недель) сгенерирован, поэтому известна и правда: какая запись чья.

# %%
by_person = seen.matches.groupby("customer_id")["silo"].nunique()

# %% [markdown] lang="en"
# ### Predict
#
# **Of every hundred customers who stand in at least one list, how many stand in all three?** Commit to a number.

# %% [markdown] lang="ru" of="32ab310b"
# ### Предскажите
#
# **Сколько из каждых ста клиентов, которые есть хотя бы в одном списке, есть во всех трёх?** Назовите число.

# %% tags=["nbval-ignore-output"]
guess = widgets.predict("in_all_lists")
guess

# %% [markdown] lang="en"
# ### Run and explain

# %% [markdown] lang="ru" of="f193d9aa"
# ### Запустите и объясните

# %%
in_all = (by_person == 3).mean()
print(round(in_all, 2), by_person.value_counts().sort_index().to_dict())

# %% tags=["nbval-ignore-output"]
guess.reveal(100 * in_all)

# %% [markdown] lang="en"
# Of the 83 customers who stand in at least one list 29 stand in all three. Everybody else is a stranger to at least one department. *Write one sentence:* what does the service department do wrong with a customer whom only the
# sales department knows?

# %% [markdown] lang="ru" of="a0d18774"
# Из 83 клиентов, которые есть хотя бы в одном списке, во всех трёх — 29. Все остальные — чужие хотя бы для одного отдела. *Напишите одно предложение:* в чём ошибётся отдел сервиса с клиентом, которого
# знает только отдел продаж?

# %% [markdown] lang="en"
# ## Worked example: are these two records one person
#
# **Step 1. Bring one field of both lists into one form.** A telephone is its last ten digits; the code of the country and the brackets are habits of writing.

# %% [markdown] lang="ru" of="aed9f041"
# ## Разобранный пример: один ли это человек
#
# **Шаг 1. Приведите одно поле обоих списков к одному виду.** Телефон — это последние десять цифр; код страны и скобки — привычки тех, кто записывает.

# %%
digits = r"\D"
left = sales.assign(key=sales["phone"].str.replace(digits, "", regex=True).str[-10:])
right = service.assign(key=service["tel"].str.replace(digits, "", regex=True).str[-10:])

# %% [markdown] lang="en"
# **Step 2. Join on it, and leave out the empty ones.** An empty telephone equals every other empty one and says nothing.

# %% [markdown] lang="ru" of="1be36b81"
# **Шаг 2. Соедините по нему, пустые отбросьте.** Пустой телефон равен любому другому пустому и ничего не говорит.

# %%
joined = left[left["key"] != ""].merge(right[right["key"] != ""], on="key")
joined[["client", "given_name", "surname", "key"]].head(5)

# %% [markdown] lang="en"
# **Step 3. Look at the names before you believe it.** One telephone may belong to a couple. Where the names contradict each other a person decides.
#
# **Step 4. Say how good the rule is, with both numbers.** *Recall*: what share of the true pairs was found. *Precision*: what share of the found
# pairs is true. Joining everybody with everybody has a recall of 100%.

# %% [markdown] lang="ru" of="e2005919"
# **Шаг 3. Прежде чем поверить, посмотрите на имена.** Один телефон может быть у супругов. Если имена противоречат друг другу, решает человек.
#
# **Шаг 4. Скажите двумя числами, насколько хорошо правило.** *Полнота*: какая доля верных пар найдена. *Точность*: какая доля найденных
# пар верна. Если соединить всех со всеми, полнота будет 100 %.

# %%
owner = seen.matches.astype({"record_id": str}).set_index("record_id")["customer_id"]
same = joined["record_id_x"].astype(str).map(owner) == joined["record_id_y"].astype(str).map(owner)
who = [frame["record_id"].astype(str).map(owner).to_frame("who") for frame in (sales, service)]
true = who[0].merge(who[1])
print(f"recall {same.sum() / len(true):.2f}  precision {same.mean():.2f}")

# %% [markdown] lang="en"
# The rule finds 79 of 100 true pairs, and every pair that it finds is true: here no telephone joined two different people. For the missing fifth one needs other
# fields too (task 2).
#
# ## The single database
#
# Here is one database for all departments: a file, no server. It takes in what the course calls the four groups of inputs. Each row below is a
# table of the database, with the number of its rows.

# %% [markdown] lang="ru" of="fef05e56"
# Правило находит 79 верных пар из 100, и каждая найденная пара верна: здесь ни один телефон не соединил двух разных людей. Чтобы найти недостающую пятую часть, нужны и другие
# поля (задача 2).
#
# ## Единая база
#
# Вот одна база на все отделы: файл, без сервера. В неё входит всё, что в курсе называется четырьмя группами входной информации. Каждая строка
# ниже — таблица базы и число записей в ней.

# %%
store = datasets.make_store("my_work/lesson_02.db", fresh=True)
groups = ["contacts", "requests", "customers", "profile_values", "orders", "payments", "capacity", "kpi_months"]
pd.Series({name: store.count(name) for name in groups}, name="rows").to_frame()

# %% [markdown] lang="en"
# | group of inputs | tables | what is easily forgotten |
# |---|---|---|
# | history of contacts | `contacts`, `requests`, `request_events` | complaints that were made in passing |
# | profile | `customers`, `profile_values`, `consents` | who said it, when, and may we use it |
# | purchases | `orders`, `order_lines`, `payments` | what is still owed |
# | organisation | `capacity`, `prices`, `budgets`, `kpi_months` | without it a customer turned away by a full diary looks like a lost one |
#
# ## Two doors
#
# On the left the employee's desk, on the right the customer's account (a self-service portal): two roles, two sets of forms, one file. **Try three things:** change the town in the
# account and find it at the desk; enter a complaint at the desk and find it in the account; change the *name* in the account and see what happens to it.

# %% [markdown] lang="ru" of="f74a5e2d"
# | группа входной информации | таблицы | о чём легко забыть |
# |---|---|---|
# | история контактов | `contacts`, `requests`, `request_events` | жалобы, высказанные мимоходом |
# | профиль | `customers`, `profile_values`, `consents` | кто это сказал, когда и можно ли это использовать |
# | покупки | `orders`, `order_lines`, `payments` | что ещё не оплачено |
# | организация | `capacity`, `prices`, `budgets`, `kpi_months` | без неё клиент, для которого не нашлось свободного времени, выглядит потерянным |
#
# ## Два входа
#
# Слева рабочее место сотрудника, справа личный кабинет клиента: две роли, два набора форм, один файл. **Сделайте три вещи:** смените город в
# кабинете и найдите его на рабочем месте; внесите жалобу на рабочем месте и найдите её в кабинете; смените в кабинете *имя* и посмотрите, что с ним произойдёт.

# %% tags=["nbval-ignore-output"]
widgets.two_doors(store, customer=17)

# %% [markdown] lang="en"
# The same in code. A form names its fields; everything that is wrong with it is said at once:

# %% [markdown] lang="ru" of="c765c070"
# То же в коде. Поля формы названы по именам; обо всём, что в ней не так, сообщается сразу:

# %%
account = store.as_role("customer", customer=17)
try:
    account.submit("profile", {"phone": "12", "children": 40, "email": "at home"}, expected_version=0)
except crm.InputError as letter:
    print(letter)

# %%
version = account.row("customers", 17)["version"]
other, third = store.row("customers", 21), store.row("customers", 25)
done = account.submit("profile", {"city": other["city"], "full_name": other["full_name"]}, expected_version=version)
print(done.pending)
store.list("profile_values", where={"customer_id": 17, "entered_kind": "customer"})[["field", "value", "status", "basis"]]

# %% [markdown] lang="en"
# The town is in force and carries the mark of the customer; the name waits for an employee, since otherwise whoever got hold of somebody else's account could
# take over the person. Nothing is overwritten unseen either: a form says which version of the card it saw. Here the desk saw one that is no longer the latest:

# %% [markdown] lang="ru" of="21fee2a5"
# Город уже действует и помечен как введённый клиентом; имя ждёт подтверждения сотрудника: иначе, завладев чужим кабинетом, можно было бы присвоить
# себе чужую личность. И ничто не затирается молча: форма сообщает, какую версию карточки в ней видели. Здесь рабочее место видело уже не последнюю:

# %%
try:
    store.submit("profile", {"city": third["city"]}, row=17, expected_version=version)
except crm.store.ConflictError as conflict:
    print(conflict)
    print(conflict.values, conflict.current)

# %% [markdown] lang="en"
# ## The card
#
# One page about one customer: who it is, what was agreed to, what happened in which department, what the customer is worth, what is open, what is owed, and,
# last but not least, **what we do not know**.

# %% [markdown] lang="ru" of="00215ea2"
# ## Карточка
#
# Одна страница об одном клиенте: кто это, на что он согласился, что и в каком отделе происходило, какова его ценность, что не закрыто, что не оплачено
# и — что не менее важно — **чего мы не знаем**.

# %% tags=["nbval-ignore-output"]
widgets.show_card(store, 17)

# %% [markdown] lang="en"
# ## Worked example: how old is the debt
#
# Three bills on 31 May: 200 due on 10 June, 300 due on 20 April (100 of it paid), 500 due on 1 February.
#
# **Step 1. Still owed:** 200, 200, 500. **Step 2. Days past the due day:** not due, 41, 119. **Step 3. Classes:** not due 200, 1–30 days 0,
# 31–60 days 200, 61–90 days 0, older 500. The older a debt, the smaller the chance that it is ever paid; that is why debts are sorted by age.

# %% [markdown] lang="ru" of="d4374305"
# ## Разобранный пример: насколько стар долг
#
# Три счёта на 31 мая: 200 со сроком 10 июня, 300 со сроком 20 апреля (100 уже оплачено), 500 со сроком 1 февраля.
#
# **Шаг 1. Осталось оплатить:** 200, 200, 500. **Шаг 2. Дней после срока:** срок не наступил, 41, 119. **Шаг 3. Группы:** срок не наступил — 200, 1–30 дней — 0,
# 31–60 дней — 200, 61–90 дней — 0, старше — 500. Чем старше долг, тем меньше шансов, что его вообще вернут; поэтому долги и делят по возрасту.

# %% [markdown] lang="en" edition="both"
# ## Your own numbers
#
# ### Task 1. Four groups of inputs, two doors

# %% [markdown] lang="ru" of="926377f4" edition="both"
# ## Ваши собственные числа
#
# ### Задача 1. Четыре группы входной информации, два входа

# %% edition="both" tags=["nbval-ignore-output"]
own = crm.exercise("four_groups", student=student)
own

# %% [markdown] lang="en"
# Work at the two doors above or in code; the button looks into the database of this page and says what is missing. Whatever it finds now was put there by the lesson.

# %% [markdown] lang="ru" of="76142f41"
# Работайте через два входа выше или в коде; кнопка смотрит в базу этой страницы и говорит, чего не хватает. То, что она находит сейчас, внесено самим занятием.

# %% tags=["nbval-ignore-output"]
widgets.practice(own, store)

# %% edition="workbook"
mine = datasets.make_store("my_work/crm.db")

# %% [markdown] lang="en" edition="workbook"
# The employee's door first. `own.data` holds your details; `mine.submit(form, values)` hands in a form.

# %% [markdown] lang="ru" of="ea9f242c" edition="workbook"
# Сначала вход сотрудника. В `own.data` лежат ваши данные; `mine.submit(форма, значения)` подаёт форму.

# %% edition="workbook" tags=["solution"]
data = own.data
person = {name: data[name] for name in ("phone", "birth_date", "children", "income_month")}  #: person = ...
person |= {"full_name": "Some One", "profession": "cook", "city": "Springfield"}  #:
key = mine.submit("customer", person).key  #: key = ...

# %% edition="workbook" tags=["solution"]
for kind in ("service_request", "information_request", "complaint"):  #: ...
    mine.submit("request", {"customer_id": key, "kind": kind, "subject": kind})  #:
bill = {"customer_id": key, "product_id": 1, "quantity": 1, "unit_price": data["bill"]}  #:
mine.submit("purchase", bill | {"method": "invoice", "due_on": "2030-01-31"})  #:
mine.submit("organisation_metric", {"month": data["month"], "metric": "utilisation", "value": data["utilisation"]})  #:

# %% [markdown] lang="en" edition="workbook"
# Now the customer's door.

# %% [markdown] lang="ru" of="b3e0e6ec" edition="workbook"
# Теперь вход клиента.

# %% edition="workbook" tags=["solution"]
door = mine.as_role("customer", customer=key)  #: door = ...
version = door.row("customers", key)["version"]  #: ...
door.submit("profile", {"city": "Salem"}, expected_version=version)  #:
door.submit("consent", {"purpose": "service", "agreed": True, "text_version": "2026-01"})  #:

# %% edition="workbook" tags=["nbval-ignore-output"]
own.check(mine)

# %% [markdown] lang="en" edition="both"
# ### Task 2. Which records are one person
#
# Hand in pairs. The rule of the worked example is a start: is it enough?

# %% [markdown] lang="ru" of="97f48980" edition="both"
# ### Задача 2. Какие записи — один человек
#
# Сдайте пары. Правило из разобранного примера — только начало: хватит ли его?

# %% edition="both" tags=["nbval-ignore-output"]
one_person = crm.exercise("one_person", student=student)
one_person

# %%
my_pairs = None

# %% tags=["nbval-ignore-output"]
widgets.practice(one_person, lambda: my_pairs)

# %% edition="workbook" tags=["solution"]
sales, service = one_person.data["sales"], one_person.data["service"]
sales["key"] = sales["phone"].str.replace(r"\D", "", regex=True).str[-10:]  #: sales["key"] = ...
service["key"] = service["tel"].str.replace(r"\D", "", regex=True).str[-10:]  #: service["key"] = ...
both = sales.merge(service, how="cross")  #: both = ...
words = both["client"].str.casefold().str.replace(".", " ", regex=False).str.split()  #: words = ...
surname = [name in said for name, said in zip(both["surname"].str.casefold(), words)]  #: surname = ...
given = [any(word[:1] == name[:1] for word in said) for name, said in zip(both["given_name"].str.casefold(), words)]  #: given = ...
phone = (both["key_x"] == both["key_y"]) & (both["key_x"] != "")  #: phone = ...
pairs = both[phone | (pd.Series(surname) & pd.Series(given))]  #: pairs = ...
answer = pairs.rename(columns={"record_id_x": "sales_record", "record_id_y": "service_record"})  #: answer = ...

# %% edition="workbook" tags=["nbval-ignore-output"]
one_person.check(answer)

# %% [markdown] lang="en" edition="both"
# ### Task 3. How old is the debt

# %% [markdown] lang="ru" of="79788d8e" edition="both"
# ### Задача 3. Насколько стара задолженность

# %% edition="workbook" tags=["nbval-ignore-output"]
debt = crm.exercise("debt_ageing", student=student)
debt

# %% edition="workbook" tags=["nbval-ignore-output"]
debt.data["bills"]

# %% tags=["nbval-ignore-output"]
debt = crm.exercise("debt_ageing", student=student)
widgets.answer(debt)

# %% edition="workbook" tags=["solution"]
bills, as_of = debt.data["bills"], debt.data["as_of"]
late = (as_of - bills["due_on"]).dt.days  #: late = ...
owed = bills["due_amount"] - bills["paid_amount"]  #: owed = ...
answer = owed[late.between(31, 60)].sum()  #: answer = ...

# %% edition="workbook"
debt.check(answer)

# %% [markdown] lang="en" edition="both"
# ### Task 4. Who may be written to

# %% [markdown] lang="ru" of="07899ae9" edition="both"
# ### Задача 4. Кому можно писать

# %% edition="workbook" tags=["nbval-ignore-output"]
coverage = crm.exercise("consent_coverage", student=student)
coverage

# %% edition="workbook" tags=["nbval-ignore-output"]
coverage.data["consents"].head()

# %% tags=["nbval-ignore-output"]
coverage = crm.exercise("consent_coverage", student=student)
widgets.answer(coverage)

# %% edition="workbook" tags=["solution"]
consents, as_of = coverage.data["consents"], coverage.data["as_of"]
valid = consents[consents["purpose"] == "email"]  #: valid = ...
valid = valid[~(valid["withdrawn_at"] <= as_of) & ~(valid["expires_at"] <= as_of)]  #:
answer = valid["customer_id"].nunique() / coverage.data["customers"]  #: answer = ...

# %% edition="workbook"
coverage.check(answer)

# %% [markdown] lang="en" edition="both"
# ### Task 5. What is CRM? Twelve definitions and your own
#
# There is no definition that everybody accepts. That is no excuse for having none: whoever takes CRM for a program buys one, and whoever takes it for an attitude
# holds a meeting. Code twelve definitions by what each puts *first*, see how far you agree with the key (Cohen's κ: agreement beyond chance, 1 is complete), and then
# write your own. In a seminar: swap your codes with a neighbour's before you look at the key, and argue about the differences.

# %% [markdown] lang="ru" of="85c122f9" edition="both"
# ### Задача 5. Что такое CRM? Двенадцать определений и ваше собственное
#
# Определения, с которым согласились бы все, нет. Но это не повод обходиться вовсе без определения: кто считает CRM программой, тот её покупает, а кто считает её отношением к людям,
# тот проводит собрание. Закодируйте двенадцать определений по тому, что в каждом стоит на *первом* месте, посмотрите, насколько вы согласны с ключом (κ Коэна: согласие сверх случайного,
# 1 — полное), и напишите своё. На семинаре: прежде чем смотреть в ключ, обменяйтесь кодами с соседом и обсудите различия.

# %% edition="both" tags=["nbval-ignore-output"]
definitions = crm.exercise("definition_workbench", student=student)
definitions

# %%
my_definition = None

# %% tags=["nbval-ignore-output"]
widgets.practice(definitions, lambda: my_definition)

# %% edition="workbook" tags=["solution"]
from crm_toolkit.exercises.bank.definitions import DEFINITIONS  #: ...

views = {number: DEFINITIONS[place][0] for number, place in enumerate(definitions.details["_order"], 1)}  #: views = ...
own_words = "We choose customers for years and organise our work so that both sides gain."  #: own_words = ...
facets = {"strategy": "choose customers", "time": "for years", "goal": "both sides gain"}  #: facets = ...
answer = {"views": views, "own": own_words, "facets": facets}  #: answer = ...

# %% edition="workbook" tags=["nbval-ignore-output"]
definitions.check(answer)

# %% [markdown] lang="en"
# ## Check yourself

# %% [markdown] lang="ru" of="8f45d9d8"
# ## Проверьте себя

# %% tags=["nbval-ignore-output"]
widgets.quiz("single_base")

# %% [markdown] lang="en"
# ## Decide: what would you tell the manager?
#
# One base ends the search for the right Orlov. It does not decide who may look at what, and it does not keep itself clean: somebody has to own
# duplicates, empty fields and old values. What access costs is the subject of lesson 03.

# %% [markdown] lang="ru" of="3f1d2ae7"
# ## Решение: что вы скажете руководителю?
#
# Единая база избавляет от поисков нужного Орлова. Но она не решает, кому что можно видеть, и не чистит себя сама: кто-то должен отвечать за
# дубли, пустые поля и устаревшие значения. Чего стоит доступ — тема занятия 03.

# %% [markdown] lang="en" edition="both"
# ## Open task: a data map of a real organisation
#
# Take an organisation that you know and draw its data map: which of the four groups of inputs does it record, where, who enters it, on which lawful basis, and which
# touchpoints are recorded by nobody? The rubric comes first.

# %% [markdown] lang="ru" of="827d02db" edition="both"
# ## Открытое задание: карта данных реальной организации
#
# Возьмите знакомую вам организацию и нарисуйте карту её данных: какие из четырёх групп входной информации она записывает, где, кто вносит, на каком законном основании и какие
# точки контакта не записывает никто? Сначала критерии.

# %% edition="both" tags=["nbval-ignore-output"]
widgets.rubric("data_map")

# %% [markdown] lang="en" edition="workbook"
# | group of inputs | where it is recorded | who enters it | lawful basis | what is missing |
# |---|---|---|---|---|
# | contacts | | | | |
# | profile | | | | |
# | purchases | | | | |
# | organisation | | | | |
#
# *Touchpoints that nobody records:*
#
# *The first three things to change, with cost and owner:*

# %% [markdown] lang="ru" of="5fdfae42" edition="workbook"
# | группа | где записывается | кто вносит | законное основание | чего не хватает |
# |---|---|---|---|---|
# | контакты | | | | |
# | профиль | | | | |
# | покупки | | | | |
# | организация | | | | |
#
# *Точки контакта, которые не записывает никто:*
#
# *Первые три изменения, с затратами и ответственным:*

# %% [markdown] lang="en" edition="both"
# ## Reflection
#
# - What surprised me?
# - Which value about me in somebody's database would I like to see with its source?
# - How sure am I of what I learned, from 1 to 5?

# %% [markdown] lang="ru" of="9dac1a5a" edition="both"
# ## Что я вынес из занятия
#
# - Что меня удивило?
# - Какое значение обо мне в чьей-нибудь базе мне хотелось бы увидеть вместе с источником?
# - Насколько я уверен в том, что понял, — от 1 до 5?

# %% [markdown] lang="en"
# ## Can I do it now?
#
# - I can bring all four groups of inputs into one database, through both doors.
# - I can find the records that belong to one person.
# - I can say how old a debt is.
# - I can tell to whom a message may be sent.
# - I can say what a single database has to remember, and why.
#
# The same two doors as pages of their own: `python course.py app desk` and `python course.py app account`.
#
# **Where the numbers come from.** Everything here is generated. The slips of writing are assumptions, the classes of age of a debt a convention.
# What the law asks of a consent differs between countries and changes: check the version in force.
#
# Next: [03. Access, knowledge, speed](03_access_knowledge_speed.ipynb).

# %% [markdown] lang="ru" of="788c2fa2"
# ## Могу ли я это теперь?
#
# - Я могу внести в одну базу все четыре группы входной информации — через оба входа.
# - Я могу найти записи, которые относятся к одному человеку.
# - Я могу сказать, насколько стара задолженность.
# - Я могу сказать, кому можно отправить сообщение.
# - Я могу объяснить, что должна помнить единая база и зачем.
#
# Те же два входа отдельными страницами: `python course.py app desk` и `python course.py app account`.
#
# **Откуда числа.** Всё здесь сгенерировано. Описки — предположения, возрастные группы задолженности — условность.
# Чего закон требует от согласия, зависит от страны и меняется: проверьте действующую редакцию.
#
# Дальше: [03. Доступ, знания, скорость](03_access_knowledge_speed.ipynb).
