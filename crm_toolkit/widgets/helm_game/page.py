"""The page of the game: start, quarter, report, log, debrief; the file; the report to the board."""

from __future__ import annotations

import os
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import pandas as pd

from crm_toolkit.errors import CRMError, InputError, Problem
from crm_toolkit.exercises.helm_game import PlayedGame, load_game, new_played_game
from crm_toolkit.exercises.helm_game.played import KEPT
from crm_toolkit.exercises.variants import normalise_id
from crm_toolkit.texts import NO_FORMULAS, format_number, language, mark, say
from crm_toolkit.widgets import pieces
from crm_toolkit.widgets.case_canvas.fields import Entry
from crm_toolkit.widgets.case_canvas.style import STYLE as FIELDS_STYLE
from crm_toolkit.widgets.helm_game.debrief import debrief_pictures, debriefed, report_pictures, shared_out
from crm_toolkit.widgets.helm_game.forms import QuarterForm
from crm_toolkit.widgets.helm_game.report import helm_report
from crm_toolkit.widgets.helm_game.told import changes_told, dashboard_told, logbook, opening
from crm_toolkit.widgets.html import Html, joined, tag
from crm_toolkit.widgets.kept_box import KeptBox
from crm_toolkit.widgets.skeleton import FORMATS, Block, block_html
from crm_toolkit.widgets.store_style import STYLE as DOOR_STYLE
from crm_toolkit.widgets.store_style import button, column, html_area, letter, line, own_language, switched, told
from crm_toolkit.world.helm import Decision, LuckIndex, helm_scenario, helm_scenario_names, luck_index
from crm_toolkit.world.helm.parameters import MARKET, QUARTERS

TABS = {
    "start": mark("Start"),
    "quarter": mark("Decide"),
    "report": mark("Report"),
    "log": mark("Log"),
    "debrief": mark("Debrief"),
}
STYLE = """<style>
.crm-helm .crm-table td, .crm-helm .crm-table th { font-size: 0.93em; }
.crm-helm .crm-table td:last-child { text-align: left; }
.crm-helm .crm-pictures img { max-width: 100%; height: auto; }
.crm-helm .crm-place > .jupyter-button { align-self: flex-start; margin: 0.3em 0; }
.crm-helm .crm-lever-group { border-top: 1px solid #d9dee5; padding: 0.2em 0 0.5em; }
.crm-helm .crm-lever-group h4 { margin: 0.3em 0; }
</style>"""


