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
# # 00. Start: the organisation that you will lead
#
# *About 45 minutes. You need nothing but this page. Run a cell with Shift+Enter.*
#
# ## The case
#
# > Good morning,
# >
# > I run a barbershop: three chairs, about six hundred visitors last year. Names stand in the receptionist's notebook, sums in the till,
# > conversations in the barbers' phones, promises in our mailing list. People ask me who our best customers are, who has stopped
# > coming, and whether last autumn's discount paid. I do not know. Everybody here knows a little, and nobody knows the customer.
# >
# > Will you help me?
#
# The barbershop is invented and its data are generated. The question is real, and by the end of the course you will have answered it.

# %% [markdown] lang="ru" of="c30e202f"
# # 00. Старт: организация, которой вы будете руководить
#
# *Около 45 минут. Кроме этой страницы ничего не нужно. Ячейка запускается клавишами Shift+Enter.*
#
# ## Ситуация
#
# > Доброе утро!
# >
# > У меня барбершоп: три кресла, за прошлый год около шестисот посетителей. Имена записаны в тетради администратора, суммы — в кассе,
# > разговоры — в телефонах мастеров, обещания — в рассылке. Меня спрашивают, кто наши лучшие клиенты, кто перестал приходить
# > и окупилась ли осенняя скидка. Я не знаю. Каждый из нас знает понемногу, а клиента целиком не знает никто.
# >
# > Поможете?
#
# Барбершоп вымышлен, его данные сгенерированы. Вопрос же настоящий, и к концу курса вы на него ответите.

# %% [markdown] lang="en"
# ## After this lesson
#
# - I can say what CRM is and why a program alone is not CRM. *(check: `quiz:start`)*
# - I can name the four groups of information that go into a CRM system and the three kinds that come out. *(check: `quiz:start`)*
# - I know which numbers are mine, and how a check answers. *(check: `retention_rate`)*
# - I can state a guess before I look at the data, and compare. *(check: `predict:one_time`)*

# %% [markdown] lang="ru" of="3b6eb807"
# ## После этого занятия
#
# - Я могу объяснить, что такое CRM и почему одна лишь программа — ещё не CRM. *(проверка: `quiz:start`)*
# - Я могу назвать четыре группы входной информации CRM-системы и три вида выходной. *(проверка: `quiz:start`)*
# - Я знаю, какие числа мои и как отвечает проверка. *(проверка: `retention_rate`)*
# - Я могу высказать предположение до того, как увижу данные, и сравнить. *(проверка: `predict:one_time`)*

# %% [markdown] lang="en" edition="workbook"
# # Workbook to lesson 00: start
#
# One task, to learn how it is done: replace `...`, run the cell, run the check.

# %% [markdown] lang="ru" of="545d0f1d" edition="workbook"
# # Рабочая тетрадь к занятию 00: старт
#
# Одна задача, чтобы освоиться: замените `...`, запустите ячейку, запустите проверку.

# %% edition="both"
import pandas as pd

import crm_toolkit as crm
from crm_toolkit import datasets, widgets

language = crm.language("en")

# %% [markdown] lang="en"
# ## Where you are
#
# Every check that you run under `python course.py lab` adds a line to a record of your own. Come back to this page to see what is done and what
# comes next. The record keeps what the check found, but neither your answers nor your name, and you may delete it here.

# %% [markdown] lang="ru" of="85e346bf"
# ## Где вы сейчас
#
# Если курс открыт командой `python course.py lab`, каждая проверка добавляет строку в запись о ваших успехах. Возвращайтесь на эту страницу, чтобы увидеть,
# что сделано и что дальше. В записи хранится то, что нашла проверка; ни ответов, ни имени в ней нет. Удалить её можно здесь же.

# %% tags=["nbval-ignore-output"]
widgets.my_progress()

# %% [markdown] lang="en"
# ## What CRM is
#
# Customer relationship management has no definition that everybody accepts. Most of the useful ones agree on this much: it is a **business
# strategy** by which an organisation wins customers, finds out which relationships are profitable, keeps those and develops them. A program
# helps, but without a strategy it only collects addresses.
#
# The strategy spans three functions, and they follow the customer's journey:
#
# | function | the customer's stage | an example from the barbershop |
# |---|---|---|
# | marketing | acquisition | an advertisement, a friend's advice, the first call |
# | sales | the deal itself | the booking, the choice of a service, the payment |
# | service | after the sale | a reminder, a complaint, an apology, the next appointment |
#
# Every occasion on which the customer meets the organisation is a **touchpoint**. A touchpoint that nobody records is a hole in memory.

