"""Leads, deals and the board: every move stays, and the sums are those of the deals."""

import pytest

from crm_toolkit.errors import InputError
from crm_toolkit.store import Role, pipeline
from crm_toolkit.store.entering.generic import ConflictError


@pytest.fixture
def desk(store, people):
    return store.as_role("sales", employee=people["sales"])


def _deal(desk, people, **more):
    return desk.submit("deal", {"customer_id": people.customer, "title": "Subscription", "value": 1000, **more})


def _refused(code, desk, *asked, **more):
    with pytest.raises(InputError) as letter:
        desk.submit(*asked, **more)
    assert [one.code for one in letter.value.problems] == [code]
    return letter.value


def test_a_lead_becomes_a_customer_with_provenance_and_a_deal_in_one_step(store, desk, people):
    lead = desk.submit("lead", {"full_name": "Ada King", "phone": "+7 000 111-22-33", "source": "fair"})
    done = desk.submit("lead_convert", {"title": "Course", "value": "12 000"}, row=lead.key, expected_version=1)
    row = store.row("leads", lead.key)
    assert (row["status"], done.version) == ("won", 2)
    customer = store.row("customers", int(row["customer_id"]))
    assert (customer["full_name"], customer["kind"], customer["responsible_id"]) == (
        "Ada King",
        "prospect",
        people["sales"],
    )
    assert desk.card(int(row["customer_id"])).field("phone").source == "lead_convert"
    deal = store.list("deals", where={"customer_id": row["customer_id"]}).iloc[0]
    assert (deal["stage"], deal["value"], deal["title"]) == ("new", 12000, "Course")
    assert ("deals", int(deal["deal_id"])) in done.touched


def test_a_lead_may_join_a_customer_who_is_there_and_is_closed_then(store, desk, people):
    before = store.count("customers")
    lead = desk.submit("lead", {"full_name": "Ada King"})
    desk.submit("lead_convert", {"customer_id": people.customer}, row=lead.key, expected_version=1)
    assert store.count("customers") == before
    _refused("closed", desk, "lead_convert", {}, row=lead.key, expected_version=2)
    _refused("closed", desk, "lead_step", {"status": "working"}, row=lead.key, expected_version=2)


def test_a_half_converted_lead_leaves_nothing(store, desk):
    lead = desk.submit("lead", {"full_name": "Ada King"})
    before = (store.count("customers"), store.count("deals"))
    _refused("unknown_choice", desk, "lead_convert", {"pipeline": "sale"}, row=lead.key, expected_version=1)
    assert (store.count("customers"), store.count("deals")) == before
    assert store.row("leads", lead.key)["status"] == "new"


def test_every_move_of_a_deal_stays_in_its_history(store, desk, people):
    deal = _deal(desk, people)
    for version, (stage, more) in enumerate(
        [("offer", {}), ("lost", {"lost_reason": "price"}), ("agreed", {}), ("won", {})], start=1
    ):
        desk.submit("deal_move", {"stage": stage, **more}, row=deal.key, expected_version=version)
        row = store.row("deals", deal.key)
        assert (row["closed_at"] is not None) == (stage in ("won", "lost"))
        assert row["lost_reason"] == ("price" if stage == "lost" else None)
    moves = store.list("stage_moves", where={"deal_id": deal.key}, order="move_id")
    assert moves["to_stage"].tolist() == ["new", "offer", "lost", "agreed", "won"]
    assert moves["from_stage"].tolist()[1:] == ["new", "offer", "lost", "agreed"]


def test_a_move_is_refused_with_a_reason(desk, people):
    deal = _deal(desk, people)
    move = ("deal_move",)
    _refused("empty", desk, *move, {"stage": "lost"}, row=deal.key, expected_version=1)
    _refused("same_stage", desk, *move, {"stage": "new"}, row=deal.key, expected_version=1)
    letter = _refused("unknown_choice", desk, *move, {"stage": "ofer"}, row=deal.key, expected_version=1)
    assert "`offer`" in str(letter)
    _refused("closed_stage", desk, "deal", {"customer_id": people.customer, "title": "x", "stage": "won"})
    desk.submit("deal_move", {"stage": "offer"}, row=deal.key, expected_version=1)
    with pytest.raises(ConflictError):
        desk.submit("deal_move", {"stage": "agreed"}, row=deal.key, expected_version=1)


