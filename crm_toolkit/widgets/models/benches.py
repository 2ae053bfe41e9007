"""All benches of consumer behaviour on one page, one at a time: the page behind `python course.py app models`."""

from __future__ import annotations

from importlib import import_module
from typing import Any

from crm_toolkit.texts import language, mark, say
from crm_toolkit.widgets import pieces
from crm_toolkit.widgets.explorer import Explorer

BENCHES = {
    "decision_rules": mark("Decision rules"),
    "expectations": mark("Expectation and satisfaction"),
    "kano": mark("Kano: which features please"),
    "servqual_gaps": mark("Gaps of service quality"),
    "conjoint": mark("Choice: what parts of an offer are worth"),
    "exit_voice": mark("Exit, voice, loyalty"),
    "recovery": mark("Service recovery: budget and paradox"),
    "nps": mark("Recommendation (NPS) and its noise"),
    "bass": mark("Diffusion (Bass)"),
    "nicosia": mark("Nicosia: firm and consumer"),
}
_MODULES = {"expectations": "expectation", "servqual_gaps": "servqual"}


class Benches:
    """A choice of models with the bench of the one that is chosen; made by `explore_models`.

    Attributes
    ----------
    open : dict of str to Explorer
        The benches that were opened, by their name; each keeps its settings.
    box : widget or None
        The page; ``None`` with ``CRM_STATIC=1``.
    """

    def __init__(self, model: str):
        self._language = str(language())
        self.open: dict[str, Explorer] = {}
        self.box: Any = None
        self._first = model
        if not pieces.static_wanted():
            tools = pieces.toolbox()
            options = [(say(title), name) for name, title in BENCHES.items()]
            self.choice = tools.Dropdown(description=say("Model"), options=options, value=model)
            self.choice.style.description_width = "initial"
            self.choice.observe(lambda change: self.choose(change["new"]), names="value")
            self._place = tools.VBox([])
            self.box = tools.VBox([self.choice, self._place])
        self.choose(model)

    def choose(self, model: str) -> None:
        """Show the bench of a model."""
        with language(self._language):
            if model not in self.open:
                module = import_module(f"crm_toolkit.widgets.models.{_MODULES.get(model, model)}")
                self.open[model] = getattr(module, f"explore_{model}")()
        if self.box is not None:
            self._place.children = [self.open[model].box]

    def _ipython_display_(self) -> None:
        from IPython.display import display

        if self.box is None:
            self.open[self._first]._ipython_display_()
        else:
            display(self.box)


def explore_models(model: str = "decision_rules") -> Benches:
    """Choose a model of consumer behaviour and turn its numbers.

    Parameters
    ----------
    model : str
        The one that is open at the beginning: a key of `BENCHES`.

    Returns
    -------
    Benches
        A notebook or Voilà shows the choice and the bench. With ``CRM_STATIC=1`` the static copy of the first.

    Raises
    ------
    InputError
        If there is no such model.
    MissingExtraError
        If ipywidgets is not installed.

    Examples
    --------
    >>> page = explore_models("nps")
    >>> page.choose("kano")
    >>> sorted(page.open)
    ['kano', 'nps']
    """
    from crm_toolkit.errors import InputError, Problem
    from crm_toolkit.schema import near_misses
    from crm_toolkit.texts import join_names

    if model not in BENCHES:
        close = near_misses(str(model), BENCHES)
        advice = say("Did you mean `{close}`?", close=close[0]) if close else ""
        found = say("Allowed: {names}.", names=join_names(map(repr, BENCHES)))
        what = say("`{name}` can't be {value}.", name="model", value=repr(model))
        heading = say("`{function}` can't use these numbers.", function="explore_models")
        raise InputError(heading, [Problem("unknown_option", what, found, advice, column="model")])
    return Benches(model)