# %% [markdown] lang="ru" of="4914696d"
# ## Что такое CRM
#
# У управления взаимоотношениями с клиентами (CRM) нет определения, с которым согласны все. Большинство полезных определений сходится в одном:
# это **бизнес-стратегия**, с помощью которой организация привлекает клиентов, выясняет, с кем отношения выгодны, удерживает этих клиентов
# и развивает отношения с ними. Программа помогает, но без стратегии она лишь копит адреса.
#
# Стратегия охватывает три функции; они сменяют друг друга на пути клиента:
#
# | функция | этап пути клиента | пример из барбершопа |
# |---|---|---|
# | маркетинг | привлечение | реклама, совет друга, первый звонок |
# | продажи | сама сделка | запись, выбор услуги, оплата |
# | сервис | после продажи | напоминание, жалоба, извинение, следующая запись |
#
# Каждый случай, когда клиент встречается с организацией, — **точка контакта**. Точка контакта, которую никто не записывает, — дыра в памяти.

# %% [markdown] lang="en"
# ## What goes in and what comes out
#
# | goes in | for example |
# |---|---|
# | history of contacts | purchases, requests for service, requests for information, complaints |
# | the customer's profile | age, income, children, profession, place of residence |
# | history of purchases | what, how many, how it was paid, what has not been paid yet |
# | data on the organisation | structure of sales, capacity, prices, the state of the business |
#
# | comes out | for example |
# |---|---|
# | aggregated data and metrics | 38% of last year's customers came back |
# | new knowledge | those who waited more than 20 minutes come back less often |
# | conclusions for action | one more barber on Fridays; check in three months |
#
# The figures in the second table are invented and only show the form; later you will compute such figures yourself.
#
# One fact means different things to different departments:
#
# | a customer has not come for 70 days | what the department sees |
# |---|---|
# | marketing | a person to be reminded, or to be left in peace |
# | sales | a free hour in the diary |
# | service | perhaps a complaint that was never made |
# | finance | revenue that will be missing next month |

# %% [markdown] lang="ru" of="8c122498"
# ## Что на входе и что на выходе
#
# | на входе | например |
# |---|---|
# | история контактов | покупки, запросы на обслуживание, информационные запросы, жалобы |
# | профиль клиента | возраст, доход, дети, профессия, место проживания |
# | история покупок | что, сколько, как оплачено, что ещё не оплачено |
# | данные об организации | структура продаж, пропускная способность, цены, состояние бизнеса |
#
# | на выходе | например |
# |---|---|
# | агрегированные данные и показатели | 38 % прошлогодних клиентов пришли снова |
# | новые знания | те, кто ждал больше 20 минут, возвращаются реже |
# | выводы для действий | ещё один мастер по пятницам; проверить через три месяца |
#
# Числа во второй таблице придуманы и лишь показывают форму; позже вы посчитаете такие показатели сами.
#
# Один и тот же факт разные отделы видят по-разному:
#
# | клиент не приходил 70 дней | что видит отдел |
# |---|---|
# | маркетинг | человека, которому надо напомнить о себе — или которого лучше не беспокоить |
# | продажи | свободный час в расписании |
# | сервис | возможно, невысказанную жалобу |
# | финансы | выручку, которой не будет в следующем месяце |

# %% [markdown] lang="en"
# ## The organisation's memory
#
# Here is the barbershop's table of purchases for one year. Each row is one item of an order; a return has a negative quantity. The people are
# invented; how often they come and when they leave follows a published model of repeat buying (Fader, Hardie, Lee 2005), with parameters
# that are partly taken from the paper and partly assumptions of ours.

# %% [markdown] lang="ru" of="213ae3fb"
# ## Память организации
#
# Перед вами таблица покупок барбершопа за год. Каждая её строка — одна позиция заказа; у возврата количество отрицательное. Люди вымышлены;
# как часто они приходят и когда уходят, задаёт опубликованная модель повторных покупок (Fader, Hardie, Lee 2005); её параметры
# отчасти взяты из статьи, отчасти — наши допущения.

# %%
purchases = datasets.make_purchases(600, weeks=51, seed=2026)
purchases.head()

# %% [markdown] lang="en"
# ### Predict
#
# About six hundred people came during the year. **How many of every hundred came only once?** Commit to a number before you look: a guess
# that is written down teaches more than a result that is read.

# %% [markdown] lang="ru" of="091f0787"
# ### Предскажите
#
# За год пришло около шестисот человек. **Сколько из каждой сотни пришли только один раз?** Назовите число, прежде чем смотреть: записанная
# догадка научит большему, чем просто прочитанный результат.

# %% tags=["nbval-ignore-output"]
guess = widgets.predict("one_time")
guess

