"""The canonical frame of contacts out of recognised columns: who came when, through what, about what.

The kind of a contact is one of the store's own (`schema.store.CONTACT_KINDS`), read from words in English and Russian.
A word that is not known is never guessed: all of them are named at once, and the reader of the file says what they
mean, ``kinds={"обход": "visit"}``.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from crm_toolkit.intake.dates import read_dates
from crm_toolkit.intake.encoding import note_mojibake
from crm_toolkit.intake.findings import Findings, in_quotes, shown
from crm_toolkit.intake.grid import Cells, Grid, plain_text
from crm_toolkit.intake.hints import Hints
from crm_toolkit.intake.ids import read_ids, texts
from crm_toolkit.intake.purchases import moment_cells, pandas_column, refuse_blank_dates
from crm_toolkit.intake.report import Report, report_of
from crm_toolkit.schema.contract import CONTACTS
from crm_toolkit.schema.store import CONTACT_KINDS
from crm_toolkit.texts import join_names, say, say_count

_WORDS = {
    "purchase": (
        "purchase, purchases, sale, sold, order, buy, deal, payment, checkout, покупка, продажа, заказ, сделка, "
        "оплата, приобретение, чек"
    ),
    "visit": (
        "visit, appointment, walk in, walk-in, meeting, consultation, check in, визит, посещение, приём, прием, "
        "встреча, запись, явка, приход, консультация в офисе"
    ),
    "service_request": (
        "service request, request, ticket, service, repair, support, incident, problem, issue, return, заявка, "
        "заявка на обслуживание, обращение, обслуживание, сервис, сервисная заявка, запрос на обслуживание, ремонт, "
        "поддержка, техподдержка, инцидент, проблема, возврат, обращение за услугой"
    ),
    "information_request": (
        "information request, inquiry, enquiry, question, info, information, consultation request, query, вопрос, "
        "запрос информации, информационный запрос, консультация, справка, запрос, информация, уточнение"
    ),
    "complaint": "complaint, claim, grievance, dispute, жалоба, претензия, рекламация, недовольство",
    "call": (
        "call, phone, phone call, telephone, incoming call, outgoing call, inbound call, outbound call, callback, "
        "звонок, телефонный звонок, входящий звонок, исходящий звонок, звонок входящий, звонок исходящий, "
        "обратный звонок, вызов"
    ),
    "message": (
        "message, email, e-mail, mail, letter, chat, sms, text message, dm, whatsapp, telegram, messenger, сообщение, "
        "письмо, электронное письмо, смс, чат, мессенджер, переписка"
    ),
    "campaign": (
        "campaign, newsletter, mailing, promotion, promo, advertising, рассылка, кампания, акция, реклама, промо, "
        "рекламная кампания, маркетинговая кампания"
    ),
    "feedback": (
        "feedback, review, survey, rating, praise, thanks, suggestion, compliment, отзыв, опрос, оценка, "
        "благодарность, предложение, анкета, пожелание, обратная связь"
    ),
    "note": "note, comment, remark, memo, заметка, комментарий, примечание, напоминание",
}
_KIND_OF = {
    word: kind for kind, words in _WORDS.items() for word in [kind.replace("_", " "), *words.split(", ")] if word
}
_TEXT_FIELDS = ("channel", "department", "employee", "subject", "body")


def kind_of(word: str) -> str:
    """The store's kind of a contact from a word of the file; empty where the word is not known.

    >>> kind_of("Жалоба"), kind_of("service_request"), kind_of("Phone call"), kind_of("визиты"), kind_of("обход")
    ('complaint', 'service_request', 'call', '', '')
    """
    said = re.sub(r"[\s_]+", " ", word.casefold().replace("ё", "е")).strip(" .!:;")
    return _KIND_OF.get(said) or _KIND_OF.get(said.replace("-", " "), "")


def build_contacts(
    grid: Grid,
    fields: Mapping[str, Cells],
    hints: Hints,
    findings: Findings,
    kinds: Mapping[str, str] | None = None,
) -> tuple[pd.DataFrame, Report]:
    """Read every column by its kind and refuse with all problems at once."""
    if not len(grid):
        raise findings.stop("no_rows", say("There are no rows: the table is empty below its header (0 rows)."))
    rows = grid.rows
    own = _own_kinds(kinds or {}, findings)
    dates = moment_cells(fields, "opened_at")
    moments = read_dates(dates, findings, rows, day_first=hints.day_first, timezone=hints.timezone)
    refuse_blank_dates(fields["opened_at"], moments, findings, rows)
    kind = _kinds(fields["kind"], own, findings, rows)
    customers = read_ids(fields["customer_id"], "customer_id", findings, rows)
    contacts = _contact_ids(fields.get("contact_id"), findings, rows)
    orders = read_ids(fields["order_id"], "order_id", findings, rows) if "order_id" in fields else None
    words = {name: _text(fields.get(name), len(grid), findings) for name in _TEXT_FIELDS}
    findings.stop_if_wrong()
    assert moments is not None
    frame = pd.DataFrame(
        {
            "contact_id": pandas_column(contacts),
            "customer_id": pandas_column(customers),
            "opened_at": pd.Series(moments.values.astype("datetime64[us]")),
            "kind": pa.array(kind, pa.large_string()).to_pandas(),
            "order_id": pandas_column(orders) if orders is not None else _text(None, len(grid), findings).to_pandas(),
            **{name: text.to_pandas() for name, text in words.items()},
        }
    )[list(CONTACTS.column_names)]
    _note_gaps(frame, fields, findings, rows)
    totals = {
        "customers": int(frame["customer_id"].nunique()),
        "contacts": len(frame),
        "first": frame["opened_at"].min().date(),
        "last": frame["opened_at"].max().date(),
    }
    return frame, report_of(findings, fields, len(frame), totals)


def _own_kinds(kinds: Mapping[str, str], findings: Findings) -> dict[str, str]:
    """The user's own words; a kind that the store does not have is refused."""
    unknown = sorted({str(kind) for kind in kinds.values() if kind not in CONTACT_KINDS})
    if unknown:
        findings.problem(
            "unknown_kind",
            say("These are no kinds of contact: {names}.", names=join_names(in_quotes(name, 30) for name in unknown)),
            advice=say("Available: {names}.", names=join_names(CONTACT_KINDS)),
        )
    return {word.casefold().strip(): kind for word, kind in kinds.items()}


