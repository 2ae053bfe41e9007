"""A form of the store with labels, hints and all its problems: what the desk and the account are entered through.

The form is the one that `store.declared` declares; nothing about its rules stands here. What was typed is kept until it
is saved: a refusal marks the fields that it speaks of, and where somebody else changed the row meanwhile, what stands
there now is shown beside what was typed.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from crm_toolkit.errors import CRMError, InputError
from crm_toolkit.schema.store import STORE_TABLES
from crm_toolkit.store import Store
from crm_toolkit.store.declared import FORMS
from crm_toolkit.store.entering.generic import ConflictError, Submitted
from crm_toolkit.store.forms import Form, FormField
from crm_toolkit.texts import format_money, language, say
from crm_toolkit.widgets import pieces
from crm_toolkit.widgets.html import joined, tag
from crm_toolkit.widgets.store_style import (
    button,
    column,
    grid,
    html_area,
    in_language,
    letter,
    line,
    own_language,
    told,
)
from crm_toolkit.widgets.store_words import capital, plain_number, word

Option = tuple[str, Any]


class StoreForm:
    """A form on the page; made by `store_form`.

    Attributes
    ----------
    form : Form
    box : widget
    controls : dict of str to widget
        The fields that can be typed into, by name.
    submitted : Submitted or None
        What came of it the last time it was saved.
    problems : tuple of Problem
        Of the last refusal.
    """

    def __init__(
        self,
        store: Store,
        form: Form,
        *,
        row: int | None,
        values: Mapping[str, Any],
        fixed: Mapping[str, Any],
        options: Mapping[str, Sequence[Option]],
        labels: Mapping[str, str],
        save: str,
        done: Callable[[Submitted], Any] | None,
        cancel: Callable[[], Any] | None,
    ):
        self._language = str(language())
        self.store, self.form, self.row = store, form, row
        self.submitted: Submitted | None = None
        self.problems: tuple[Any, ...] = ()
        self.version: int | None = None
        self.controls: dict[str, Any] = {}
        self._fixed, self._options, self._labels = dict(fixed), dict(options), dict(labels)
        self._done = in_language(done) if done is not None else None
        self._notes: dict[str, Any] = {}
        self._fields: dict[str, Any] = {}
        self._rests: dict[str, Any] = {}
        self._begin = {**self._standing(), **values}
        self._build(cancel, save)

    @property
    def door(self) -> str:
        """At which door the form lies: "employee" or "customer"."""
        return self.store.actor.kind

    def values(self) -> dict[str, Any]:
        """What is handed in: everything that was typed, or, of a form that changes a row, what differs from before."""
        typed = {name: control.value for name, control in self.controls.items()}
        if self.form.action == "edit":
            needed = {one.name for one in self.form.fields if one.required}
            typed = {name: value for name, value in typed.items() if name in needed or value != self._rests[name]}
        return {**self._fixed, **typed}

    @own_language
    def fill(self, values: Mapping[str, Any]) -> None:
        """Put values into the fields, as if they had been typed."""
        for name, value in values.items():
            if name in self.controls:
                self.controls[name].value = self._shown(self._field(name), value)

    @own_language
    def submit(self) -> None:
        """Hand the form in; what came of it is told in the form."""
        self._clear()
        values = self.values()
        if self.form.action == "edit" and self.row is not None and not set(values) - set(self._fixed):
            self._said.value = told(say("Nothing was changed."))
            return
        try:
            done = self.store.submit(self.form.name, values, row=self.row, expected_version=self.version)
        except ConflictError as conflict:
            self._show_conflict(conflict)
        except InputError as refusal:
            self._refuse(refusal)
        except CRMError as refusal:
            self._said.value = letter(str(refusal))
        except Exception as error:  # a failure of ours; its text may hold what nobody should read
            self._said.value = letter(
                say("This can't be saved: {kind}. What you typed is kept.", kind=type(error).__name__)
            )
        else:
            self._succeed(done)

    def _standing(self) -> dict[str, Any]:
        """What stands in the row that is changed; its version is kept, for two people may be at it."""
        if self.form.action != "edit" or self.row is None:
            return {}
        found = self.store.row(self.form.entity, self.row)
        self.version = found.get("version")
        return {one.name: found[one.name] for one in self.form.at(self.door) if one.name in found}

    def _build(self, cancel: Callable[[], Any] | None, save_word: str) -> None:
        fields = []
        for one in self.form.at(self.door):
            if one.name not in self._fixed:
                fields.append(self._build_field(one))
        self._said = html_area()
        self._beside = column([])
        save = button(save_word or say("Save"), self.submit, primary=True)
        buttons = [save, *([button(say("Close"), cancel)] if cancel is not None else [])]
        needed = any(one.required and one.name in self.controls for one in self.form.at(self.door))
        star = html_area(tag("p", say("* must be filled in"), class_="crm-hint")) if needed else None
        head = html_area(tag("h3", say(self.form.title)))
        grid_of_fields = column(fields, "crm-fields")
        parts = [head, grid_of_fields, star, self._said, self._beside, line(buttons)]
        self.box = column([part for part in parts if part is not None], "crm-form")

    def _build_field(self, one: FormField) -> Any:
        tools = pieces.toolbox()
        label = self._labels.get(one.name, say(one.label)) + (" *" if one.required and one.kind != "flag" else "")
        hint = say(one.hint) if one.hint else ""
        rule = self.store.role.rule(self.form.entity, one.name) if self._is_column(one.name) else "read"
        hidden = self.form.action == "edit" and rule != "read"
        begin = self._begin.get(one.name)
        if hidden:
            control = tools.Text(description=label, value=str(begin or ""), disabled=True)
            hint = say("Hidden from the role “{role}”.", role=say(self.store.role.title))
        elif one.name in self._options or one.kind == "choice":
            control = tools.Dropdown(description=label, options=self._choices(one), value=self._shown(one, begin))
        elif one.kind == "flag":
            control = tools.Checkbox(description=label, value=bool(begin), indent=False)
        elif one.kind == "text":
            control = pieces.whole(tools.Textarea(description=label, value=self._shown(one, begin)))
        else:
            control = pieces.whole(tools.Text(description=label, value=self._shown(one, begin)))
            if one.kind == "date" and not hint:
                hint = say("such as {example}", example="31.03.1985" if str(language()) == "ru" else "1985-03-31")
        control.tooltip = hint or None
        note = html_area(tag("span", hint, class_="crm-hint") if hint else "")
        field = column([control, note], "crm-field", *(["crm-wide"] if one.kind in ("text", "flag") else []))
        if not hidden:
            self.controls[one.name], self._rests[one.name] = control, control.value
            self._fields[one.name], self._notes[one.name] = field, (note, hint)
        return field

    def _choices(self, one: FormField) -> list[Option]:
        given = self._options.get(one.name)
        listed = list(given) if given is not None else [(capital(word(one.name, code)), code) for code in one.choices]
        begin = self._begin.get(one.name)
        if begin is not None and begin not in [code for _, code in listed]:
            listed.insert(0, (word(one.name, begin), begin))
        return [("–", ""), *listed]

    def _is_column(self, name: str) -> bool:
        return name in STORE_TABLES[self.form.entity].table.column_names

    def _field(self, name: str) -> FormField:
        return next(one for one in self.form.fields if one.name == name)

    def _shown(self, one: FormField, value: Any) -> Any:
        """A value as it stands in its field."""
        if one.name in self._options or one.kind == "choice":
            return "" if value is None or value != value else value
        if one.kind == "flag":
            return bool(value)
        if value is None or value != value:
            return ""
        if one.kind == "money" and not isinstance(value, str):
            return plain_number(float(value), 2 if float(value) % 1 else 0)
        if hasattr(value, "strftime"):
            return value.strftime("%d.%m.%Y" if str(language()) == "ru" else "%Y-%m-%d")
        return word(one.name, value) if one.name == "profession" else str(value)

    def _clear(self) -> None:
        self.problems = ()
        self._said.value = ""
        self._beside.children = ()
        for name, (note, hint) in self._notes.items():
            note.value = tag("span", hint, class_="crm-hint") if hint else ""
            self.controls[name].tooltip = hint or None
            self._fields[name].remove_class("crm-wrong")

    def _refuse(self, refusal: InputError) -> None:
        """All problems in one letter, and each at its field."""
        self.problems = refusal.problems
        self._said.value = letter(str(refusal))
        for name in self._fields:
            own = [problem for problem in refusal.problems if problem.column == name]
            if own:
                said = " ".join(part for problem in own for part in (problem.what, problem.advice) if part)
                self._notes[name][0].value = tag("span", said, class_="crm-problem")
                self.controls[name].tooltip = said
                self._fields[name].add_class("crm-wrong")

    def _show_conflict(self, conflict: ConflictError) -> None:
        """What was typed beside what stands there now; the person decides."""
        self.problems = conflict.problems
        now = self.store.row(self.form.entity, int(self.row or 0))
        rows = []
        theirs = {}
        for name, control in self.controls.items():
            if not self._is_column(name):
                continue
            one = self._field(name)
            stands = self._shown(one, now.get(name))
            if stands != self._rests[name] or control.value != self._rests[name]:
                theirs[name] = now.get(name)
                rows.append((say(one.label), self._read(name, control.value), self._read(name, stands)))
        if self.form.entity == "requests" and "status" in now:
            rows.append((say("State of the request"), "", word("status", now["status"])))
        heads = (say("Field"), say("You typed"), say("Stands there now"))
        table = html_area(grid(say("Somebody else was quicker"), heads, rows))
        version = now.get("version")

        def take() -> None:
            self.version = version
            for name, value in theirs.items():
                self._rests[name] = self._shown(self._field(name), value)
            self.fill(theirs)
            self._clear()
            self._said.value = told(say("The fields show what stands there now."))

        def again() -> None:
            self.version = version
            self.submit()

        choices = line([button(say("Take theirs"), take), button(say("Save mine again"), again)])
        self._said.value = letter(str(conflict))
        self._beside.children = (table, choices)

    def _read(self, name: str, value: Any) -> str:
        one = self._field(name)
        if one.name in self._options:
            return next((text for text, code in self._options[name] if code == value), "")
        return word(name, value) if one.kind == "choice" else str(value)

    def _succeed(self, done: Submitted) -> None:
        self.submitted = done
        said = [say("Saved.")]
        if done.pending:
            names = ", ".join(say(self._field(name).label) for name in done.pending)
            said.append(say("Waits for an employee: {names}.", names=names))
        if self.form.action == "edit":
            self._rests = {name: control.value for name, control in self.controls.items()}
            if self.row is not None:
                self.version = done.version if done.version is not None else self.version
        if self.form.action == "create":
            for name, rest in self._rests.items():
                self.controls[name].value = rest
        self._said.value = told(joined([tag("p", text) for text in said]))
        if self._done is not None:
            self._done(done)


def store_form(
    store: Store,
    name: str,
    *,
    row: int | None = None,
    values: Mapping[str, Any] | None = None,
    fixed: Mapping[str, Any] | None = None,
    options: Mapping[str, Sequence[Option]] | None = None,
    labels: Mapping[str, str] | None = None,
    save: str = "",
    done: Callable[[Submitted], Any] | None = None,
    cancel: Callable[[], Any] | None = None,
) -> StoreForm:
    """Fill in a form of the store.

    Parameters
    ----------
    store : Store
        Opened for the person who fills it in.
    name : str
        A form that lies at this person's door.
    row : int, optional
        Key of the row that is changed; its values stand in the fields.
    values : mapping of str to object, optional
        What stands in fields at the beginning.
    fixed : mapping of str to object, optional
        Fields that are not asked but handed in.
    options : mapping of str to sequence of (text, value), optional
        What can be chosen in a field, instead of typing the number of a row or the form's own choices.
    labels : mapping of str to str, optional
        What fields are called here, where it differs from the form's own label.
    save : str, optional
        What the button says.
    done : callable, optional
        Called with what came of it after it was saved.
    cancel : callable, optional
        Called when the person closes the form; without it there is no such button.

    Returns
    -------
    StoreForm
        Its ``.box`` is the widget.

    Raises
    ------
    InputError
        If there is no such form at this door, or no such row for this person.

    Examples
    --------
    >>> import tempfile, crm_toolkit as crm
    >>> world = crm.simulate("barbershop", customers=20, weeks=10, seed=7)
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     store = crm.Store.create(f"{folder}/crm.db", world.tables)
    ...     form = store_form(store, "customer")
    ...     form.submit()
    ...     refused = [problem.column for problem in form.problems]
    ...     form.fill({"full_name": "Ada King"})
    ...     form.submit()
    ...     store.close()
    >>> refused, form.submitted.entity
    (['full_name'], 'customers')
    """
    from crm_toolkit.store.submission import form_at

    form = form_at(store, name)
    return StoreForm(
        store, form, row=row, values=values or {}, fixed=fixed or {}, options=options or {}, labels=labels or {},
        save=save, done=done, cancel=cancel,
    )  # fmt: skip


def allowed(store: Store, name: str) -> bool:
    """Whether the person may hand in a form: it lies at the door, and the role has the right to it."""
    form = FORMS.get(name)
    if form is None or store.actor.kind not in form.doors:
        return False
    return form.right in store.role.rights if form.right else store.role.may(form.action, form.entity)


def bill_options(bills: Any, currency: str) -> list[Option]:
    """Unpaid bills to choose from: what is owed, and which payment it is."""
    if bills is None:
        return []
    return [
        (say("bill of order {order}: {money} owed", order=int(bill.order_id),
             money=format_money(bill.due_amount - bill.paid_amount, currency)), int(bill.payment_id))
        for bill in bills.itertuples()
    ]  # fmt: skip
