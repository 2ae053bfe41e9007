"""What goes into the skeleton of a report to the board."""

from __future__ import annotations

import pandas as pd

from crm_toolkit.exercises.helm_game import PlayedGame
from crm_toolkit.texts import format_number, mark, say
from crm_toolkit.widgets.helm_game.debrief import debrief_pictures, debriefed, report_pictures
from crm_toolkit.widgets.helm_game.told import dashboard_told, logbook, opening
from crm_toolkit.widgets.models.model_diagram import Diagram
from crm_toolkit.widgets.skeleton import Block, Chapter, Skeleton, Words
from crm_toolkit.world.helm import LuckIndex

CHAPTERS = {
    "start": (mark("The task"), mark("Which goal did you set, and whom does it serve: owners, clients, staff?")),
    "log": (mark("Decisions and reasons"),
            mark("Which three decisions mattered most? Which one did you take too late?")),
    "report": (mark("State of the organisation"), mark("What does the board not see in this report, and what would it "
                                                       "cost to see it?")),
    "debrief": (mark("Judgement of oneself"), mark("What was skill, what was luck? What would you advise your "
                                                   "successor?")),
}  # fmt: skip


def helm_report(played: PlayedGame, shares: pd.DataFrame | None = None, luck: LuckIndex | None = None) -> Skeleton:
    """The skeleton of a report to the board, in the reader's language.

    Parameters
    ----------
    played : PlayedGame
        As far as it has come; the truth is in the report only after the last quarter.
    shares : DataFrame, optional
        Shapley values, if they were asked for.
    luck : LuckIndex, optional
        If it was asked for.

    Returns
    -------
    Skeleton
        ``.html``, ``.docx``, ``.save("report.html")``; a PDF is printed by a browser of this computer.

    Examples
    --------
    >>> from crm_toolkit.exercises.helm_game import new_played_game
    >>> len(helm_report(new_played_game(people=300)).chapters)
    3
    """
    own = played.setup
    origin = say("Made by scenario “{scenario}”, seed {seed}, people {people}, version {version} of the engine: the "
                 "same decisions give the same numbers.", scenario=own.scenario, seed=int(own.seed),
                 people=format_number(int(own.people)), version=own.engine)  # fmt: skip
    found: dict[str, list[Block]] = {
        "start": [origin, *opening(played.game.scenario)], "log": list(logbook(played)),
        "report": list(dashboard_told(played.game)),
    }  # fmt: skip
    pictures = report_pictures(played) if played.quarters else []
    words: dict[str, list[Block]] = {}
    if played.game.over:
        found["debrief"] = list(debriefed(played, shares, luck))
        pictures = debrief_pictures(played, luck)
        if played.closing.sentence.strip():
            words["debrief"] = [Words(say("In one sentence"), played.closing.sentence)]
    chapters = tuple(
        Chapter(say(CHAPTERS[name][0]), words.get(name, []), blocks, say(CHAPTERS[name][1]))
        for name, blocks in found.items()
    )
    picture = Diagram("".join(one.html for one in pictures), tuple(one.alt for one in pictures))
    title = say("At the helm: {scenario}", scenario=played.game.scenario.title)
    return Skeleton(title, chapters, say("In a picture"), picture, ())
