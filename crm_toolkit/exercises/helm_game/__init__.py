"""A played game: what was decided, foreseen and written down, kept in one file, judged, and compared in a seminar.

played      the game as a value and as a file: scenario, seed, version, decisions, forecasts, log
judged      calibration of the forecasts, quality of the log, the whole score
debrief     what a player reads at the end: twins, attribution, luck, and questions for the defence
tournament  a table from a folder of kept games; a broken file never stops the rest
"""

from crm_toolkit.exercises.helm_game.debrief import defence_questions
from crm_toolkit.exercises.helm_game.judged import (
    TOTAL_WEIGHTS,
    ForecastQuality,
    LogQuality,
    forecast_quality,
    log_quality,
    total_score,
)
from crm_toolkit.exercises.helm_game.played import (
    Forecast,
    LogEntry,
    PlayedGame,
    PlayedQuarter,
    load_game,
    new_played_game,
    played_decision,
    save_game,
)
from crm_toolkit.exercises.helm_game.tournament import Tournament, tournament

__all__ = [
    "TOTAL_WEIGHTS", "Forecast", "ForecastQuality", "LogEntry", "LogQuality", "PlayedGame", "PlayedQuarter",
    "Tournament", "defence_questions", "forecast_quality", "load_game", "log_quality", "new_played_game",
    "played_decision", "save_game", "total_score", "tournament",
]  # fmt: skip
