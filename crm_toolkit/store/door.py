"""The store as one person sees it: an open door to the single customer database."""

from __future__ import annotations

import datetime as dt
import os
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import sqlalchemy as sa

from crm_toolkit.errors import InputError, Problem
from crm_toolkit.schema import near_misses
from crm_toolkit.schema.arguments import methods_with_kinds_told
from crm_toolkit.schema.store import STORE_TABLES
from crm_toolkit.store import creating, database, departments, frames, knowledge, narrowing, search, sql, versions
from crm_toolkit.store.actors import Actor
from crm_toolkit.store.card import Card, Timeline, card_of, timeline_page
from crm_toolkit.store.entering.generic import no_such_row, require_open
from crm_toolkit.store.history import history
from crm_toolkit.store.layout import ROLES, TABLES
from crm_toolkit.store.rights import Rights
from crm_toolkit.store.roles import Role
from crm_toolkit.store.submission import submit, whole_number
from crm_toolkit.texts import join_names, say

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow as pa

    from crm_toolkit.intake import Preview
    from crm_toolkit.store.departments import Panel, ShownView, View
    from crm_toolkit.store.duplicates import LinkageRule, Matches, Survivorship
    from crm_toolkit.store.duplicates.joining import Joined
    from crm_toolkit.store.entering.generic import Submitted
    from crm_toolkit.store.export import Exported
    from crm_toolkit.store.imports import ImportReport
    from crm_toolkit.store.privacy.erasure import Erased
    from crm_toolkit.store.privacy.person_data import PersonData

_ISO = "%Y-%m-%d %H:%M:%S"
T = TypeVar("T")