class HelmPage:
    """The page of a game; made by `helm`.

    Attributes
    ----------
    played : PlayedGame
        As far as it was played.
    tab : str
        What is shown: one of `TABS`.
    shares : DataFrame or None
        Shapley values, once they were asked for.
    luck : LuckIndex or None
        Once it was asked for.
    box : widget or None
    """

    def __init__(self, start: PlayedGame, place: Path):
        self._language = str(language())
        self.played, self.tab = start, "start"
        self.shares: pd.DataFrame | None = None
        self.luck: LuckIndex | None = None
        self.box: Any = None
        self._warned = False
        if pieces.static_wanted():
            self.played = load_game(place) if place.exists() else start
            return
        self._build(place)
        self._file.put(start, start)
        if place.exists():
            self.open()

    def __repr__(self) -> str:
        return f"HelmPage({self.played.setup.scenario!r}, quarters={len(self.played.quarters)})"

    @own_language
    def _repr_mimebundle_(self, **options: Any) -> Any:
        if self.box is not None:
            return self.box._repr_mimebundle_(**options)
        report = helm_report(self.played)
        parts = [tag("h3", report.title)]
        for chapter in report.chapters:
            parts += [tag("h4", chapter.title), *map(block_html, chapter.found)]
        pictures = Html(report.diagram.html) if self.played.quarters else None
        html = tag("div", *parts, pictures, class_=NO_FORMULAS)
        lines = [report.title]
        for chapter in report.chapters:
            lines.append("\n".join([chapter.title, *(one if isinstance(one, str) else getattr(one, "text", "")
                                                     for one in chapter.found)]))  # fmt: skip
        return {"text/html": html, "text/markdown": "\n\n".join(lines), "text/plain": "\n".join(lines)}

    @property
    def unsaved(self) -> bool:
        """Whether something that was played is not in the file."""
        return self.box is not None and self._file.unsaved

    @own_language
    def choose(self, tab: str) -> None:
        """Show a part of the page; the debrief stays closed until the game is over."""
        if tab == "debrief" and not self.played.game.over:
            return
        self.tab = tab
        self._file.said.value = ""
        self._show()

    def open(self) -> None:
        """Open the file that is named; a game that is not saved is given up only when asked twice."""
        self._file.open()

    def save(self) -> None:
        """Save to the file that is named."""
        self._file.save()

    @own_language
    def begin(self) -> None:
        """Begin another game of the chosen scenario, with a seed of choice or the student's own."""
        if self._file.unsaved and self.played.quarters and not self._warned:
            self._warned = True
            self._file.said.value = letter(say("This game is not saved. Press the button again to give it up."))
            return
        self._warned = False
        seed, wrong = self._seed.read()
        try:
            if wrong:
                raise InputError(say("The game can't begin."), [Problem("field", wrong, column="seed")])
            number = self.played.setup.seed if seed is None else seed
            if number != int(number):
                raise InputError(say("The game can't begin."), [Problem("field", say("needs a whole number"))])
            fresh = new_played_game(self._scenario.control.value, seed=int(number),
                                    people=int(self.played.setup.people))  # fmt: skip
        except CRMError as refusal:
            self._file.said.value = letter(str(refusal))
            return
        fresh = replace(fresh, setup=replace(fresh.setup, player=self.played.setup.player))
        self.tab = "quarter"
        self._file.saved = fresh
        self._take(fresh)
        self._file.said.value = told(say("A new game: {scenario}.", scenario=fresh.game.scenario.title))

    @own_language
    def run(self) -> None:
        """Run the quarter as it is typed, and show the report."""
        decision, forecast, log, problems = self.form.collect()
        try:
            if problems:
                raise InputError(say("The quarter can't be run yet."), problems)
            later = self.played.play(decision, forecast, log)
            self._run(later)
        except CRMError as refusal:
            self._file.said.value = letter(str(refusal))

    @own_language
    def run_on(self) -> None:
        """Leave all levers as they stand until the end."""
        later = self.played
        try:
            while not later.game.over:
                later = later.play(later.game.standing)
            self._run(later)
        except CRMError as refusal:
            self._file.said.value = letter(str(refusal))

    def _run(self, later: PlayedGame) -> None:
        later.game.passages  # noqa: B018 - what can't be run is said before anything is shown
        self.tab = "debrief" if later.game.over else "report"
        self._take(later)
        self._file.changed()
        number = len(later.quarters)
        words = (say("The last quarter is over: this is the truth.") if later.game.over
                 else say("Quarter {number} of {count} is over.", number=number, count=QUARTERS))  # fmt: skip
        self._file.said.value = told(words)

    @own_language
    def ask_luck(self) -> None:
        """Play the same decisions in 200 other worlds; takes some seconds."""

        def tell(done: int, count: int) -> None:
            if done % 10 == 0:
                self._file.said.value = told(say("Worlds played: {done} of {count}", done=done, count=count))

        self.luck = luck_index(self.played.game, progress=tell)
        self._file.said.value = ""
        self._show()

    @own_language
    def share_out(self) -> None:
        """Share the result out over four families of levers."""
        self._file.said.value = told(say("The worlds are being run…"))
        self.shares = shared_out(self.played)
        self._file.said.value = ""
        self._show()

    @own_language
    def export(self) -> None:
        """Write the skeleton of the report to the board beside the file."""
        self._collect()
        place = self._file.place
        place = place.with_name(f"{place.stem}-{say('report')}.{self._format.value}")
        try:
            made = helm_report(self.played, self.shares, self.luck).save(place)
        except CRMError as refusal:
            self._file.said.value = letter(str(refusal))
            return
        self._file.said.value = told(say("The report is here: “{path}”.", path=made))

    def _collect(self) -> None:
        sentence, _ = self._closing.read()
        if sentence != self.played.closing.sentence:
            self.played = replace(self.played, closing=replace(self.played.closing, sentence=sentence))

    def _take(self, played: PlayedGame) -> None:
        self.played, self.shares, self.luck = played, None, None
        self._quiet = True
        self._scenario.show(played.setup.scenario)
        self._seed.show(played.setup.seed)
        self._closing.show(played.closing.sentence)
        self._quiet = False
        self.form.show(played.game.standing)
        if self.tab == "debrief" and not played.game.over:
            self.tab = "start"
        self._show()

    def _build(self, place: Path) -> None:
        tools = pieces.toolbox()
        self._quiet = False
        self.form = QuarterForm(self._typed)
        self._file = KeptBox(KEPT, place, current=lambda: (self.played, ()), collect=self._collect, take=self._take,
                             show=self._show)  # fmt: skip
        scenarios = [(helm_scenario(name).title, name) for name in helm_scenario_names()]
        self._scenario = Entry(say("Scenario"), "word", scenarios)
        self._seed = Entry(say("Seed of the luck"), "number", hint=say("the same for everybody in a tournament"))
        self._closing = Entry(say("What do you conclude, in one sentence?"), "words")
        self._closing.control.observe(lambda _: None if self._quiet else self._collect(), names="value")
        self._scenario.control.observe(self._other_scenario, names="value")
        self._story = html_area()
        self.begin_button = button(say("Begin a game"), self.begin, primary=True)
        self.run_button = button(say("Run the quarter"), self.run, primary=True)
        self.on_button = button(say("Leave all as it is until the end"), self.run_on)
        self.luck_button = button(say("Luck index: 200 other worlds (some seconds)"), self.ask_luck)
        self.share_button = button(say("Share the result out (Shapley)"), self.share_out)
        self._start = column([column([self._scenario.box, self._seed.box], "crm-fields"), self._story,
                              self.begin_button], "crm-form")  # fmt: skip
        self._format = tools.Dropdown(description=say("Report as"), value="html",
                                      options=[(say(label), code) for code, label in FORMATS.items()])  # fmt: skip
        self._format.add_class("crm-stack")
        self._export = column([html_area(tag("h4", say("Report to the board"))), self._format,
                               button(say("Export the report"), self.export, primary=True)], "crm-form")  # fmt: skip
        self.tabs = {tab: button(say(label), partial(self.choose, tab)) for tab, label in TABS.items()}
        self._state, self._top, self._moved, self._follows, self._pictures = (html_area() for _ in range(5))
        self._pictures.add_class("crm-pictures")
        self._place, self._bottom = column([], "crm-place"), column([])
        steps = line(self.tabs.values(), "crm-row-wrap", "crm-steps")
        head = html_area(
            pieces.STYLE + DOOR_STYLE + FIELDS_STYLE + STYLE + tag("h2", say("Twelve quarters at the helm"))
        )
        self.box = column(
            [head, self._file.line, self._file.said, self._state, steps, self._top, self._place, self._pictures,
             self._follows, self._bottom],
            "crm-box", "crm-widget", "crm-door", "crm-case", "crm-helm",
        )  # fmt: skip

    @own_language
    def _other_scenario(self, _: Any) -> None:
        self._story.value = tag("p", helm_scenario(self._scenario.control.value).story)
        if self.tab == "start":
            self._follows.value = self._below()

    @own_language
    def _typed(self) -> None:
        decision, _, _, problems = self.form.collect()
        self._moved_told(decision, problems)

    def _moved_told(self, decision: Decision, problems: list[Problem]) -> None:
        if problems:
            self._moved.value = letter(str(InputError(say("The quarter can't be run yet."), problems)))
        else:
            moved = changes_told(decision, self.played.game.standing)
            self._moved.value = tag("p", say("Moved: {what}.", what=moved), aria_live="polite")

    def _show(self) -> None:
        played, over = self.played, self.played.game.over
        number = len(played.quarters)
        for tab, one in self.tabs.items():
            switched(one, tab == self.tab)
        self.tabs["debrief"].disabled = not over
        saved = say("not saved") if self._file.unsaved else say("saved")
        where = say("{scenario}: quarters played {number} of {count}, seed {seed}", scenario=played.game.scenario.title,
                    number=number, count=QUARTERS, seed=format_number(int(played.setup.seed)))  # fmt: skip
        other = "" if played.same_engine else tag("p", say("Played with another version of the engine: numbers may "
                                                           "differ."), class_="crm-hint")  # fmt: skip
        self._state.value = tag("p", f"{where} · ", tag("span", saved, class_="crm-quiet")) + other
        self._other_scenario(None)
        title = say(TABS[self.tab])
        if self.tab == "quarter":
            title = say("Quarter {number}", number=number + 1) if not over else say("The game is over")
        self._top.value = tag("h3", title) + self._above()
        places: dict[str, list[Any]] = {
            "start": [self._start],
            "quarter": [] if over else [self.form.lever_box, self.form.forecast_box, self.form.log_box, self._moved,
                                        self.run_button, self.on_button],
            "report": [], "log": [], "debrief": [self.luck_button, self.share_button],
        }  # fmt: skip
        self._place.children = places[self.tab]
        closing = [column([self._closing.box], "crm-form")] if self.tab == "debrief" else []
        self._bottom.children = [*closing, self._export] if self.tab in ("report", "debrief") else []
        if self.tab == "quarter" and not over:
            decision, _, _, problems = self.form.collect()
            self._moved_told(decision, problems)
        self._follows.value, self._pictures.value = self._below(), self._drawn()

    def _above(self) -> str:
        if self.tab != "quarter" or self.played.game.over:
            return ""
        news = tag("ul", joined(tag("li", one) for one in self.played.game.news))
        return tag("p", tag("b", say("News"))) + news

    def _blocks(self) -> list[Block]:
        if self.tab == "start":
            return list(opening(helm_scenario(self._scenario.control.value)))[1:]
        if self.tab == "report":
            return list(dashboard_told(self.played.game))
        if self.tab == "log":
            return list(logbook(self.played))
        return list(debriefed(self.played, self.shares, self.luck)) if self.tab == "debrief" else []

    def _below(self) -> str:
        blocks = [block_html(block) for block in self._blocks()]
        return tag("div", joined(blocks), class_="crm-card", aria_live="polite") if blocks else ""

    def _drawn(self) -> str:
        made = []
        if self.tab == "report" and self.played.quarters:
            made = report_pictures(self.played)
        elif self.tab == "debrief":
            made = debrief_pictures(self.played, self.luck)
        return "".join(one.html for one in made)