# %% [markdown] lang="en"
# ### Run and explain
#
# A visit is an order that is not a return. Count every customer's visits, then the share of customers with exactly one.

# %% [markdown] lang="ru" of="4604b17e"
# ### Запустите и объясните
#
# Визит — это заказ, который не является возвратом. Сосчитайте визиты каждого клиента, затем долю клиентов, у которых визит ровно один.

# %%
bought = purchases[purchases["amount"] >= 0]
visits = bought.groupby("customer_id")["order_id"].nunique()
came_once = (visits == 1).mean()
print(round(came_once, 3))

# %% tags=["nbval-ignore-output"]
guess.reveal(100 * came_once)

# %% [markdown] lang="en"
# About a third. Write one sentence: *why* is the share so large? In a real barbershop some would have left after a poor first haircut, some would have been passing through, and some would
# come again later than the table reaches. The table says *when* people came, not *why* they stay away: it cannot tell these three cases apart.
# Remember this; the course comes back to it again and again.

# %% [markdown] lang="ru" of="c795a11e"
# Около трети. Напишите одно предложение: *почему* доля так велика? В настоящем барбершопе кто-то ушёл бы после неудачной первой стрижки, кто-то был в городе проездом,
# а кто-то ещё придёт — позже, чем кончается таблица. Таблица говорит, *когда* человек приходил, но не говорит, *почему* он больше не приходит: эти три
# случая она не различает. Запомните это: к этой мысли курс возвращается снова и снова.

# %% [markdown] lang="en"
# ## Worked example: how many stayed
#
# A language school had 250 students in September and has 230 in June. Of these 230, 40 came during the year. What share stayed?
#
# **Step 1. Name the base.** The question is about those who were there at the start: 250.
#
# **Step 2. Take the new ones out of the end.** They were not there in September, so the question is not about them: 230 − 40 = 190 of the old
# students are still there.
#
# **Step 3. Divide by the base.** 190 / 250 = 0.76.
#
# **Step 4. Say it in a sentence.** Of every hundred students of September 76 stayed, and 24 left: **retention** is 76%, and **churn** is 24%.
#
# 230 / 250 looks like an answer, but it only says that the school has shrunk a little. Newcomers can hide any number of people who leave.

# %% [markdown] lang="ru" of="104ef950"
# ## Разобранный пример: сколько осталось
#
# В сентябре в языковой школе было 250 учеников, в июне — 230. Из этих 230 в течение года пришли 40. Какая доля осталась?
#
# **Шаг 1. Назовите базу.** Вопрос — о тех, кто был в начале: 250.
#
# **Шаг 2. Вычтите новых из числа в конце.** В сентябре их не было, вопрос не о них: осталось 230 − 40 = 190 прежних учеников.
#
# **Шаг 3. Разделите на базу.** 190 / 250 = 0,76.
#
# **Шаг 4. Скажите это словами.** Из каждой сотни сентябрьских учеников 76 остались, а 24 ушли: **удержание** — 76 %, **отток** — 24 %.
#
# 230 / 250 похоже на ответ, но говорит лишь о том, что школа немного уменьшилась. За новичками можно спрятать сколько угодно ушедших.

# %% [markdown] lang="en" edition="both"
# ## Your own numbers
#
# Almost every task gives you numbers of your own. They come from your student number and nothing else, so write it below, in quotation marks.
# Use the number that your teacher asked for; a name is not needed. It stays on this computer.
#
# Small and capital letters, spaces and look-alike letters make no difference: `ивт-21-05` and `ИВТ-21-05` are one person.

# %% [markdown] lang="ru" of="fb8aa527" edition="both"
# ## Ваши собственные числа
#
# Почти во всех задачах числа — ваши собственные. Они зависят только от вашего номера студента; впишите его ниже, в кавычках.
# Пишите тот номер, о котором просил преподаватель; имя не нужно. Номер остаётся на этом компьютере.
#
# Строчные и прописные буквы, пробелы и похожие буквы разных алфавитов роли не играют: `ивт-21-05` и `ИВТ-21-05` — один человек.

# %% edition="both"
student = "demo-01"

# %% [markdown] lang="en" edition="both"
# ### Task: how many stayed
#
# **Retention** is the share of the customers you had who are still with you. New ones were not there at the start, so they do not count.

# %% [markdown] lang="ru" of="e5040b84" edition="both"
# ### Задача: сколько осталось
#
# **Удержание** — доля прежних клиентов, которые остались с вами. Новых клиентов в начале не было, поэтому в счёт они не идут.

# %% edition="workbook" tags=["nbval-ignore-output"]
task = crm.exercise("retention_rate", student=student)
task

