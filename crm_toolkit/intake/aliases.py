"""What columns are called in files from shops, accounts and CRM systems, in English and Russian.

A field has its names in ranks: the canonical name first, then names that can mean nothing else, then looser
ones. Two columns of the same rank for one field are a question for the reader of the file, not for a guess.
Names are compared without case, spaces, punctuation and units (`squeezed`).
"""

from __future__ import annotations

import re
import unicodedata

# fmt: off
PURCHASE_FIELDS: dict[str, tuple[tuple[str, ...], ...]] = {
    "order_id": (
        ("order_id",),
        (
            "invoice_no", "invoice", "invoice number", "invoice id", "order", "order no", "order number", "order #",
            "order nr", "transaction id", "transaction no", "transaction number", "basket_id", "basket", "receipt",
            "receipt no", "receipt number", "receipt id", "check number", "ticket", "ticket id", "purchase id",
            "sale id", "deal id", "deal", "bill no", "document number", "номер заказа", "№ заказа", "заказ",
            "код заказа", "id заказа", "ид заказа", "чек", "номер чека", "№ чека", "id чека", "накладная",
            "номер накладной", "№ накладной", "номер документа", "№ документа", "счёт", "номер счёта", "№ счёта",
            "номер покупки", "id покупки", "покупка", "номер продажи", "сделка", "id сделки", "номер сделки",
            "id транзакции", "номер транзакции", "заказ покупателя",
            "bestellnummer", "bestellung", "auftragsnummer", "rechnungsnummer", "belegnummer", "pedido",
            "número de pedido", "n.º de pedido", "factura", "número de factura", "commande", "numéro de commande",
            "n° de commande", "facture", "numéro de facture",
        ),
        ("transaction", "document", "документ", "документ продажи", "регистратор", "номер", "№",),
    ),
    "customer_id": (
        ("customer_id",),
        (
            "customer no", "customer number", "customer code", "client_id", "client code", "client no", "cust_id",
            "custid", "customer key", "household_id", "household_key", "household", "user_id", "userid", "buyer id",
            "member id", "member no", "loyalty card", "loyalty id", "card number", "card no", "account id",
            "contact id", "consumer id", "shopper id", "visitor id", "customer user id", "код клиента", "id клиента",
            "ид клиента", "номер клиента", "№ клиента", "клиент id", "код покупателя", "id покупателя",
            "номер покупателя", "код контрагента", "id контрагента", "карта", "номер карты", "№ карты",
            "карта лояльности", "номер карты лояльности", "дисконтная карта", "id пользователя", "id контакта",
            "код абонента", "номер участника",
            "kundennummer", "kunden-nr", "kunden-id", "código de cliente", "id de cliente",
            "número de cliente", "numéro de client", "code client", "id client",
        ),
        (
            "customer", "client", "buyer", "user", "member", "contact", "cust", "клиент", "покупатель", "контрагент",
            "заказчик", "пользователь", "контакт", "абонент", "участник", "гость", "пациент", "партнёр", "kunde",
            "cliente",
        ),
        (
            "customer name", "client name", "имя клиента", "фио", "фио клиента", "имя покупателя", "компания",
            "company",
        ),
        (
            "customer email", "email", "e-mail", "электронная почта", "почта", "phone", "телефон", "телефон клиента",
        ),
    ),
    "ordered_at": (
        ("ordered_at",),
        (
            "order date", "invoice date", "invoicedate", "order datetime", "order timestamp", "transaction date",
            "transaction datetime", "transaction_timestamp", "transaction time", "purchase date", "purchased at",
            "purchase datetime", "sale date", "date of sale", "date of purchase", "receipt date", "check date",
            "date time", "datetime", "timestamp", "order time", "event time", "date and time", "дата заказа",
            "дата продажи", "дата покупки", "дата чека", "дата накладной", "дата операции", "дата документа",
            "дата транзакции", "дата сделки", "дата и время", "дата время", "датавремя", "дата реализации",
            "дата отгрузки", "дата счёта", "время заказа", "дата оформления", "дата визита", "когда",
            "дата и время заказа", "дата и время продажи", "дата и время чека", "дата и время покупки",
            "bestelldatum", "kaufdatum", "rechnungsdatum", "belegdatum", "verkaufsdatum", "fecha de compra",
            "fecha de pedido", "fecha del pedido", "fecha de factura", "fecha de venta", "date de commande",
            "date d'achat", "date de facture", "date de vente",
        ),
        ("date", "day", "дата", "день", "период", "период, день", "datum", "fecha",),
        (
            "created at", "created", "date created", "paid at", "дата создания", "создан", "дата закрытия",
            "дата оплаты",
        ),
    ),
    "time": (
        ("time", "time of day", "hour", "время", "время чека", "время покупки", "время продажи",),
    ),
    "item": (
        ("item",),
        (
            "description", "item name", "item description", "product", "product name", "product title",
            "lineitem name", "line item", "goods", "service", "article name", "sku name", "product description",
            "line item name", "товар", "наименование товара", "название товара", "товар/услуга", "товар или услуга",
            "услуга", "наименование услуги", "номенклатура", "наименование номенклатуры", "позиция", "товары",
            "продукт", "наименование продукта", "название продукта", "наименование позиции", "блюдо",
            "artikel", "produkt", "artikelbezeichnung", "bezeichnung", "producto", "artículo", "descripción", "produit",
            "désignation",
        ),
        (
            "наименование", "название", "title", "описание", "содержание", "category", "категория",
            "товарная группа",
        ),
        (
            "product id", "item id", "stock code", "stockcode", "sku", "article", "item code", "product code",
            "артикул", "код товара", "код номенклатуры", "id товара", "штрихкод", "ean",
        ),
    ),
    "quantity": (
        ("quantity",),
        (
            "qty", "count", "units", "pieces", "pcs", "quantity sold", "units sold", "lineitem quantity",
            "item quantity", "qty ordered", "number of items", "volume", "order quantity", "количество", "кол-во",
            "кол", "колво", "количество товара", "кол-во товара", "штук", "шт", "объём", "количество, шт",
            "количество продано", "продано",
            "menge", "anzahl", "stück", "stückzahl", "cantidad", "unidades", "quantité", "qté",
        ),
    ),
    "unit_price": (
        ("unit_price",),
        (
            "price", "price per unit", "unit cost", "item price", "price each", "lineitem price", "item cost",
            "sale price", "selling price", "price per item", "unit amount", "product price", "цена",
            "цена за единицу", "цена за шт", "цена за штуку", "цена единицы", "цена товара", "цена продажи",
            "preis", "einzelpreis", "stückpreis", "precio", "precio unitario", "prix", "prix unitaire",
            "цена со скидкой", "цена за ед", "отпускная цена",
        ),
        ("rate", "тариф",),
    ),
    "amount": (
        ("amount",),
        (
            "line amount", "line total", "sales value", "sales_value", "total price", "total amount", "line value",
            "amount paid", "net amount", "gross amount", "net sales", "gross sales", "net total", "gross total",
            "sales amount", "sale amount", "order amount", "order total", "order value",
            "purchase amount", "transaction amount", "transaction value", "item total", "extended price", "сумма",
            "сумма продажи", "сумма заказа", "сумма покупки", "сумма чека", "сумма строки", "сумма со скидкой",
            "сумма документа", "сумма операции", "сумма к оплате", "сумма оплаты", "сумма сделки", "всего",
            "итоговая сумма", "сумма всего", "сумма итого", "общая сумма", "сумма реализации", "стоимость продажи",
            "betrag", "gesamtbetrag", "gesamtpreis", "umsatz", "importe", "importe total", "monto", "montant",
            "montant total",
        ),
        (
            "total", "sales", "revenue", "value", "sum", "spend", "spent", "turnover", "payment", "итого", "выручка",
            "стоимость", "продажи", "оборот", "оплачено", "оплата", "бюджет",
        ),
    ),
    "status": (
        (
            "status", "order status", "state", "financial status", "payment status", "order state", "статус",
            "статус заказа", "состояние", "состояние заказа", "статус оплаты", "статус сделки",
        ),
    ),
    "operation": (
        (
            "operation", "operation type", "transaction type", "document type", "type of operation", "event type",
            "event", "action", "order type", "тип операции", "вид операции", "операция", "тип документа",
            "вид документа", "тип чека", "тип заказа",
        ),
        ("type", "kind", "тип", "вид",),
    ),
    "returned_mark": (
        (
            "is return", "is returned", "return", "returned", "return flag", "is refund", "is refunded", "refunded",
            "признак возврата", "возврат", "возвращён", "это возврат",
        ),
    ),
    "cancelled_mark": (
        (
            "is cancelled", "is canceled", "cancelled", "canceled", "cancel flag", "deleted", "is deleted", "voided",
            "is void", "отменён", "отмена", "признак отмены", "удалён", "пометка удаления", "помечен на удаление",
        ),
    ),
    "paid_mark": (
        ("is paid", "paid", "оплачен",),
    ),
    "currency": (
        ("currency", "currency code", "валюта", "код валюты",),
    ),
}

