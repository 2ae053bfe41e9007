"""The 360° card as something that a notebook shows: nothing to click, so it stays readable without a kernel."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from crm_toolkit.texts import NO_FORMULAS, language
from crm_toolkit.widgets.card_reading import CardView, read_card
from crm_toolkit.widgets.customer_card import body_html, head_html, person_name
from crm_toolkit.widgets.store_style import STYLE

if TYPE_CHECKING:
    from crm_toolkit.store import Store


@dataclass(frozen=True)
class CardPage:
    """A customer's card as one role sees it; made by `show_card`."""

    view: CardView
    language: str

    def __repr__(self) -> str:
        return f"CardPage(customer_id={self.view.customer_id})"

    def _repr_mimebundle_(self, **_options: Any) -> dict[str, str]:
        with language(self.language):
            html = (
                f'{STYLE}<div class="crm-box crm-door {NO_FORMULAS}">{head_html(self.view)}{body_html(self.view)}</div>'
            )
            return {"text/html": html, "text/plain": person_name(self.view)}


def show_card(store: Store, customer: int) -> CardPage:
    """Show the 360° card of a customer as the person at the door sees it.

    Parameters
    ----------
    store : Store
        Opened for whoever looks.
    customer : int
        The customer's number.

    Returns
    -------
    CardPage
        Shown by a notebook.

    Raises
    ------
    InputError
        If there is no such customer for this person.

    Examples
    --------
    >>> import tempfile
    >>> from crm_toolkit import datasets
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     store = datasets.make_store(f"{folder}/crm.db")
    ...     print(show_card(store, 17))
    ...     store.close()
    CardPage(customer_id=17)
    """
    return CardPage(read_card(store, customer), str(language()))