@methods_with_kinds_told
@dataclass(frozen=True)
class Store:
    """The single customer database, opened for one person in one role.

    Made by `Store.create` and `Store.open`. Everything that is read comes through the rules of the role; everything
    that is written goes through a form, with a log of who did it.

    Parameters
    ----------
    url : str
        Address of the database: a file, or a URL of PostgreSQL.
    actor : Actor
        Who is at the door.
    role : Role
        The rules.

    Examples
    --------
    >>> import tempfile, crm_toolkit as crm
    >>> world = crm.simulate("barbershop", customers=50, weeks=20, seed=7)
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     store = crm.Store.create(f"{folder}/crm.db", world.tables)
    ...     desk = store.as_role("marketing")
    ...     everybody = desk.list("customers", limit=None)
    ...     print(len(everybody) == len(world.tables["customers"]), everybody["phone"][0][:3])
    ...     store.close()
    True •••
    """

    url: str
    actor: Actor
    role: Role
    engine: sa.Engine = field(repr=False, compare=False)
    info: Mapping[str, str] = field(repr=False, compare=False, default_factory=dict)

    @classmethod
    def create(
        cls,
        url: str | os.PathLike[str],
        tables: Mapping[str, Any] | None = None,
        *,
        currency: str = "RUB",
        language: str = "",
        timezone: str = "",
    ) -> Store:
        """Make a new store, empty or filled from a world's tables, and open it as a manager.

        Parameters
        ----------
        url : str or path
            A file that does not exist yet, or the URL of an empty database.
        tables : mapping of str to DataFrame, optional
            As ``world.tables``: 10,000 customers take seconds.
        currency : str
            Code of the currency of all money.
        language : {"en", "ru"}, optional
            Language of what the store itself writes (names of causes, first articles); the reader's by default.
        timezone : str
            Name of the organisation's time zone, for the reader; times are local.

        Returns
        -------
        Store
            For the role ``"manager"``. Its clock starts at the last moment of the tables and runs on from there.

        Raises
        ------
        InputError
            If a store is there already, or a table does not fit the contract. Nothing is left of a failed try.
        """
        creating.create(url, tables, currency=currency, language=language, timezone=timezone)
        return cls.open(url, role="manager")

    @classmethod
    def open(
        cls,
        url: str | os.PathLike[str],
        *,
        role: str | Role = "manager",
        employee: int | None = None,
        customer: int | None = None,
    ) -> Store:
        """Open a store for one person.

        Parameters
        ----------
        url : str or path
            As it was created.
        role : str or Role
            Name of a role, or one of your own.
        employee, customer : int, optional
            Number of the person. The role "customer" needs a customer's.

        Raises
        ------
        InputError
            If there is no store, no such role, or no such person.
        """
        engine = database.engine_for(url)
        try:
            with database.reading(engine) as connection:
                found = versions.require_version(connection)
            if found < versions.SCHEMA_VERSION:
                database.written(engine, versions.brought_up_to_date)
            with database.reading(engine) as connection:
                about = versions.info(connection)
                rules = _role(connection, role)
                actor = _actor(connection, rules, employee, customer)
        except BaseException:
            engine.dispose()
            raise
        return cls(os.fspath(url), actor, rules, engine, about)

    def as_role(self, role: str | Role, *, employee: int | None = None, customer: int | None = None) -> Store:
        """The same store through another role's eyes."""
        with database.reading(self.engine) as connection:
            rules = _role(connection, role)
            return replace(self, actor=_actor(connection, rules, employee, customer), role=rules)

    def close(self) -> None:
        """Let the file go."""
        self.engine.dispose()

    @cached_property
    def rights(self) -> Rights:
        """The role's rules for this person."""
        return Rights(self.role, self.actor)

    @property
    def key(self) -> bytes:
        """Key of the log's tokens."""
        return bytes.fromhex(self.info["key"])

    def now(self) -> dt.datetime:
        """The store's time: it starts where the tables of its world end, and runs on."""
        return dt.datetime.now().replace(microsecond=0) - dt.timedelta(seconds=int(self.info["clock_offset"]))

    def now_iso(self) -> str:
        """The store's time as it is stored."""
        return self.now().strftime(_ISO)

    def last_change(self) -> int:
        """The number of the last entry in the log: it grows with every change, so that a page knows when to look again.

        It is cheap to ask and tells nothing of what was changed.
        """
        with database.reading(self.engine) as connection:
            return int(connection.execute(sa.select(sa.func.max(TABLES["audit"].c.audit_id))).scalar() or 0)

    def submit(
        self, form: str, values: Mapping[str, Any], *, row: int | None = None, expected_version: int | None = None
    ) -> Submitted:
        """Hand in a form.

        Parameters
        ----------
        form : str
            Name of a form that lies at this person's door (`store.FORMS`).
        values : mapping of str to object
            Field → what was typed. Money in currency units.
        row : int, optional
            Key of the row that is changed.
        expected_version : int, optional
            Version of that row which the person saw.

        Returns
        -------
        Submitted
            Table, key and version of the row; ``pending`` names fields that wait for an employee.

        Raises
        ------
        InputError
            With every problem of the form at once; nothing was saved.
        ConflictError
            If somebody changed the row meanwhile; it holds what was typed and what stands there now.
        """
        return submit(self, form, values, row=row, expected_version=expected_version)

    def select(
        self,
        entity: str,
        *,
        where: Mapping[str, Any] | None = None,
        order: str | Sequence[str] = (),
        limit: int | None = None,
        offset: int = 0,
    ) -> sa.Select:
        """A select of what this person sees of a table, narrowed and ordered; see `list` and `narrowing`."""
        return narrowing.selected(self.rights, entity, where=where, order=order, limit=limit, offset=offset)

    def list(
        self,
        entity: str,
        *,
        where: Mapping[str, Any] | None = None,
        order: str | Sequence[str] = (),
        limit: int | None = 100,
        offset: int = 0,
    ) -> pd.DataFrame:
        """Rows of a table as this person sees them.

        Parameters
        ----------
        entity : str
            Table.
        where : mapping of str to object, optional
            Column → what must stand there: a value, several values, or None for nothing. Money in currency units;
            a day given for a moment means the whole day; a masked column is compared with its mask.
        order : str or sequence of str
            Columns to order by; with a minus before the name from the last. What is alike is ordered by the key.
        limit, offset : int
            How many rows, and how many are left out before them.

        Returns
        -------
        DataFrame
            Columns as in the contract without those that the role may not see; masked ones as text.

        Raises
        ------
        InputError
            If this person does not see the table or a column, or a value can't stand in its column.
        """
        wanted = self.select(entity, where=where, order=order, limit=limit, offset=offset)
        with database.reading(self.engine) as connection:
            few = limit is not None and limit <= frames.FEW
            return frames.frame(frames.arrow(connection, wanted, self.rights.columns(entity), few=few))

    def count(self, entity: str, *, where: Mapping[str, Any] | None = None) -> int:
        """How many rows of a table this person sees."""
        wanted = self.select(entity, where=where)
        with database.reading(self.engine) as connection:
            return int(connection.execute(sa.select(sa.func.count()).select_from(wanted.subquery())).scalar_one())

    def row(self, entity: str, key: int) -> dict[str, Any]:
        """One row of a table by its key, as this person sees it.

        Raises
        ------
        InputError
            If there is no such row for this person.
        """
        self.rights.require_rows(entity)
        keys = STORE_TABLES[entity].table.key
        if len(keys) > 1:
            what = say("A row of `{table}` has no key of its own, but {keys} together: ask with `list`.", table=entity,
                       keys=join_names(f"`{one}`" for one in keys))  # fmt: skip
            raise InputError(say("Nothing can be shown."), [Problem("no_single_key", what, column=entity)])
        found = self.list(entity, where={keys[0]: key}, limit=1)
        if not len(found):
            raise no_such_row(entity, key)
        return {str(name): _plain(value) for name, value in found.iloc[0].items()}

    def search(
        self, text: str, *, kinds: Collection[str] = ("customers", "contacts", "requests", "articles"), limit: int = 20
    ) -> search.SearchResult:
        """Find customers, contacts, requests and articles by words of their names, numbers and texts.

        Parameters
        ----------
        text : str
            Words that must all be there, in any form and spelling; the last may be unfinished, unless a blank
            follows it. ``"words in quotation marks"`` must follow each other; a word with a minus before it must
            not be there. Nothing else is an order. Telephone numbers are found in any writing, also by their end.
        kinds : collection of str
            Tables that are searched.
        limit : int
            How many hits are given, up to 1,000.

        Returns
        -------
        SearchResult
            The best hits with excerpts, and how many there are of each kind. Only what this person may read is
            searched, counted and shown.

        Raises
        ------
        InputError
            If a kind is not known or the limit is none.

        Examples
        --------
        >>> import tempfile, crm_toolkit as crm
        >>> world = crm.simulate("barbershop", customers=50, weeks=20, seed=7)
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     store = crm.Store.create(f"{folder}/crm.db", world.tables, language="en")
        ...     key = store.submit("customer", {"full_name": "Ada King", "phone": "+7 000 123-45-67"}).key
        ...     by_number, by_name = store.search("0001234567"), store.search("king")
        ...     masked = store.as_role("marketing").search("0001234567")
        ...     store.close()
        >>> by_number.hits[0].key == key, [(piece.text, piece.is_hit) for piece in by_name.hits[0].pieces]
        (True, [('Ada ', False), ('King', True)])
        >>> masked.hits, masked.closed
        ((), ('customers', 'contacts', 'requests'))
        """
        with database.reading(self.engine) as connection:
            return search.find(connection, self.rights, text, kinds=kinds, limit=limit)

    def article(self, number: int) -> knowledge.Article:
        """One article of the knowledge base.

        Raises
        ------
        InputError
            If there is no such article for this person.
        """
        with database.reading(self.engine) as connection:
            return knowledge.article(connection, self.rights, number)

    def suggest(self, request: int, *, limit: int = 3) -> tuple[knowledge.Suggestion, ...]:
        """Articles that may help with a request: those of its root cause first, then those that share words with it.

        Only what is published and holds today; the reader's language first.

        Raises
        ------
        InputError
            If there is no such request for this person, or the role may see no articles.

        Examples
        --------
        >>> import tempfile, crm_toolkit as crm
        >>> world = crm.simulate("barbershop", customers=50, weeks=20, seed=7)
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     store = crm.Store.create(f"{folder}/crm.db", world.tables, language="en")
        ...     who = int(world.tables["customers"]["customer_id"][0])
        ...     values = {"customer_id": who, "kind": "complaint", "subject": "The bill is wrong"}
        ...     found = store.suggest(store.submit("request", values).key, limit=1)
        ...     store.close()
        >>> found[0].title, found[0].why
        ('When a bill is wrong', 'words')
        """
        with database.reading(self.engine) as connection:
            today = self.now_iso()[:10]
            return knowledge.suggestions(connection, self.rights, request, today=today, limit=limit)

    def article_statistics(self) -> pd.DataFrame:
        """How often every article was used, and whether it helped.

        Returns
        -------
        DataFrame
            ``article_id``, ``title``, ``language``, ``status``, ``cause_id``; ``uses``, ``requests`` (different ones),
            ``rated``, ``helpful`` (counts), ``helpful_share`` (fraction of the rated ones; missing without any) and
            ``last_used_at``; the most used first.
        """
        with database.reading(self.engine) as connection:
            return knowledge.statistics(connection, self.rights)

    def repeat_failures(self, article: int, *, within_days: int = 90) -> knowledge.RepeatFailures:
        """How often the failure that an article is about came back to the same customer, before it held and since.

        Parameters
        ----------
        article : int
            Number of an article with a root cause and a first day.
        within_days : int
            How long after a request another one with the same cause counts as its repetition, in days.
        """
        with database.reading(self.engine) as connection:
            return knowledge.repeat_failures(
                connection, self.rights, article, now=self.now(), within_days=within_days
            )  # fmt: skip

    def card(self, customer_id: int, *, as_of: dt.datetime | None = None) -> Card:
        """The 360° card of one customer as this person sees it.

        Parameters
        ----------
        customer_id : int
            The customer.
        as_of : datetime, optional
            The moment as of which events, debts, points, consents and rates are told; the store's time by default.
            Fields of the profile and states of requests are those of now.

        Returns
        -------
        Card
            Fields that the role may not see are absent; sections that it may not see are None and named in
            ``withheld`` with the sentence to put in their place.

        Raises
        ------
        InputError
            If there is no such customer for this person.

        Examples
        --------
        >>> import tempfile, crm_toolkit as crm
        >>> world = crm.simulate("barbershop", customers=50, weeks=20, seed=7)
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     store = crm.Store.create(f"{folder}/crm.db", world.tables)
        ...     anybody = store.list("customers", limit=1)["customer_id"][0]
        ...     card = store.as_role("marketing").card(anybody)
        ...     print(card.field("phone").value[:3], card.requests, card.withheld["requests"])
        ...     store.close()
        ••• None “Open requests” is not for the role “Marketing”.
        """
        return self._or_survivor(customer_id, lambda key: card_of(self, key, as_of=as_of))

    def timeline(
        self,
        customer_id: int,
        *,
        lane: str = "",
        as_of: dt.datetime | None = None,
        limit: int = 30,
        offset: int = 0,
    ) -> Timeline:
        """A page of a customer's timeline, the newest first.

        Parameters
        ----------
        customer_id : int
            The customer.
        lane : {"", "contacts", "orders", "payments", "requests", "touches", "surveys"}
            Only this lane; all by default.
        as_of : datetime, optional
            The store's time by default.
        limit, offset : int
            Events on the page, and left out before it.

        Returns
        -------
        Timeline
            ``.frame()`` gives a table, ``.by_department()`` the lanes of departments.

        Raises
        ------
        InputError
            If there is no such customer or lane for this person.
        """
        return self._or_survivor(
            customer_id, lambda key: timeline_page(self, key, lane=lane, as_of=as_of, limit=limit, offset=offset)
        )

    def _or_survivor(self, customer_id: int, show: Callable[[int], T]) -> T:
        """What is shown of a customer; of one whose record went into another one, what is shown of that one."""
        try:
            return show(customer_id)
        except InputError as refusal:
            if refusal.problems[0].code != "no_such_row":
                raise
            from crm_toolkit.store.duplicates.joining import survivor_of

            with database.reading(self.engine) as connection:
                survivor = survivor_of(connection, int(customer_id))
            if survivor == customer_id:
                raise
        try:
            return show(survivor)
        except InputError:
            return show(customer_id)  # not for this person either: the letter is about the number that was asked for

    def view(self, view: View | str) -> ShownView:
        """A department's view as this person sees it.

        Parameters
        ----------
        view : View or str
            Name of a ready view ("marketing", "sales", "service", "finance", "management"), or one of your own
            (`departments.make_view`).

        Returns
        -------
        ShownView
            One panel for each question: rows, metrics, and what the role may not see by name.

        Raises
        ------
        InputError
            If there is no view of that name.
        """
        return departments.show(self, view)

    def mirror(self, what: int | Card | View | str, *, roles: Iterable[str | Role] = ()) -> pd.DataFrame:
        """The same screen through other roles' eyes, side by side.

        Parameters
        ----------
        what : int, Card, View or str
            A customer by number or card, or a department's view.
        roles : iterable of str or Role
            Names of roles, or roles of your own; all ready ones by default. A role with rows of a team looks from the
            first branch.

        Returns
        -------
        DataFrame
            A line for each field, number and section, a column for each role: what it sees ("–": nothing), and
            ``differs``.

        Raises
        ------
        InputError
            If this person has no right to give people access: the mirror shows what others see.
        """
        from crm_toolkit.store.mirror import mirror

        return mirror(self, what, roles=roles)

    def history(self, entity: str, key: int) -> pd.DataFrame:
        """Who changed what in a row, and when.

        Parameters
        ----------
        entity : str
            Table.
        key : int
            Key of the row.

        Returns
        -------
        DataFrame
            ``at``, ``actor``, ``action``, ``field``, ``before``, ``after``, in the order of time. Values stand there
            as far as they are kept and the person may read them; fields that the role may not see are not named.

        Raises
        ------
        InputError
            If there is no such row for this person, or the role may see no history of it.
        """
        return history(self, entity, key)

    def export(
        self,
        what: str | Panel,
        path: str | os.PathLike[str],
        *,
        where: Mapping[str, Any] | None = None,
        order: str | Sequence[str] = (),
        limit: int | None = None,
        replace: bool = False,
    ) -> Exported:
        """Save a table as this person sees it to a file, with an entry in the list of exports.

        Parameters
        ----------
        what : str or Panel
            Table, or a panel of a department's view (`View.panels`).
        path : path
            Where to; the ending says how: .csv, .tsv, .xlsx or .parquet.
        where, order, limit
            As in `list`; not for a panel, which has its own.
        replace : bool
            Whether a file of that name may be replaced.

        Returns
        -------
        Exported
            Path, rows, columns, and the key of the entry.

        Raises
        ------
        InputError
            If the role has no right to export, the table can't be seen, or the place can't be written.
        """
        from crm_toolkit.store.export import export

        return export(self, what, path, where=where, order=order, limit=limit, replace=replace)

    def preview_import(self, source: Any, entity: str = "customers", **hints: Any) -> Preview:
        """Look at a file before it is imported: its headers, how they would be read, its first rows, what is wrong.

        Parameters
        ----------
        source : path, bytes, open binary file, or frame
            The file.
        entity : {"customers", "contacts", "purchases"}
            What it holds.
        **hints
            ``columns`` and the words of `import_file` about how the file is written.

        Raises
        ------
        InputError
            If the role has no right to bring in files.
        """
        from crm_toolkit.store.imports import preview_import

        return preview_import(self, source, entity, **hints)

    def import_file(
        self,
        source: Any,
        entity: str = "customers",
        *,
        columns: Mapping[str, str | int] | None = None,
        key: str = "outside",
        match: Sequence[str] = ("key", "phone", "email"),
        dry_run: bool = False,
        skip_problems: bool = False,
        **hints: Any,
    ) -> ImportReport:
        r"""Bring in a file of customers, contacts or purchases: all of it or nothing, and never twice.

        Parameters
        ----------
        source : path, bytes, open binary file, or frame
            The file.
        entity : {"customers", "contacts", "purchases"}
            What it holds.
        columns : mapping of str to str or int, optional
            Field → header of its column, or number from 1, where it is not recognised.
        key : {"outside", "store"}
            Whether the file's numbers of customers, contacts and orders are its own, or numbers of this store.
        match : sequence of {"key", "phone", "email"}
            By what a customer of the file is found here, in this order.
        dry_run : bool
            Only say what would happen.
        skip_problems : bool
            Leave out rows with problems; otherwise nothing is imported while there are any.
        **hints
            How the file is written, as in `datasets.read_customers` (``encoding``, ``day_first``, …), and
            ``system`` (name of the program whose numbers the file uses), ``words`` (what words of the file mean),
            ``kinds`` (the same for kinds of contacts), ``basis`` (lawful basis), ``text_version`` (of consents),
            ``add_customers`` (whether purchases and contacts of unknown customers bring them in).

        Returns
        -------
        ImportReport
            What was, or would be, added, changed and left out, with every problem by row and column.

        Raises
        ------
        InputError
            If the role has no right to it, the file can't be read, or rows have problems; nothing was written.

        Examples
        --------
        >>> import tempfile, crm_toolkit as crm
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     store = crm.Store.create(f"{folder}/crm.db")
        ...     file = b"client_id,full_name,phone\nK1,Ada King,+7 000 123-45-67\n"
        ...     first = store.import_file(file, "customers", name="list.csv")
        ...     again = store.import_file(file, "customers", name="list.csv")
        ...     store.close()
        >>> first.added, again.added, again.unchanged
        (1, 0, 1)
        """
        from crm_toolkit.store.imports import import_file

        return import_file(self, source, entity, columns=columns, key=key, match=match, dry_run=dry_run,
                           skip_problems=skip_problems, **hints)  # fmt: skip

    def find_duplicates(self, *, threshold: float = 0.0, rule: LinkageRule | None = None) -> Matches:
        """Find records that may be one person among the customers that this person sees.

        Parameters
        ----------
        threshold : float
            Least score of a match, in bits; see `store.duplicates.find_duplicates`.
        rule : LinkageRule, optional
            Weights; the declared ones by default.

        Raises
        ------
        InputError
            If the role has no right to merge records.
        """
        from crm_toolkit.store.duplicates.joining import duplicates_of

        return duplicates_of(self, threshold=threshold, rule=rule)

    def merge(
        self,
        survivor: int,
        others: int | Iterable[int],
        *,
        rules: Survivorship | None = None,
        score: float | None = None,
    ) -> Joined:
        """Take records of one person into one.

        Parameters
        ----------
        survivor : int
            The customer whose record stays.
        others : int or iterable of int
            The records that go into it.
        rules : Survivorship, optional
            Which values survive; by default those of the surviving record, and what it lacks from the others.
        score : float, optional
            How sure the match was, in bits, to be kept with the merge.

        Returns
        -------
        Joined

        Raises
        ------
        InputError
            If the role has no right to it, or a record is not there, was erased or went into another one.

        Examples
        --------
        >>> import tempfile, crm_toolkit as crm
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     store = crm.Store.create(f"{folder}/crm.db")
        ...     one = store.submit("customer", {"full_name": "Ada King"}).key
        ...     two = store.submit("customer", {"full_name": "A. King", "phone": "+7 000 123-45-67"}).key
        ...     joined = store.merge(one, two)
        ...     print(store.count("customers"), store.row("customers", one)["phone"])
        ...     print(store.undo_merge(joined.merge_ids[0]).notes, store.count("customers"))
        ...     store.close()
        1 +7 000 123-45-67
        () 2
        """
        from crm_toolkit.store.duplicates.joining import merge

        return merge(self, survivor, others, rules=rules, score=score)

    def undo_merge(self, merge_id: int) -> Joined:
        """Take two records apart again that were merged.

        What was changed since the merge stays as it is now; ``notes`` of the result say what.

        Parameters
        ----------
        merge_id : int
            Key in `merges`.

        Raises
        ------
        InputError
            If the role has no right to it, there is no such merge, it was undone already, the person was erased, or
            the surviving record went into another one since: that merge is undone first.
        """
        from crm_toolkit.store.duplicates.parting import undo

        return undo(self, merge_id)

    def consent_coverage(self, *, at: dt.datetime | None = None) -> pd.DataFrame:
        """How many customers have agreed to each purpose.

        Parameters
        ----------
        at : datetime, optional
            The store's time by default.

        Returns
        -------
        DataFrame
            One row is one purpose: ``purpose``; ``customers`` (all that are there), ``given``, ``withdrawn``,
            ``expired``, ``never`` (counts that add up to ``customers``), ``share`` (given, a fraction).
        """
        from crm_toolkit.store.privacy.consents import coverage

        return coverage(self, at=at)

    def may_contact(self, purpose: str, *, on: dt.date | None = None) -> Sequence[int]:
        """Numbers of the customers who may be reached for a purpose on a day.

        A consent counts if it was given on that day or before, and neither withdrawn nor ended on it or before.

        Parameters
        ----------
        purpose : str
            One of `schema.store.PURPOSES`.
        on : date, optional
            Today by the store's time.

        Raises
        ------
        InputError
            If there is no such purpose, or the role does not see customers and consents.
        """
        from crm_toolkit.store.privacy.consents import allowed

        return allowed(self, purpose, on=on)

    def person_data(self, customer_id: int | None = None) -> PersonData:
        """Everything that is held about one person.

        Parameters
        ----------
        customer_id : int, optional
            The customer; in the customer's own account it is the one at the door.

        Returns
        -------
        PersonData
            ``.frames`` by table; ``.withheld`` names what this person may not see.

        Raises
        ------
        InputError
            If it is neither one's own account nor the role has the right "erase", or there is no such customer.
        """
        from crm_toolkit.store.privacy.person_data import person_data

        return person_data(self, customer_id)

    def export_person_data(
        self, path: str | os.PathLike[str], customer_id: int | None = None, *, replace: bool = False
    ) -> Path:
        """Save everything that is held about one person as a ZIP archive, with an entry in the list of exports.

        Parameters
        ----------
        path : path
            Where to.
        customer_id : int, optional
            As in `person_data`.
        replace : bool
            Whether a file of that name may be replaced.

        Returns
        -------
        Path
            The archive: a CSV a table with headings in words, ``data.json`` for programs, ``contents.txt``.

        Raises
        ------
        InputError
            As `person_data`, or if the place can't be written.
        """
        from crm_toolkit.store.privacy.person_data import export_person_data

        return export_person_data(self, path, customer_id, replace=replace)

    def request_erasure(self, customer_id: int | None = None, *, mode: str = "") -> Submitted:
        """Ask that a person be erased; the row of `erasures` says by when it is due.

        Parameters
        ----------
        customer_id : int, optional
            The customer; in the customer's own account it is the one at the door.
        mode : {"", "anonymise", "pseudonymise"}
            How, if an employee writes it down; to be anonymised by default.

        Raises
        ------
        InputError
            If it was asked for already, or this person may not ask for it.
        """
        asked = {"customer_id": customer_id, "mode": mode or None}
        return self.submit("erasure", {name: value for name, value in asked.items() if value is not None})

    def erase(self, customer_id: int, *, mode: str = "anonymise", key: bytes | None = None) -> Erased:
        """Erase a person: identity goes, statistics stay; it can't be undone.

        Parameters
        ----------
        customer_id : int
            The customer; records that were merged into it go too.
        mode : {"anonymise", "pseudonymise"}
            Whether the person can be recognised again by whoever holds the key.
        key : bytes, optional
            Secret key of at least 32 bytes (`store.privacy.new_key`), needed to pseudonymise; keep it apart.

        Returns
        -------
        Erased
            ``str()`` of it says what was removed and what stays.

        Raises
        ------
        InputError
            If the role has no right to it, there is no such customer, or it was done already.

        Examples
        --------
        >>> import tempfile, crm_toolkit as crm
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     store = crm.Store.create(f"{folder}/crm.db")
        ...     who = store.submit("customer", {"full_name": "Ada King"}).key
        ...     done = store.erase(who)
        ...     print(store.row("customers", who)["full_name"], done.clean, done.removed["profile_values"])
        ...     store.close()
        None True 1
        """
        from crm_toolkit.store.privacy.erasure import erase

        return erase(self, customer_id, mode=mode, key=key)

    def recognise(
        self, *, key: bytes, phone: str = "", email: str = "", full_name: str = "", birth_date: str = ""
    ) -> tuple[int, ...]:
        """Numbers of pseudonymised customers who had this telephone, address, or name with date of birth.

        Parameters
        ----------
        key : bytes
            The key with which they were pseudonymised.
        phone, email, full_name, birth_date : str
            Of somebody who may be back.

        Raises
        ------
        InputError
            If the role has no right to erase, or nothing is given.
        """
        from crm_toolkit.store.privacy.erasure import recognise

        return recognise(self, key=key, phone=phone, email=email, full_name=full_name, birth_date=birth_date)

    def compact(self) -> bool:
        """Write the files of the database anew, without what was removed; False if somebody is reading just now."""
        from crm_toolkit.store.privacy.erasure import compact

        self.rights.require("erase")
        return compact(self.engine)

    def arrow(self, entity: str) -> pa.Table:
        """A whole table as this person sees it, as an Arrow table."""
        with database.reading(self.engine) as connection:
            return sql.arrow_of(connection, self.rights, entity)

    def tables(self, *names: str) -> Any:
        """Whole tables as this person sees them, for `analysis`.

        Parameters
        ----------
        *names : str
            Tables of the store, or ``"purchases"``: one row a line of an order (`schema.PURCHASES`).

        Returns
        -------
        DataFrame, or a tuple of them
            In the order of the names.
        """
        with database.reading(self.engine) as connection:
            made = [frames.frame(sql.arrow_of(connection, self.rights, name)) for name in names]
        return made[0] if len(made) == 1 else tuple(made)

    def query(self, text: str) -> pd.DataFrame:
        """Ask with SQL over the tables as this person sees them.

        Parameters
        ----------
        text : str
            One SELECT in DuckDB's SQL. Money is in currency units, times are timestamps.

        Returns
        -------
        DataFrame

        Raises
        ------
        InputError
            If it is not one SELECT, names a table or column that this person does not see, or fails.
        """
        self.rights.require("query")
        return sql.asked(self.engine, self.rights, text)