CUSTOMER_FIELDS: dict[str, tuple[tuple[str, ...], ...]] = {
    "customer_id": (
        ("customer_id",),
        (*PURCHASE_FIELDS["customer_id"][1], "id", "code", "код", "ид", "номер", "№",),
        ("customer", "client", "клиент", "покупатель", "контрагент",),
    ),
    "full_name": (
        ("full_name",),
        (
            "name", "fullname", "customer name", "client name", "contact name", "person", "first and last name",
            "фио", "ф и о", "имя", "полное имя", "имя клиента", "фио клиента", "имя и фамилия", "фамилия имя",
            "фамилия имя отчество", "наименование", "название", "контактное лицо",
        ),
    ),
    "first_name": (
        ("first_name", "given name", "vorname", "nombre", "prénom",),
    ),
    "last_name": (
        ("last_name", "surname", "family name", "фамилия", "nachname", "apellido", "apellidos", "nom de famille",),
    ),
    "middle_name": (
        ("middle_name", "patronymic", "отчество",),
    ),
    "phone": (
        ("phone",),
        (
            "phone number", "telephone", "mobile", "mobile phone", "cell", "tel", "contact phone", "телефон",
            "номер телефона", "мобильный", "мобильный телефон", "сотовый", "тел", "контактный телефон",
            "рабочий телефон",
        ),
    ),
    "email": (
        ("email",),
        (
            "e-mail", "mail", "email address", "e-mail address", "эл почта", "электронная почта", "почта", "имейл",
            "адрес электронной почты", "рабочий email",
        ),
    ),
    "birth_date": (
        ("birth_date",),
        (
            "birthdate", "date of birth", "birthday", "dob", "born", "дата рождения", "день рождения", "др",
            "родился",
        ),
    ),
    "consent": (
        ("consent",),
        (
            "agreed", "opt in", "optin", "gdpr", "gdpr consent", "marketing consent", "accepts marketing",
            "subscribed", "согласие", "согласие на обработку", "согласие на обработку персональных данных",
            "согласие на рассылку", "согласен", "согласие на обработку пд", "рассылка", "einwilligung",
            "consentimiento", "consentement",
        ),
    ),
    "consent_email": (
        ("consent_email",),
        (
            "email consent", "consent to email", "email opt in", "e-mail opt in", "согласие на email",
            "согласие на e-mail", "согласие на e-mail рассылку", "согласие на email рассылку",
            "согласие на письма", "согласие на электронные письма", "согласие на почтовую рассылку",
        ),
    ),
    "consent_sms": (
        ("consent_sms",),
        (
            "sms consent", "consent to sms", "sms opt in", "text message consent", "согласие на sms",
            "согласие на смс", "согласие на sms рассылку", "согласие на смс рассылку", "согласие на смс сообщения",
        ),
    ),
    "sex": (("sex",), ("gender", "пол",),),
    "marital_status": (
        ("marital_status",), ("family status", "семейное положение", "семейный статус", "брак",),
    ),
    "children": (
        ("children",),
        (
            "number of children", "children count", "kids", "дети", "детей", "количество детей", "число детей",
            "кол-во детей",
        ),
    ),
    "education": (("education",), ("образование", "уровень образования",),),
    "profession": (
        ("profession",),
        ("occupation", "job", "job title", "профессия", "должность", "род занятий", "занятость",),
    ),
    "income_month": (
        ("income_month",),
        (
            "income", "monthly income", "income per month", "salary", "доход", "доход в месяц", "месячный доход",
            "ежемесячный доход", "зарплата",
        ),
    ),
    "city": (
        ("city",),
        (
            "town", "place of residence", "residence", "город", "населённый пункт", "место жительства",
            "город проживания",
        ),
    ),
    "region": (
        ("region",), ("state or province", "province", "регион", "область", "край", "регион проживания",),
    ),
}

