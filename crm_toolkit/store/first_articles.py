"""The first articles of the knowledge base: one for each root cause of `filling.CAUSES`, in both languages.

They are neutral starting points, to be rewritten by those who use them: what to do at once, what to say, what to
record, how to keep it from happening again. Own wording.
"""

from __future__ import annotations

import sqlalchemy as sa

from crm_toolkit.store.layout import TABLES

# code of the cause → language → title and body
FIRST_ARTICLES: dict[str, dict[str, tuple[str, str]]] = {
    "late_start": {
        "en": (
            "When a service begins late",
            "Tell the customer about the delay before the appointed time, with the new time and the reason in one "
            "sentence. Offer a choice: wait, another employee, or another time that suits the customer. After more "
            "than fifteen minutes apologise in person and offer a remedy within your authority. Record the planned and "
            "the real start, so that delays can be counted by hour and by employee. If delays repeat at one hour, "
            "lengthen the time planned for that service or leave a gap in the schedule.",
        ),
        "ru": (
            "Услуга начинается с опозданием",
            "Предупредите клиента о задержке до назначенного времени: назовите новое время и в одной фразе причину. "
            "Предложите выбор: подождать, перейти к другому сотруднику или перенести запись на удобное время. "
            "Если задержка больше пятнадцати минут, извинитесь лично и предложите компенсацию в пределах своих "
            "полномочий. Запишите плановое и фактическое время начала, чтобы задержки можно было посчитать по часам и "
            "сотрудникам. Если они повторяются в одни и те же часы, увеличьте время на эту услугу или оставьте в "
            "расписании запас.",
        ),
    },
    "poor_result": {
        "en": (
            "When the result is not as agreed",
            "Let the customer describe what was expected and what came out, without arguing. Compare it with what was "
            "agreed in the order or at the appointment. If the fault is ours, offer to do the work again free of "
            "charge at the nearest time; if the customer has lost confidence, offer another employee or a refund. "
            "Agree on the remedy and its date, and record both in the request. Before the next service of this kind, "
            "repeat the agreed result aloud and let the customer confirm it.",
        ),
        "ru": (
            "Результат не соответствует договорённости",
            "Дайте клиенту рассказать, чего он ожидал и что получилось, и не спорьте. Сверьте его слова с тем, о чём "
            "договорились в заказе или при записи. Если ошибка наша, предложите бесплатно переделать работу в "
            "ближайшее время; если доверие потеряно, предложите другого сотрудника или возврат денег. Согласуйте "
            "решение и срок и запишите их в обращении. Перед следующей такой услугой проговорите ожидаемый результат "
            "вслух и получите подтверждение клиента.",
        ),
    },
    "wrong_bill": {
        "en": (
            "When a bill is wrong",
            "Open the order and compare every line with the price list and with what was actually done. Tell the "
            "customer the correct sum and explain each difference. Return an overpayment by the same way of paying on "
            "the same day; do not ask for an underpayment that is our mistake without a manager's decision. Correct "
            "the order and the points that were credited for it. Note which line was wrong, for the price list or the "
            "till may need mending.",
        ),
        "ru": (
            "Ошибка в счёте",
            "Откройте заказ и сверьте каждую строку с прейскурантом и с тем, что было сделано на самом деле. Назовите "
            "клиенту правильную сумму и объясните каждое расхождение. Переплату верните в тот же день тем же способом, "
            "каким платил клиент; доплату по нашей ошибке не требуйте без решения руководителя. Исправьте заказ и "
            "начисленные за него баллы. Отметьте, какая строка была неверной: возможно, исправить нужно прейскурант "
            "или кассу.",
        ),
    },
    "rude_staff": {
        "en": (
            "When a customer was treated impolitely",
            "Listen to the end, thank the customer for speaking up and apologise for the impression, before any facts "
            "are checked. Do not judge the colleague in front of the customer. Ask what would put things right, and "
            "offer to be served by somebody else. A manager hears the employee on the same day and answers the "
            "customer within two working days. Record what was said, not who is to blame. If such complaints about "
            "one place repeat, look at the workload first.",
        ),
        "ru": (
            "С клиентом обошлись невежливо",
            "Выслушайте клиента до конца, поблагодарите за то, что он об этом сказал, и извинитесь за неприятное "
            "впечатление, ещё до проверки фактов. Не оценивайте коллегу при клиенте. Спросите, что помогло бы "
            "исправить положение, и предложите обслуживание у другого сотрудника. Руководитель в тот же день "
            "выслушивает сотрудника и в течение двух рабочих дней отвечает клиенту. Записывайте, что было сказано, а "
            "не кто виноват. Если такие жалобы повторяются в одном месте, сначала проверьте загрузку.",
        ),
    },
    "damage": {
        "en": (
            "When something was damaged",
            "Make sure first that nobody is hurt. Look at the damage together with the customer, describe it in the "
            "request and attach photographs if the customer agrees. Do not promise a sum; say who decides and by what "
            "day. Pass the request to a manager at once with priority high. When the compensation is agreed, record "
            "its amount and the date of payment. Check the equipment or the procedure before the next customer.",
        ),
        "ru": (
            "Вещь клиента повреждена",
            "Сначала убедитесь, что никто не пострадал. Осмотрите повреждение вместе с клиентом, опишите его в "
            "обращении и с согласия клиента приложите фотографии. Не обещайте конкретную сумму: скажите, кто и к "
            "какому дню примет решение. Сразу передайте обращение руководителю с высоким приоритетом. Когда "
            "компенсация согласована, запишите её сумму и дату выплаты. До следующего клиента проверьте оборудование "
            "и порядок работы.",
        ),
    },
    "not_available": {
        "en": (
            "When what was asked for is not available",
            "Say at once that it is not available, and until when. Offer the nearest substitute, another branch or a "
            "later date, and let the customer choose. If the customer wants to wait, record the wish with a date and "
            "call back on that day, even if there is nothing new. Reserve the place or the product as soon as it "
            "appears. Count such refusals by product and hour: they show demand that the schedule or the stock does "
            "not cover.",
        ),
        "ru": (
            "Нет того, о чём просит клиент",
            "Сразу скажите, что этого сейчас нет и когда появится. Предложите ближайшую замену, другой филиал или "
            "более позднюю дату и дайте клиенту выбрать. Если он готов ждать, запишите пожелание с датой и в этот день "
            "перезвоните, даже если новостей нет. Забронируйте место или товар, как только они появятся. Считайте "
            "такие отказы по товарам и часам: они показывают спрос, которого не покрывает расписание или запас.",
        ),
    },
    "unclear_information": {
        "en": (
            "When information is missing or unclear",
            "Answer the question itself first, in one or two sentences, then say where the answer can be found. Check "
            "that the site, the price list and the messages say the same; if they differ, follow the version that is "
            "better for the customer. Send the answer in writing if it holds a date, a price or a condition. Tell the "
            "owner of the text what was misunderstood. If the same question comes three times in a month, the text "
            "must be rewritten.",
        ),
        "ru": (
            "Информации не хватает или она непонятна",
            "Сначала ответьте на сам вопрос, одной-двумя фразами, затем скажите, где найти этот ответ. Проверьте, что "
            "сайт, прейскурант и сообщения говорят одно и то же; если они расходятся, действуйте по варианту, который "
            "лучше для клиента. Если в ответе есть дата, цена или условие, отправьте его письменно. Сообщите тому, кто "
            "отвечает за текст, что именно поняли неверно. Если один и тот же вопрос задали трижды за месяц, текст "
            "нужно переписать.",
        ),
    },
}


