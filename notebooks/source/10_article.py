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
# # 10. Reading an article: how consumers of services behave
#
# *About 90 minutes. Two texts written for practice, and an article of your own.*
#
# ## The case
#
# > Colleagues,
# >
# > I have read an article: it is proved that no guest may wait for more than ten minutes. Waiting costs fifteen points of return every ten minutes, and more than
# > half of the guests come back anyway.
# >
# > Shall I order a fourth chair for each shop? Read it first.

# %% [markdown] lang="ru" of="237dd31c"
# # 10. Анализ статьи: как ведут себя потребители услуг
#
# *Около 90 минут. Два текста, написанных для упражнения, и ваша собственная статья.*
#
# ## Ситуация
#
# > Коллеги!
# >
# > Прочитал статью: доказано, что клиент не должен ждать дольше десяти минут. Каждые десять минут ожидания стоят пятнадцати пунктов возвращаемости, а больше
# > половины клиентов возвращаются и так.
# >
# > Заказывать в каждую парикмахерскую четвёртое кресло? Прочитайте, пока я не заказал.

# %% [markdown] lang="en"
# ## After this lesson
#
# - I can tell a definition, an empirical claim and a demand apart. *(check: `claim_types`)*
# - I can find the test that belongs to a claim. *(check: `claim_tests`)*
# - I can compute a percentage of an article again from its table. *(check: `article_recount`)*
# - I can tell a significant difference from an important one. *(check: `significant_important`)*
# - I can take an article apart with page references and say what would change my mind. *(check: `rubric:article`)*

# %% [markdown] lang="ru" of="1109aa4f"
# ## После этого занятия
#
# - Я отличаю определение, эмпирическое утверждение и требование. *(проверка: `claim_types`)*
# - Я могу найти проверку, которая подходит к утверждению. *(проверка: `claim_tests`)*
# - Я могу пересчитать процент из статьи по её таблице. *(проверка: `article_recount`)*
# - Я отличаю значимую разность от важной. *(проверка: `significant_important`)*
# - Я могу разобрать статью со ссылками на страницы и сказать, что изменило бы моё мнение. *(проверка: `rubric:article`)*

# %% [markdown] lang="en" edition="workbook"
# # Workbook to lesson 10: reading an article
#
# Write your student number in the first cell. Replace every `...` and run the check under it. A check that answers “not attempted” has cost you nothing.

# %% [markdown] lang="ru" of="8ae8f111" edition="workbook"
# # Рабочая тетрадь к занятию 10: анализ статьи
#
# Впишите в первую ячейку свой номер студента. Замените каждое `...` и запустите проверку под ним. Ответ «ещё не решали» ничего вам не стоит.

# %% edition="both"
import pandas as pd

import crm_toolkit as crm
from crm_toolkit import widgets
from crm_toolkit.exercises import article

language = crm.language("en")
student = "demo-01"

# %% [markdown] lang="en"
# ## What an article consists of
#
# An article is a set of claims that lean on one another. Three kinds have to be kept apart, since each is examined in its own way:
#
# - a *definition* fixes the meaning of a word; it is useful or not, and neither true nor false;
# - an *empirical claim* says how things are; an observation could show that it is wrong;
# - a *normative claim* (a demand) says how things should be; it needs a goal, besides facts.
#
# Here is the manager's article. It was written for practice and the study is invented, but its faults are taken from life. Read it once, without a pencil.

# %% [markdown] lang="ru" of="e2e31cce"
# ## Из чего состоит статья
#
# Статья — это набор утверждений, которые опираются друг на друга. Надо различать три вида, потому что каждый проверяют по-своему:
#
# - *определение* закрепляет значение слова; оно бывает удобным или неудобным, но не истинным или ложным;
# - *эмпирическое утверждение* говорит, как обстоит дело; наблюдение могло бы показать, что оно неверно;
# - *нормативное утверждение* (требование) говорит, как должно быть; кроме фактов ему нужна цель.
#
# Вот статья руководителя. Она написана для упражнения, исследование вымышлено, но ошибки взяты из жизни. Прочитайте её один раз, без карандаша.

# %% tags=["nbval-ignore-output"]
text = article.practice_text("waiting")
text

# %% [markdown] lang="en"
# ### Predict
#
# The text makes six empirical claims: numbers 3, 4, 5, 6, 7 and 10. **How many of them do its own numbers bear out, as they are worded?** Commit to a guess.