_OF_CONTACTS = frozenset({"contact id", "id контакта", "ticket", "ticket id"})

CONTACT_FIELDS: dict[str, tuple[tuple[str, ...], ...]] = {
    "contact_id": (
        ("contact_id",),
        (
            "contact no", "contact number", "interaction id", "ticket", "ticket id", "ticket no", "ticket number",
            "case id", "case number", "case no", "call id", "request id", "request no", "номер обращения",
            "№ обращения", "код обращения", "id обращения", "id контакта", "номер контакта", "код контакта",
            "номер заявки", "№ заявки", "id заявки", "номер звонка", "id звонка", "номер визита",
        ),
        ("id", "no", "code", "ид", "код", "номер", "№",),
    ),
    "customer_id": (
        ("customer_id",),
        tuple(name for name in PURCHASE_FIELDS["customer_id"][1] if name not in _OF_CONTACTS),
        ("customer", "client", "клиент", "покупатель", "контрагент", "пациент", "гость", "абонент",),
        ("customer name", "client name", "имя клиента", "фио", "фио клиента",),
        ("email", "e-mail", "phone", "телефон", "телефон клиента",),
    ),
    "opened_at": (
        ("opened_at",),
        (
            "contact date", "contacted at", "date of contact", "opened", "interaction date", "call date", "visit date",
            "request date", "date time", "datetime", "timestamp", "date and time", "дата обращения", "дата контакта",
            "дата и время", "дата время", "дата и время обращения", "дата и время контакта", "дата звонка",
            "дата визита", "дата заявки", "дата поступления", "время обращения", "когда",
        ),
        ("date", "day", "дата", "день",),
        ("created at", "created", "date created", "дата создания", "создано", "создан",),
    ),
    "time": (("time", "time of day", "время", "время звонка", "время контакта",),),
    "kind": (
        ("kind",),
        (
            "contact type", "contact kind", "type of contact", "interaction type", "request type", "type of request",
            "activity type", "тип контакта", "вид контакта", "тип обращения", "вид обращения", "тип события",
            "вид события", "тип взаимодействия", "вид взаимодействия", "тип активности", "повод", "повод обращения",
        ),
        ("type", "event", "activity", "тип", "вид", "событие",),
        ("category", "категория",),
    ),
    "channel": (
        ("channel",),
        (
            "contact channel", "communication channel", "medium", "канал", "канал связи", "канал обращения",
            "канал контакта", "способ связи", "способ обращения", "источник обращения",
        ),
    ),
    "department": (
        ("department",),
        (
            "department name", "unit", "team", "отдел", "подразделение", "служба", "отделение", "название отдела",
        ),
    ),
    "employee": (
        ("employee",),
        (
            "employee name", "staff", "staff member", "agent", "operator", "manager", "assignee", "handled by",
            "responsible", "сотрудник", "фио сотрудника", "имя сотрудника", "менеджер", "оператор", "ответственный",
            "исполнитель", "принял", "администратор", "мастер",
        ),
    ),
    "subject": (
        ("subject",), ("topic", "title", "summary", "тема", "тема обращения", "тема письма", "заголовок", "суть",),
    ),
    "body": (
        ("body",),
        (
            "text", "message", "message text", "content", "description", "details", "comment", "comments", "notes",
            "note", "transcript", "текст", "текст обращения", "текст сообщения", "сообщение", "описание",
            "содержание", "комментарий", "примечание", "подробности",
        ),
    ),
    "order_id": (
        ("order_id",),
        (
            *("order", "order no", "order number", "order #", "номер заказа", "№ заказа", "заказ", "код заказа"),
            *("id заказа", "invoice no", "invoice number", "номер чека", "№ чека", "чек"),
        ),
    ),
}
# fmt: on