def _role(connection: sa.Connection, role: str | Role) -> Role:
    if isinstance(role, Role):
        return role
    rules = connection.execute(sa.select(ROLES.c.rules).where(ROLES.c.role == role)).scalar()
    if rules is None:
        known = list(connection.execute(sa.select(ROLES.c.role).order_by(ROLES.c.role)).scalars())
        close = near_misses(role, known)
        advice = say("Did you mean `{close}`?", close=close[0]) if close else say(
            "The roles are {names}.", names=join_names(f"`{one}`" for one in known))  # fmt: skip
        what = say("There is no role `{role}`.", role=role)
        raise InputError(
            say("The store can't be opened."), [Problem("unknown_role", what, advice=advice, column="role")]
        )
    return Role.from_json(role, rules)


def _actor(connection: sa.Connection, role: Role, employee: int | None, customer: int | None) -> Actor:
    """The person, if there is one of that number; a role with rows of one's own needs a person."""
    heading = say("The store can't be opened.")
    needs_customer = "self" in role.rows.values()
    if needs_customer and customer is None:
        what = say("The role “{role}” is a customer's: say whose, customer=….", role=say(role.title))
        raise InputError(heading, [Problem("no_person", what, column="customer")])
    employee, customer = whole_number("employee", employee), whole_number("customer", customer)
    if customer is not None and employee is not None:
        what = say("One person is at the door: an employee or a customer, not both.")
        raise InputError(heading, [Problem("wrong_person", what, column="customer")])
    if customer is not None and not needs_customer:
        what = say("The role “{role}” is an employee's; it can't be opened for a customer.", role=say(role.title))
        raise InputError(heading, [Problem("wrong_person", what, column="customer")])
    branch = None
    for name, number, table in (("employee", employee, "employees"), ("customer", customer, "customers")):
        if number is None:
            continue
        columns = TABLES[table].c
        found = connection.execute(
            sa.select(columns.branch_id).where(columns[f"{name}_id"] == number)
        ).first()  # fmt: skip
        if found is None:
            what = say("There is nobody with the number {number} in `{table}`.", number=number, table=table)
            raise InputError(heading, [Problem("no_person", what, column=name)])
        branch = found[0] if name == "employee" else None
    if customer is not None:
        require_open(connection, customer)
    if employee is None and customer is None:  # a role without a person works in the first branch
        branch = connection.execute(sa.select(sa.func.min(TABLES["branches"].c.branch_id))).scalar()
    return Actor(role.name, employee, customer, branch)


def _plain(value: Any) -> Any:
    """A cell as a Python value; nothing where it is missing."""
    import pandas as pd

    if value is pd.NA or value is pd.NaT or value is None or (isinstance(value, float) and value != value):
        return None
    return value.item() if hasattr(value, "item") and not isinstance(value, pd.Timestamp) else value