# %% [markdown] lang="ru" of="cd9d5863"
# ### Предскажите
#
# В тексте шесть эмпирических утверждений: 3, 4, 5, 6, 7 и 10. **Сколько из них подтверждают его собственные числа — так, как утверждения сформулированы?**
# Зафиксируйте догадку.

# %% tags=["nbval-ignore-output"]
guess = widgets.predict("claims_borne_out")
guess

# %% [markdown] lang="en"
# ### Run and explain
#
# Compute the table again.

# %% [markdown] lang="ru" of="237af02b"
# ### Запустите и объясните
#
# Пересчитайте таблицу.

# %%
waits = pd.DataFrame({"wait": ["up_to_10", "10_to_20", "over_20"], "guests": [160, 140, 100], "returned": [96, 63, 31]})
waits.loc[3] = ["all", *waits[["guests", "returned"]].sum()]
waits.assign(share=waits["returned"] / waits["guests"])

# %%
days = pd.DataFrame({"day": ["saturday", "other"], "guests": [160, 240], "returned": [58, 132]})
days.assign(share=days["returned"] / days["guests"])

# %% tags=["nbval-ignore-output"]
guess.reveal(sum(one.type == "empirical" and not one.flaw for one in text.claims))

# %% [markdown] lang="en"
# Two: numbers 3 and 6. Of all guests 47.5% returned, and 52.5% is the share of the others (4). “Drives away” and “cost” speak of an effect where there is a difference; Saturday comes
# before both the wait and the staying away, so it may be behind both (5). The 88% are of those who came back; nobody asked the others (7). Three shops are not “services” (10). And number 8, which the manager quotes, is no finding at all but a
# demand. *Write one sentence:* which of the ten would you rely on when deciding about the chair?

# %% [markdown] lang="ru" of="22eff95f"
# Два: третье и шестое. Всего вернулись 47,5 % клиентов, а 52,5 % — доля остальных (4). «Прогоняет» и «стоили» говорят о влиянии там, где есть различие; суббота предшествует
# и ожиданию, и невозвращению и может стоять за тем и другим (5). 88 % — доля среди тех, кто вернулся: остальных не спросили (7). Три парикмахерские — ещё не «сфера услуг» (10). А восьмое, которое цитирует руководитель, вообще не результат, а
# требование. *Напишите одно предложение:* на какое из десяти вы положились бы, решая вопрос о кресле?

# %% [markdown] lang="en"
# ## A worked example: from a sentence to a lamp
#
# 1. **Claim:** take the sentence with its page.
# 2. **Type:** cross out “prove”, “it turned out” and read what is left.
# 3. **Link:** what supports it inside the text, what attacks it, what is taken for granted in silence?
# 4. **Evidence:** who says so elsewhere, and who says otherwise?
# 5. **Lamp:** what still hangs in the air?

# %% [markdown] lang="ru" of="6bd3d5cf"
# ## Разобранный пример: от фразы к лампочке
#
# 1. **Утверждение:** возьмите фразу вместе со страницей.
# 2. **Вид:** вычеркните «доказывают», «выяснилось» и прочитайте то, что осталось.
# 3. **Связь:** что подкрепляет её внутри текста, что оспаривает, что принято молча?
# 4. **Свидетельство:** кто говорит то же в другом месте и кто говорит иное?
# 5. **Лампочка:** что по-прежнему висит в воздухе?

# %%
claims = tuple(article.Claim(one.words[str(language)], True, one.page, one.type) for one in text.claims)
links = (
    article.Link(3, "supports", 5),
    article.Link(6, "attacks", 5),
    article.Link(5, "supports", 8),
    article.Link(5, "supports", 10),
)
evidence = (article.EvidenceLink(10, "against", "dong_2011"), article.EvidenceLink(10, "for", "keaveney_1995_shares"))
work = article.ArticleWork(claims=claims, links=links, evidence=evidence)
pd.DataFrame([(one.number, one.state) for one in article.light(work).claims], columns=["claim", "lamp"])

# %% tags=["nbval-ignore-output"]
widgets.argument_map(work)

# %% [markdown] lang="en"
# A lamp counts and does not judge. “Unsupported” is not “false”: number 4 is refuted by its own table, number 3 is borne out by it, and both hang in the air as long as nobody
# links any support to them: that number 3 supports number 5 does not support number 3.