def test_the_board_sums_the_deals_of_each_stage_and_weighs_them(desk, people):
    for value in (1000, 500):
        _deal(desk, people, value=value)
    _deal(desk, people, value=300, stage="offer")
    board = pipeline.board(desk).set_index("stage")
    assert board["deals"].to_dict() == {"new": 2, "offer": 1, "agreed": 0, "won": 0, "lost": 0}
    assert board["value"].sum() == 1800
    assert board.loc["new", "weighted_value"] == pytest.approx(1500 * board.loc["new", "probability"])


def test_whoever_may_not_read_money_sees_a_board_without_it(store, desk, people):
    _deal(desk, people)
    role = Role("counter", "Counter", {"deals": "all", "pipeline_stages": "all", "stage_moves": "all"}, {})
    board = pipeline.board(store.as_role(role))
    assert "value" not in board
    assert board["deals"].sum() == 1
    with pytest.raises(InputError):
        pipeline.board(store.as_role("marketing"))


def test_the_board_of_a_team_holds_no_deal_of_another_branch(store, desk, people):
    store.submit("deal", {"customer_id": people.stranger, "title": "x", "value": 5})
    elsewhere = store.as_role("sales", employee=people.elsewhere)
    assert pipeline.board(desk)["deals"].sum() + pipeline.board(elsewhere)["deals"].sum() == 1


def test_conversion_counts_deals_that_ever_came_to_a_stage(desk, people):
    ends = {"won": 2, "lost": 1, None: 1}
    for end, number in ends.items():
        for _ in range(number):
            deal = _deal(desk, people)
            desk.submit("deal_move", {"stage": "offer"}, row=deal.key, expected_version=1)
            if end:
                more = {"lost_reason": "price"} if end == "lost" else {}
                desk.submit("deal_move", {"stage": end, **more}, row=deal.key, expected_version=2)
    told = pipeline.conversion(desk).set_index("stage").loc["offer"]
    assert (told["deals"], told["moved_on"], told["won"], told["lost"], told["open"]) == (4, 2, 2, 1, 1)
    assert told["share_won"] == pytest.approx(2 / 3)
    assert told["low"] < told["share_won"] < told["high"]


def test_a_stay_that_lasts_is_told_apart_from_those_that_ended(desk, people):
    first, _ = _deal(desk, people), _deal(desk, people)
    desk.submit("deal_move", {"stage": "offer"}, row=first.key, expected_version=1)
    told = pipeline.durations(desk).set_index("stage")
    assert (told.loc["new", "left"], told.loc["new", "there"]) == (1, 1)
    assert (told.loc["offer", "left"], told.loc["offer", "there"]) == (0, 1)


def test_a_second_pipeline_is_only_data(store, desk, people):
    for place, (stage, outcome) in enumerate([("called", "open"), ("came_back", "won"), ("gone", "lost")], start=1):
        store.submit("pipeline_stage", {"pipeline": "win_back", "stage": stage, "position": place,
                                        "probability": 0.5, "outcome": outcome})  # fmt: skip
    assert pipeline.pipelines(desk) == ["sales", "win_back"]
    deal = _deal(desk, people, pipeline="win_back")
    desk.submit("deal_move", {"stage": "came_back"}, row=deal.key, expected_version=1)
    assert pipeline.board(desk, "win_back")["deals"].tolist() == [0, 1, 0]
    assert pipeline.board(desk)["deals"].sum() == 0
    _refused("place_taken", store, "pipeline_stage", {"pipeline": "win_back", "stage": "written", "position": 1,
                                                      "probability": 0.1, "outcome": "open"})  # fmt: skip