def helm(
    scenario: str = "growth",
    *,
    student: str | None = None,
    folder: str | os.PathLike[str] | None = None,
    seed: int | None = None,
    people: int = MARKET,
) -> HelmPage:
    """Steer a service organisation for twelve quarters; the truth, three twins and questions come at the end.

    Parameters
    ----------
    scenario : str
        One of `world.helm.helm_scenario_names`; another can be chosen on the page.
    student : str, optional
        Id of the student: whose luck, and part of the name of the file.
    folder : path, optional
        Where ``helm.json`` is kept, by default the working folder. If it is there, it is opened. It stays on this
        computer and is never sent anywhere.
    seed : int, optional
        The same luck for everybody, as in a tournament.
    people : int
        Size of the market.

    Returns
    -------
    HelmPage
        Shown by a notebook; ``.played`` is the game for code. With ``CRM_STATIC=1`` as far as it has come.

    Raises
    ------
    InputError
        If a number or a name is not allowed; with ``CRM_STATIC=1`` also if the file is damaged.
    MissingExtraError
        If ipywidgets, matplotlib or seaborn is not installed.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     page = helm("burnout", folder=folder, people=300)
    >>> page.run()
    >>> page.tab, len(page.played.quarters)
    ('report', 1)
    """
    start = new_played_game(scenario, student=student, people=people, seed=seed)
    who = normalise_id(student or "").lower().replace("/", "-").replace("\\", "-")
    name = f"helm-{who}.json" if who else "helm.json"
    return HelmPage(start, Path(folder or ".") / name)