def write_first_articles(connection: sa.Connection, at: str) -> int:
    """The articles for those causes that the store knows, published from that day on; how many there are.

    Parameters
    ----------
    connection : Connection
        The transaction that makes the store.
    at : str
        The store's time, ISO.
    """
    causes = connection.execute(sa.select(TABLES["causes"].c.cause, TABLES["causes"].c.cause_id))
    numbers = {code: number for code, number in causes if code in FIRST_ARTICLES}
    rows = [
        {"language": language, "title": title, "body": body, "cause_id": numbers[code]}
        for code, texts in FIRST_ARTICLES.items() if code in numbers
        for language, (title, body) in texts.items()
    ]  # fmt: skip
    if not rows:
        return 0
    common = {"status": "published", "actor": "system", "version": 1}
    last = connection.execute(sa.select(sa.func.max(TABLES["articles"].c.article_id))).scalar() or 0
    rows = [row | common | {"article_id": last + place} for place, row in enumerate(rows, 1)]
    connection.execute(sa.insert(TABLES["articles"]), [row | {"valid_from": at[:10], "valid_to": None} for row in rows])
    connection.execute(sa.insert(TABLES["article_versions"]), [
        {name: row[name] for name in ("article_id", "version", "title", "body", "status", "actor")} | {"written_at": at}
        for row in rows
    ])  # fmt: skip
    return len(rows)
