"""One member's account: what the picture says is what was booked."""

import sys
from pathlib import Path

import pandas as pd
import pytest

from crm_toolkit.errors import InputError
from crm_toolkit.plots import alt_text, member_account_chart
from crm_toolkit.texts import language

ROOT = Path(__file__).parents[2]
if str(ROOT) not in sys.path:  # where the package is installed and not the checkout
    sys.path.insert(0, str(ROOT))

from tests.plots.readable import assert_readable  # noqa: E402


@pytest.fixture
def booked():
    day = pd.to_datetime(["2025-01-10", "2025-02-01", "2025-02-01", "2025-12-01"])
    table = pd.DataFrame({"at": day, "what": ["earn", "earn", "redeem", "expire"], "points": [80, 40, -100, -20]})
    return table.assign(balance=[80, 120, 20, 0])


def test_the_account_shows_balance_reward_and_expiry(booked):
    ax = member_account_chart(booked, 100, name="Ann Lee")
    by_label = {line.get_label(): line for line in ax.get_lines()}
    assert list(by_label["balance, points"].get_ydata()) == [80, 120, 20, 0]
    assert set(by_label["a reward"].get_ydata()) == {100}
    assert len(by_label["reward taken"].get_xdata()) == len(by_label["points expired"].get_xdata()) == 1
    assert "Ann Lee" in ax.get_title(loc="left")
    assert ax.get_ylim()[1] > 120


def test_without_rewards_nothing_is_marked_and_without_bookings_nothing_is_drawn(booked):
    labels = [line.get_label() for line in member_account_chart(booked.head(2), 500).get_lines()]
    assert labels == ["balance, points", "a reward"]
    with pytest.raises(InputError, match="no bookings"):
        member_account_chart(booked.head(0), 100)


def test_the_words_are_russian_too(booked):
    with language("ru"):
        ax = member_account_chart(booked, 100, name="Белоусов Венедикт Петрович")
        assert_readable("account", ax)
        text = alt_text(ax)
    assert text == ("4 записи; награда стоит баллов: 100. Получено наград: 1; сгорело баллов: 20. "
                    "Остаток в конце — 0.")  # fmt: skip