# %% [markdown] lang="ru" of="0b0eff22"
# Лампочка считает и ни о чём не судит. «Не подкреплено» — не значит «неверно»: четвёртое опровергнуто собственной таблицей, третье ею подтверждено, а в воздухе висят оба, пока никто
# не связал с ними подкрепления: третье подкрепляет пятое, но само от этого не подкреплено.

# %% [markdown] lang="en"
# ### Evidence, and what speaks against it
#
# “Services are riskier and harder to judge than goods” stands in many articles. The course has a bank of evidence (you use it in the workshop at the end of this page). It says where this comes from, how far we have seen the source (the
# abstract only, or from memory), and what speaks against it.

# %% [markdown] lang="ru" of="f7f5abaa"
# ### Свидетельства и то, что говорит против них
#
# «Услуги рискованнее товаров, и оценивать их труднее» — так пишут во многих статьях. В курсе есть банк свидетельств (он понадобится вам в мастерской в конце страницы). В нём указано, откуда это взято, насколько
# мы знакомы с источником (видели только аннотацию или пишем по памяти) и что говорит против.

# %% tags=["nbval-ignore-output"]
for one in article.evidence_bank():
    if one.topic in ("qualities", "risk"):
        print(f"`{one.code}` ({one.seen}; against: {', '.join(one.against) or '-'})\n  {one.text}")

# %% [markdown] lang="en"
# ## Explore: say the types yourself
#
# Another invented study, on perceived risk. Say of which type each of its ten claims is, mark those that have a flaw, and commit; the key waits until then. **Predict first:** how many of your types will agree with
# the key?

# %% [markdown] lang="ru" of="31bf6e4d"
# ## Исследуйте: определите виды сами
#
# Ещё одно вымышленное исследование — о воспринимаемом риске. Определите вид десяти утверждений, отметьте те, в которых есть изъян, и зафиксируйте; ключ подождёт. **Сначала предскажите:**
# сколько видов совпадёт с ключом?

# %% tags=["nbval-ignore-output"]
widgets.practice_article("risk")

# %% [markdown] lang="en"
# ## How far do two readers agree?
#
# A type is a judgement, so two people should decide on types without seeing each other's work. A part of their agreement is luck: who calls nearly everything empirical will often meet another who does. Cohen's κ
# takes that off: (observed − expected) / (1 − expected).

# %% [markdown] lang="ru" of="381e608b"
# ## Насколько согласны два читателя?
#
# Вид утверждения — суждение, поэтому двое должны определять его, не видя работы друг друга. Часть согласия — везение: кто почти всё называет эмпирическим, часто сойдётся с другим таким же. κ Коэна
# это вычитает: (наблюдаемое − ожидаемое) / (1 − ожидаемое).

# %%
one, other = pd.Series([1, 2, 2, 3, 2, 2]), pd.Series([1, 2, 2, 2, 2, 3])
observed = (one == other).mean()
shares = pd.DataFrame({"one": one.value_counts(normalize=True), "other": other.value_counts(normalize=True)})
expected = (shares["one"] * shares["other"]).sum()
kappa = (observed - expected) / (1 - expected)
pd.Series({"observed": observed, "expected": expected, "kappa": kappa}).round(3)

# %% [markdown] lang="en" edition="both"
# ### The same steps, with blanks
#
# Ten claims, two readers, the same for everybody. The check says which step is off.

# %% [markdown] lang="ru" of="bedafdb2" edition="both"
# ### Те же шаги с пропусками
#
# Десять утверждений, два читателя, у всех одинаково. Проверка скажет, какой шаг не сошёлся.

# %% edition="workbook" tags=["nbval-ignore-output"]
faded = crm.exercise("kappa_faded", student=student)
faded

# %% tags=["nbval-ignore-output"]
widgets.answer(crm.exercise("kappa_faded", student=student))

# %% edition="workbook" tags=["solution"]
codes = faded.data["codes"]
observed = (codes["reader_1"] == codes["reader_2"]).mean()
one, other = (codes[name].value_counts(normalize=True) for name in ("reader_1", "reader_2"))
expected = (one * other).sum()  #: expected = ...
kappa = (observed - expected) / (1 - expected)  #: kappa = ...
answer = {"value": {"observed": observed, "expected": expected, "kappa": kappa}}

# %% edition="workbook"
faded.check(answer)

# %% [markdown] lang="en" edition="both"
# ## Your own numbers
#
# ### Task 1. Definition, empirical claim or demand?

