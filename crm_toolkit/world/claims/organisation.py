"""An organisation of three departments serves a demand, event by event, first come, first served.

Every matter takes an employee's time: to find the record, to settle it, to enter it, and whatever the organisation's
switches add or spare. What is not known, not found or not allowed makes work again: questions are asked twice, matters
come back, contacts are duplicated, corrected or handed over, and all of it joins the same queues.
"""

from __future__ import annotations

from collections import deque
from heapq import heapify, heappop, heappush

from crm_toolkit.world.claims.demand import ATTEMPTS, Demand
from crm_toolkit.world.claims.questions import DEPARTMENTS, RELATIONS, SUBJECTS, covers, opens
from crm_toolkit.world.claims.setting import ClaimsSetting

Task = tuple[int, int, int, bool, bool]  # contact, attempt, department, handed over, short (a duplicate or correction)
COUNTS = ("handling_minutes", "answer_minutes", "repeated_questions", "contradictory_answers", "duplicate_contacts",
          "repeat_failures", "articles", "article_uses", "searches", "search_seconds", "wrong_answers",
          "handovers")  # fmt: skip


def serve(demand: Demand, setting: ClaimsSetting) -> dict[str, float]:
    """Serve a demand to its end and count what happened.

    Parameters
    ----------
    demand : Demand
        Who comes when, with what luck.
    setting : ClaimsSetting
        Numbers and switches of the organisation.

    Returns
    -------
    dict of str to float
        Totals by the names in `COUNTS`: ``handling_minutes`` of all employees; ``answer_minutes``, from a customer's
        coming until the first answer, queues and handovers with it, summed over contacts; numbers of the others.
    """
    numbers = setting.numbers
    day = numbers["day_minutes"]
    silos, knowledge, index = setting["base"] == "silos", setting["knowledge_base"], setting["index"]
    lag = numbers["sync_lag_days"] * day
    returning = numbers["return_days"] * day
    entry = (0.0 if silos else numbers["entry_minutes"]) + (
        numbers["tagging"] * numbers["tag_seconds"] / 60 if index else 0.0
    )
    row_lacks = [not opens(setting["row_scope"], relation) for relation in RELATIONS]
    field_lacks = [[not covers(name, setting["field_width"], subject) for subject in SUBJECTS] for name in DEPARTMENTS]
    luck, count = demand.luck, dict.fromkeys(COUNTS, 0.0)
    finished: dict[int, list[tuple[float, int]]] = {}  # case → its contacts: end, department
    written: set[int] = set()  # causes with an article
    free = [int(numbers["staff"])] * len(DEPARTMENTS)
    waiting: list[deque[Task]] = [deque() for _ in DEPARTMENTS]
    # events: time, order, task, and the plan of a task that ends (None: it comes)
    events: list[tuple[float, int, Task, tuple | None]] = [
        (at, number, (number, 0, demand.department[number], False, False), None) for number, at in enumerate(demand.at)
    ]
    heapify(events)
    order = len(events)

    def begin(task: Task, now: float) -> tuple[float, tuple]:
        """Minutes that the task takes, and what it leads to when it ends."""
        contact, attempt, department, handed, short = task
        if short:
            return numbers["short_minutes"] * luck["short"][attempt][contact], ()
        lacks_row = row_lacks[demand.relation[contact]]
        if not handed and (lacks_row or field_lacks[department][demand.subject[contact]]):
            within = lacks_row and RELATIONS[demand.relation[contact]] == "team"
            return numbers["handover_minutes"], ("handover", department if within else demand.to[contact])
        minutes = entry
        unseen = -1
        asked = demand.department[contact]
        if silos and attempt == 0:
            for end, place in finished.get(demand.case[contact], ()):
                if place != asked and end + lag > now:
                    unseen = place
        if unseen >= 0:
            count["repeated_questions"] += 1
            minutes += numbers["reask_minutes"]
        seconds, wrong = _found(contact, attempt)
        count["searches"] += 1
        count["search_seconds"] += seconds
        minutes += seconds / 60
        solving = numbers["solve_minutes"] * luck["solve"][attempt][contact]
        fails = numbers["repeat_share"]
        wrote = False
        if knowledge:
            cause = demand.cause[contact]
            helped = False
            if luck["use"][attempt][contact] < numbers["use_share"]:
                minutes += numbers["lookup_minutes"]
                helped = cause in written and luck["find"][attempt][contact] < numbers["findability"]
            if helped:
                count["article_uses"] += 1
                solving *= 1 - numbers["article_saving"]
                fails *= 1 - numbers["article_cure"]
            elif cause not in written and luck["write"][attempt][contact] < numbers["write_share"]:
                minutes += numbers["write_minutes"]
                wrote = True
        failed = luck["fail"][attempt][contact] < fails
        return minutes + solving, ("done", failed, wrong, unseen, wrote)

    def _found(contact: int, attempt: int) -> tuple[float, bool]:
        """Seconds of looking for the record, and whether it is a wrong one."""
        chance, leafing = luck["wrong"][attempt][contact], luck["search"][attempt][contact]
        if not index:
            return numbers["browse_seconds"] * leafing, chance < numbers["browse_wrong"]
        seconds = numbers["index_seconds"] * leafing
        if demand.tag[contact] < numbers["tagging"]:
            return seconds, chance < numbers["index_wrong"]
        if luck["notice"][attempt][contact] < numbers["notice_share"]:
            return seconds + numbers["browse_seconds"] * leafing, chance < numbers["browse_wrong"]
        return seconds, True

    def come(at: float, task: Task) -> None:
        nonlocal order
        order += 1
        heappush(events, (at, order, task, None))

    while events:
        now, _, task, plan = heappop(events)
        contact, attempt, department, _, _ = task
        if plan is None:
            if not free[department]:
                waiting[department].append(task)
                continue
            free[department] -= 1
            next_task = task
        else:
            if plan:
                if plan[0] == "handover":
                    count["handovers"] += 1
                    come(now, (contact, attempt, plan[1], True, False))
                else:
                    _, failed, wrong, unseen, wrote = plan
                    asked = demand.department[contact]
                    finished.setdefault(demand.case[contact], []).append((now, asked))
                    back = now + returning * luck["return"][attempt][contact]
                    if attempt == 0:
                        count["answer_minutes"] += now - demand.at[contact]
                    if wrote:
                        written.add(demand.cause[contact])
                        count["articles"] += 1
                    if unseen >= 0 and demand.contradiction[contact] < numbers["contradiction_share"]:
                        count["contradictory_answers"] += 1
                    if unseen >= 0 and demand.duplicate[contact] < numbers["duplicate_share"]:
                        count["duplicate_contacts"] += 1
                        come(back, (contact, 0, unseen, True, True))
                    if wrong:
                        count["wrong_answers"] += 1
                        come(back, (contact, attempt, asked, True, True))
                    if failed:
                        count["repeat_failures"] += 1
                        if attempt + 1 < ATTEMPTS:
                            come(back, (contact, attempt + 1, asked, False, False))
            if not waiting[department]:
                free[department] += 1
                continue
            next_task = waiting[department].popleft()
        minutes, leads = begin(next_task, now)
        count["handling_minutes"] += minutes
        order += 1
        heappush(events, (now + minutes, order, next_task, leads))
    return count