_UNITS = re.compile(
    r"[\s,(\[/]+(?:в\s+)?(?P<unit>руб(?:\.|лей|ли|ль)?|rub|rur|₽|р\.|usd|us\$|\$|eur|€|евро|gbp|£|uah|₴|грн\.?|kzt|₸|"
    r"тенге|byn|cny|¥|шт(?:\.|ук)?|ед(?:\.|иниц)?|кг|pcs|units)\s*\.?\s*[)\]]?\s*$",
    re.IGNORECASE,
)
_LONGEST_UNIT = 24
_LONGEST_HEADER = 200


def squeezed(header: object) -> str:
    """A header without case, spaces, punctuation; № and # count as "no".

    >>> squeezed(" Customer ID "), squeezed("CustomerID"), squeezed("№ чека"), squeezed("Invoice_No")
    ('customerid', 'customerid', 'noчека', 'invoiceno')
    """
    text = str(header).replace("№", "no").replace("#", "no")
    text = unicodedata.normalize("NFKC", text).casefold().replace("ё", "е")
    return "".join(sign for sign in text if sign.isalnum())


def without_unit(header: object) -> tuple[str, str]:
    """A header without the unit behind it, and the unit.

    >>> without_unit("Сумма, руб."), without_unit("Amount (USD)")
    (('Сумма', 'руб.'), ('Amount', 'USD'))
    """
    text = " ".join(str(header).split())
    begin = max(0, len(text) - _LONGEST_UNIT)
    found = _UNITS.search(text, begin) if len(text) <= _LONGEST_HEADER else None
    return (text[: found.start()], found["unit"]) if found and found.start() else (text, "")


def ranks(fields: dict[str, tuple[tuple[str, ...], ...]]) -> dict[str, list[tuple[str, int]]]:
    """For each squeezed name: which fields it may stand for and at what rank."""
    found: dict[str, list[tuple[str, int]]] = {}
    for field, tiers in fields.items():
        for rank, names in enumerate(tiers):
            for name in dict.fromkeys(squeezed(name) for name in names):
                if all(field != other for other, _ in found.get(name, [])):
                    found.setdefault(name, []).append((field, rank))
    return found
