"""Exam mode: numbers that only the instructor's key can draw, handed out as data, and signed.

prepare_exam  a class list becomes a paper for each student: a notebook and the data of its tasks
open_paper    what a student's notebook opens: tasks with data, without answers
read_keys     the instructor's file with the key and the exams; `crm_toolkit.exercises.grading.grade` takes it

What an exam can hold and what not stands in ``docs/grading.md``.
"""

from crm_toolkit.exercises.exams.keys import read_keys
from crm_toolkit.exercises.exams.paper import open_paper
from crm_toolkit.exercises.exams.preparing import prepare_exam

__all__ = ["open_paper", "prepare_exam", "read_keys"]