# %% [markdown] lang="ru" of="cfc2ad30" edition="both"
# ## Ваши собственные числа
#
# ### Задача 1. Определение, эмпирическое утверждение или требование?

# %% edition="workbook" tags=["nbval-ignore-output"]
types_task = crm.exercise("claim_types", student=student)
types_task

# %% tags=["nbval-ignore-output"]
widgets.answer(crm.exercise("claim_types", student=student))

# %% edition="workbook" tags=["solution"]
answer = types_task.expected  #: answer = pd.DataFrame({"claim": list("ABCDEFGHI"), "type": ...})

# %% edition="workbook"
types_task.check(answer)

# %% [markdown] lang="en" edition="both"
# ### Task 2. Which test belongs to which claim

# %% [markdown] lang="ru" of="ec9d466d" edition="both"
# ### Задача 2. Какая проверка — к какому утверждению

# %% edition="workbook" tags=["nbval-ignore-output"]
tests_task = crm.exercise("claim_tests", student=student)
tests_task

# %% tags=["nbval-ignore-output"]
widgets.answer(crm.exercise("claim_tests", student=student))

# %% edition="workbook" tags=["solution"]
answer = tests_task.expected  #: answer = pd.DataFrame({"claim": list("ABCDE"), "test": ...})

# %% edition="workbook"
tests_task.check(answer)

# %% [markdown] lang="en" edition="both"
# ### Task 3. Does the percentage match its table?

# %% [markdown] lang="ru" of="5267c372" edition="both"
# ### Задача 3. Сходится ли процент со своей таблицей?

# %% edition="workbook" tags=["nbval-ignore-output"]
table_task = crm.exercise("article_recount", student=student)
table_task

# %% edition="workbook" tags=["nbval-ignore-output"]
table_task.data["table"]

# %% tags=["nbval-ignore-output"]
widgets.answer(crm.exercise("article_recount", student=student))

# %% edition="workbook" tags=["solution"]
table = table_task.data["table"].set_index("wait")
shares = table["returned"] / table["guests"]  #:
shares["all"] = table["returned"].sum() / table["guests"].sum()  #:
answer = shares.to_dict()  #: answer = ...

# %% edition="workbook"
table_task.check(answer)

# %% [markdown] lang="en" edition="both"
# ### Task 4. Significant, and how large?

# %% [markdown] lang="ru" of="70c33693" edition="both"
# ### Задача 4. Значимо — а велико ли?

# %% edition="workbook" tags=["nbval-ignore-output"]
size_task = crm.exercise("significant_important", student=student)
size_task

# %% tags=["nbval-ignore-output"]
widgets.answer(crm.exercise("significant_important", student=student))

# %% edition="workbook" tags=["solution"]
services, goods, spread, answers_each = (size_task.data[name] for name in ("services", "goods", "spread", "answers_each"))
difference = services - goods
error = spread * (2 / answers_each) ** 0.5  #: error = ...
answer = {"value": {"difference": difference, "z": difference / error, "effect": difference / spread}}  #: answer = ...

# %% edition="workbook"
size_task.check(answer)

# %% [markdown] lang="en"
# ## Check yourself

# %% [markdown] lang="ru" of="8f45d9d8"
# ## Проверьте себя

# %% tags=["nbval-ignore-output"]
widgets.quiz("article")

# %% [markdown] lang="en"
# ## Decide: what would you tell the manager?
#
# The article shows that in three shops of one owner those who waited longer came back less often, and that the longest waits fell mostly on Saturdays. It does not show that a shorter wait would bring them back. Before
# ordering a fourth chair, keep the third one busy over lunch on two Saturdays of four, chosen by lot, and count who returns; four Saturdays are few, so go on if the answer stays unclear. Ten minutes is a row of a table and not a law.

# %% [markdown] lang="ru" of="7b631839"
# ## Решение: что вы скажете руководителю?
#
# Статья показывает, что в трёх парикмахерских одного владельца те, кто ждал дольше, возвращались реже, а самые долгие ожидания приходились в основном на субботы. Что более короткое ожидание их вернёт, она не показывает. Прежде
# чем заказывать четвёртое кресло, не оставляйте третье пустым в обед в две субботы из четырёх, выбранные по жребию, и сосчитайте вернувшихся; четыре субботы — это мало, так что продолжайте, если ответ останется неясным. Десять минут — строка таблицы, а не закон.