# %% [markdown] lang="en"
# Answer in the box, or in code: `task.check(0.5)`. A check looks for the way of thinking behind your number, and names the mistake when it is a usual
# one. Try it: press the button with an empty box, then with end / start (a usual mistake), then with your answer. Hints cost nothing.

# %% [markdown] lang="ru" of="c79a297e"
# Ответить можно в поле или в коде: `task.check(0.5)`. Проверка ищет ход мысли, который стоит за числом, и называет его, если ошибка
# типичная. Попробуйте: нажмите кнопку с пустым полем, затем с числом «конец / начало» (типичная ошибка), затем со своим ответом. Подсказки ничего не стоят.

# %% tags=["nbval-ignore-output"]
task = crm.exercise("retention_rate", student=student)
widgets.answer(task)

# %% [markdown] lang="en" edition="workbook"
# Compute the retention from `task.data` and write it in place of the dots. Then run the check.

# %% [markdown] lang="ru" of="e87b7286" edition="workbook"
# Вычислите удержание по `task.data` и запишите вместо многоточия. Затем запустите проверку.

# %% edition="workbook" tags=["solution"]
data = task.data
answer = (data["end"] - data["new"]) / data["start"]  #: answer = ...

# %% edition="workbook"
task.check(answer)

# %% [markdown] lang="en" edition="workbook"
# Stuck? Hints come in three steps: the idea, the step, the first line.

# %% [markdown] lang="ru" of="0618af78" edition="workbook"
# Не получается? Подсказок три: идея, шаг решения, первая строка.

# %% edition="workbook"
task.hint(1)

# %% [markdown] lang="en"
# ## Check yourself
#
# Behind every wrong choice stands a mistake of its own, and the check names it.

# %% [markdown] lang="ru" of="28b65d3c"
# ## Проверьте себя
#
# За каждым неверным выбором стоит своя ошибка мысли, и проверка её называет.

# %% tags=["nbval-ignore-output"]
widgets.quiz("start")

# %% [markdown] lang="en" edition="both"
# ## Reflection
#
# Write two or three sentences here (double-click to edit):
#
# - What surprised me?
# - Which touchpoint of an organisation that I know is recorded by nobody? What does that cost?
# - How sure am I of what I learned, from 1 to 5?

# %% [markdown] lang="ru" of="42506826" edition="both"
# ## Что я вынес из занятия
#
# Напишите здесь два-три предложения (чтобы изменить текст, щёлкните по нему дважды):
#
# - Что меня удивило?
# - Какую точку контакта в знакомой мне организации не записывает никто? Во что это обходится?
# - Насколько я уверен в том, что понял, — от 1 до 5?

# %% [markdown] lang="en"
# ## Can I do it now?
#
# - I can say what CRM is and why a program alone is not CRM.
# - I can name the four groups of information that go into a CRM system and the three kinds that come out.
# - I know which numbers are mine, and how a check answers.
# - I can state a guess before I look at the data, and compare.
#
# **Where the numbers come from.** Purchases: generated here. Process of visits: P. S. Fader, B. G. S. Hardie, K. L. Lee, “Counting Your
# Customers” the Easy Way: An Alternative to the Pareto/NBD Model, *Marketing Science* 24(2), 2005. Prices and services: assumptions.
#
# **For further reading.** A. Payne, P. Frow, A Strategic Framework for Customer Relationship Management, *Journal of Marketing* 69(4), 2005:
# CRM as five processes of the whole firm.
#
# Next: [01. Client orientation: measure it, don't proclaim it](01_orientation.ipynb).

# %% [markdown] lang="ru" of="ff837e4d"
# ## Могу ли я это теперь?
#
# - Я могу объяснить, что такое CRM и почему одна лишь программа — ещё не CRM.
# - Я могу назвать четыре группы входной информации CRM-системы и три вида выходной.
# - Я знаю, какие числа мои и как отвечает проверка.
# - Я могу высказать предположение до того, как увижу данные, и сравнить.
#
# **Откуда числа.** Покупки сгенерированы здесь. Процесс визитов: P. S. Fader, B. G. S. Hardie, K. L. Lee, “Counting Your
# Customers” the Easy Way: An Alternative to the Pareto/NBD Model, *Marketing Science* 24(2), 2005. Цены и услуги — допущения.
#
# **Что почитать.** A. Payne, P. Frow, A Strategic Framework for Customer Relationship Management, *Journal of Marketing* 69(4), 2005:
# CRM как пять процессов всей организации.
#
# Дальше: [01. Клиентоориентированность: измерить, а не провозгласить](01_orientation.ipynb).
