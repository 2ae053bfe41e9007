"""The lessons of the course in their order, with their files and short titles."""

from __future__ import annotations

from dataclasses import dataclass

from crm_toolkit.texts import mark


@dataclass(frozen=True)
class Lesson:
    """A lesson of the course.

    Parameters
    ----------
    number : str
        Two digits; the tasks of the bank name their lesson by it.
    file : str
        The name of its notebook in ``notebooks/en`` and ``notebooks/ru``, without the ending.
    title : str
        Marked English text: the short title.
    rubrics : tuple of str
        The rubrics of its open tasks.
    """

    number: str
    file: str
    title: str
    rubrics: tuple[str, ...] = ()


LESSONS = (
    Lesson("00", "00_start", mark("The beginning")),
    Lesson("01", "01_orientation", mark("Client orientation"), ("orientation_audit",)),
    Lesson("02", "02_single_database", mark("One database"), ("data_map",)),
    Lesson("03", "03_access_knowledge_speed", mark("Access, knowledge, speed"), ("department_view",)),
    Lesson("04", "04_ranking", mark("Ranking"), ("insight_card",)),
    Lesson("05", "05_segments", mark("Segments and personalisation"), ("personalisation_plan",)),
    Lesson("06", "06_behaviour", mark("Consumer behaviour"), ("my_case",)),
    Lesson("07", "07_forecast", mark("Forecast"), ("forecast_memo",)),
    Lesson("08", "08_money", mark("Acquisition, service, retention"), ("organisation_dossier",)),
    Lesson("09", "09_loyalty", mark("A loyalty programme"), ("programme",)),
    Lesson("10", "10_article", mark("An article taken apart"), ("article",)),
    Lesson("11", "11_complaints", mark("Complaints"), ("complaint_standard",)),
    Lesson("12", "12_helm", mark("Twelve quarters at the helm"), ("board_report",)),
)