def _kinds(cells: Cells, own: Mapping[str, str], findings: Findings, rows: np.ndarray) -> list[str]:
    words = plain_text(cells).combine_chunks().dictionary_encode()
    codes, values = words.indices.to_numpy(), words.dictionary.to_pylist()
    meanings = [own.get(value.casefold().strip()) or kind_of(value) for value in values]
    blank = np.array([not value for value in values], bool)[codes]
    strange = np.array([bool(value) and not meant for value, meant in zip(values, meanings, strict=True)], bool)
    if blank.any():
        findings.problem(
            "missing_kind",
            say_count(
                "The kind of contact (“{column}”) is missing in {count} row: {where}.",
                "The kind of contact (“{column}”) is missing in {count} rows: {where}.",
                int(blank.sum()),
                column=shown(cells.header),
                where=findings.where(rows[blank]),
            ),
            advice=say("Fill the cells in, or delete these rows."),
            rows=rows[blank],
            column=cells.header,
        )
    if strange.any():
        odd = [value for value, here in zip(values, strange, strict=True) if here]
        at = strange[codes]
        findings.problem(
            "unknown_kinds",
            say_count(
                "{count} word in “{column}” is no known kind of contact: {words} ({where}).",
                "{count} words in “{column}” are no known kinds of contact: {words} ({where}).",
                len(odd),
                column=shown(cells.header),
                words=join_names((in_quotes(word, 40) for word in odd), 30),
                where=findings.where(rows[at]),
            ),
            found=say("Known kinds: {names}.", names=join_names(CONTACT_KINDS)),
            advice=say("Say what they mean: {code}.", code=f"kinds={{'{shown(odd[0], 30)}': 'visit'}}"),
            rows=rows[at],
            column=cells.header,
        )
    said = {value: meant for value, meant in zip(values, meanings, strict=True) if meant}
    if said:
        pairs = join_names((f"{shown(value, 30)} → {meant}" for value, meant in said.items()), 12)
        findings.fact(say("Kinds of contact"), pairs)
    return [meanings[code] for code in codes.tolist()]


def _contact_ids(cells: Cells | None, findings: Findings, rows: np.ndarray) -> pa.ChunkedArray:
    """The file's numbers of contacts; without them, or where one is missing, the row's own."""
    made = pa.chunked_array([pa.array([f"row-{row}" for row in rows], pa.large_string())])
    if cells is None:
        findings.warn("no_contacts", say("There is no column with numbers of contacts: each row is one contact."))
        return made
    ids = read_ids(cells, "contact_id", findings, rows)
    missing = pc.is_null(ids).to_numpy(zero_copy_only=False)
    if missing.any():
        findings.warn(
            "missing_contact_id",
            say_count(
                "{count} contact has no number and gets that of its row ({where}).",
                "{count} contacts have no numbers and get those of their rows ({where}).",
                int(missing.sum()),
                where=findings.where(rows[missing]),
            ),
            rows=rows[missing],
        )
        ids = pc.if_else(pc.is_null(ids), made, ids.cast(pa.large_string()))
    twice = pd.Series(ids.to_pandas()).duplicated(keep=False).to_numpy()
    if twice.any():
        findings.problem(
            "contact_id_twice",
            say_count(
                "{count} row shares its number of contact (“{column}”) with another row: {where}.",
                "{count} rows share their numbers of contact (“{column}”) with other rows: {where}.",
                int(twice.sum()),
                column=shown(cells.header),
                where=findings.where(rows[twice]),
            ),
            advice=say("Give every contact a number of its own, or say which column holds it: contact_id='…'."),
            rows=rows[twice],
            column=cells.header,
        )
    return ids


def _text(cells: Cells | None, count: int, findings: Findings) -> pa.ChunkedArray:
    if cells is None:
        return pa.chunked_array([pa.nulls(count, pa.large_string())])
    found = texts(cells)
    note_mojibake([value for value in found.unique().to_pylist()[:50_000] if value], findings)
    return found


def _note_gaps(frame: pd.DataFrame, fields: Mapping[str, Cells], findings: Findings, rows: np.ndarray) -> None:
    """Contacts without a customer, and moments to come."""
    nobody = frame["customer_id"].isna().to_numpy()
    findings.counts["missing_customers"] = int(nobody.sum())
    if nobody.any():
        findings.warn(
            "contacts_without_customer",
            say_count(
                "{count} contact has no customer (“{column}” is empty) and is kept ({where}).",
                "{count} contacts have no customer (“{column}” is empty) and are kept ({where}).",
                int(nobody.sum()),
                column=shown(fields["customer_id"].header),
                where=findings.where(rows[nobody]),
            ),
            rows=rows[nobody],
        )
    future = (frame["opened_at"] > pd.Timestamp.now()).to_numpy()
    if future.any():
        findings.warn(
            "contacts_in_future",
            say_count(
                "{count} contact lies in the future ({where}); it is kept.",
                "{count} contacts lie in the future ({where}); they are kept.",
                int(future.sum()),
                where=findings.where(rows[future]),
            ),
            rows=rows[future],
        )
