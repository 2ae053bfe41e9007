"""Hands on the course: controls over functions that you can call without them.

explore_rfm   date, classes and method of an RFM ranking; heat map, segments, customers
explore_world what a firm does, on people with the same luck: outcomes, difference, effect on each customer
orientation_profile  staff and clients asked about orientation: gap, alpha, what would prove an element
sort_orientations  invented organisations: what do they turn around? Every wrong answer names the confusion
element_table  elements of a client-oriented organisation, with what would prove them
explore_segments  clusters: structure, stability, profile cards, what treating them differently brings
automation_rules  rules before they are switched on: who gets what, cost, expectation, audit log
explore_value cost rates and levers: whale curve, elasticities of customer equity
explore_claims a claim of textbooks on an organisation with and without it: where it holds, where it fails
rfm_app       the same for a file that you bring, as a page of its own (Voilà)
employee_desk an employee's work over a store: requests, customers, search, card, forms
customer_account  the customer's own door to the same store
two_doors     both doors beside each other, over one database
desk_app, account_app  the two doors as pages of their own (Voilà), with a choice of who is there
board_app     the seminar board over a folder of results or submissions, as a page of its own (Voilà)
answer        an exercise with a field, hints and a verdict
show_card     the 360° card of a customer, as the person at the door sees it
practice      a practical task with a button that looks at your own work
predict       a guess that is committed before the truth is computed
quiz          questions in which every choice answers with its own diagnosis
my_progress   what is done in the course, what comes next, which slips come back
rubric        what is looked for in an open task, to grade oneself by
health_report the health of an organisation on one page, for a manager
my_case       one's own purchase in ten steps on the model's canvas; `case_report` makes a report of it
article_workshop  an article of one's own taken apart: claims, argument map, evidence; `article_report` makes a report
practice_article  a text written for practice: type its claims, then see the key
design_programme  a loyalty programme from its rules to the debrief; the truth last; `programme_report` makes a report
real_programme  the programme of a real organisation from its description to the critique, with its sources
organisation_dossier  how a real organisation attracts, serves and keeps its clients: facts with sources, funnel, test
helm          twelve quarters at the helm of a service organisation; twins, luck and questions at the end
model_diagram the whole Hawkins–Best–Coney model, in which what was filled in lights up
service_inbox a day of the client relations department: forty events, limited minutes, beside rules that work otherwise
code_incidents why people left: code incidents, and see how far you agree with a key and with a second coder
inbox_app     both as a page of their own (Voilà)
explore_decision_rules, explore_expectations, explore_kano, explore_servqual_gaps, explore_conjoint, explore_exit_voice,
explore_recovery, explore_nps, explore_bass, explore_nicosia  models of consumer behaviour, one bench each
explore_models all of these on one page, by choice
explore_budget, explore_targeting  spending on acquisition and retention; whom to call, against the truth
explore_forecast  a method of forecasting, how far ahead, how sure; errors on the past beside the naive ones
technology_cards  technologies for clients: mechanism, cost, metric, usual mistake, where to try them

With ``CRM_STATIC=1`` every widget draws its static copy only, for exports and for reading without a kernel.
Names are loaded on first use, so that nobody pays for a widget library without a widget.
"""

from importlib import import_module
from typing import Any

from crm_toolkit.schema.arguments import with_kinds_told

# name → the module that holds it; a function never bears its module's name
_NAMES = {
    "explore_rfm": "rfm",
    "explore_world": "world",
    "explore_value": "value",
    "explore_claims": "claims",
    "explore_segments": "segments_bench",
    "orientation_profile": "orientation",
    "sort_orientations": "orientation",
    "element_table": "orientation",
    "automation_rules": "automation",
    "rfm_app": "app",
    "employee_desk": "desk",
    "customer_account": "account",
    "two_doors": "both_doors",
    "desk_app": "sign_in",
    "account_app": "sign_in",
    "board_app": "board",
    "answer": "answer_box",
    "practice": "practice_box",
    "show_card": "card_page",
    "predict": "prediction",
    "quiz": "quiz_box",
    "rubric": "rubric_sheet",
    "my_progress": "progress_page",
    "health_report": "health",
    "explore_decision_rules": "models.decision_rules",
    "explore_bass": "models.bass",
    "explore_nicosia": "models.nicosia",
    "explore_expectations": "models.expectation",
    "explore_kano": "models.kano",
    "explore_servqual_gaps": "models.servqual",
    "explore_conjoint": "models.conjoint",
    "explore_exit_voice": "models.exit_voice",
    "explore_recovery": "models.recovery",
    "explore_nps": "models.nps",
    "model_diagram": "models.model_diagram",
    "explore_models": "models.benches",
    "explore_forecast": "forecast",
    "explore_budget": "money.budget",
    "explore_targeting": "money.targeting",
    "technology_cards": "money.technologies",
    "service_inbox": "inbox",
    "inbox_app": "inbox_page",
    "code_incidents": "incidents",
    "my_case": "case_canvas",
    "case_report": "case_canvas",
    "article_workshop": "article",
    "article_report": "article",
    "argument_map": "article",
    "practice_article": "article",
    "design_programme": "programme_designer",
    "programme_report": "programme_designer",
    "real_programme": "programme_workbook",
    "real_programme_report": "programme_workbook",
    "programme_card": "programme_workbook",
    "organisation_dossier": "dossier_workbook",
    "dossier_report": "dossier_workbook",
    "helm": "helm_game",
    "helm_report": "helm_game",
}

__all__ = list(_NAMES)


def __getattr__(name: str) -> Any:
    if name in _NAMES:
        return with_kinds_told(getattr(import_module(f"{__name__}.{_NAMES[name]}"), name))
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return __all__