# %% [markdown] lang="en" edition="both"
# ## Open task: an article of your own
#
# Take the article that your teacher has given, in your own copy, and take it apart in the workshop: reference, claims with pages and types, argument map, evidence for and against from at least
# two other sources, method and age, your position and what would change it. The course knows nothing of your article and says nothing about it. The work stays in a file on this computer. The
# rubric comes before the work: each row is graded 0 to 3, and 3 includes 2.

# %% [markdown] lang="ru" of="99fffb84" edition="both"
# ## Открытое задание: собственная статья
#
# Возьмите статью, которую дал преподаватель, в собственном экземпляре и разберите её в мастерской: ссылка, утверждения со страницами и видами, карта аргументации, свидетельства за и против
# не меньше чем из двух других источников, метод и возраст, ваша позиция и то, что её изменит. О вашей статье курс ничего не знает и ничего не говорит. Работа хранится в файле на этом компьютере.
# Критерии — до работы: каждая строка оценивается от 0 до 3; уровень 3 включает уровень 2.

# %% tags=["nbval-ignore-output"]
widgets.article_workshop()

# %% edition="both" tags=["nbval-ignore-output"]
widgets.rubric("article")

# %% [markdown] lang="en" edition="workbook"
# *Reference, question, parts:*
#
# *Claims and their types, with pages:*
#
# *Evidence for and against:*
#
# *Method, limits, age:*
#
# *My position, and what would change it:*

# %% [markdown] lang="ru" of="a3d26b52" edition="workbook"
# *Ссылка, вопрос, части:*
#
# *Утверждения и их виды, со страницами:*
#
# *Свидетельства за и против:*
#
# *Метод, границы, возраст:*
#
# *Моя позиция и что её изменит:*

# %% [markdown] lang="en"
# **In the seminar: a jury.** Choose one claim of the article. One group speaks for it, one against it, both with sources only; the others vote before and after, and say which source moved them.

# %% [markdown] lang="ru" of="502531eb"
# **На семинаре: суд присяжных.** Выберите одно утверждение статьи. Одна группа говорит за, другая против, обе — только с источниками; остальные голосуют до и после и говорят, какой источник изменил
# их мнение.

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
# - I can tell a definition, an empirical claim and a demand apart.
# - I can find the test that belongs to a claim.
# - I can compute a percentage of an article again from its table.
# - I can tell a significant difference from an important one.
# - I can take an article apart with page references and say what would change my mind.
#
# One more task of this lesson: `claim_kappa`.
#
# **Further reading.** Zeithaml (1981) on how goods and services are evaluated, and against it Breivik (1995) and Pérez-Cabañero (2007); Keaveney (1995) on why customers switch; Tsiotsou and Wirtz on the
# three stages of service consumption; Szymanski and Henard (2001) on satisfaction; Armitage and Conner (2001) on intentions and deeds.
#
# **Where the numbers come from.** Both practice texts were written for this course; their studies are invented, and every number in them can be computed again. The entries of the bank say how far we have seen their
# sources; what is marked as from memory has to be looked up before it is quoted.
#
# Next: [11. Complaints, failures, recovery: the voice of the customer](11_complaints.ipynb).

# %% [markdown] lang="ru" of="91b4e108"
# ## Могу ли я это теперь?
#
# - Я отличаю определение, эмпирическое утверждение и требование.
# - Я могу найти проверку, которая подходит к утверждению.
# - Я могу пересчитать процент из статьи по её таблице.
# - Я отличаю значимую разность от важной.
# - Я могу разобрать статью со ссылками на страницы и сказать, что изменило бы моё мнение.
#
# Ещё одна задача этого занятия: `claim_kappa`.
#
# **Что почитать.** Zeithaml (1981) о том, как оценивают товары и услуги, и против неё — Breivik (1995) и Pérez-Cabañero (2007); Keaveney (1995) о том, почему клиенты переключаются; Tsiotsou и Wirtz о
# трёх этапах потребления услуги; Szymanski и Henard (2001) об удовлетворённости; Armitage и Conner (2001) о намерениях и поступках.
#
# **Откуда числа.** Оба учебных текста написаны для этого курса, исследования в них вымышлены, и каждое число можно пересчитать. В записях банка указано, насколько мы знакомы с источником; то, что отмечено как взятое
# по памяти, проверьте, прежде чем цитировать.
#
# Дальше: [11. Жалобы, сбои, восстановление: голос клиента](11_complaints.ipynb).
