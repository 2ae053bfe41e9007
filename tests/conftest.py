"""Every test speaks English unless it says otherwise, whatever the computer's own language."""

import pytest

from crm_toolkit.texts import language


@pytest.fixture(autouse=True)
def english():
    """Speak English in the test and put the former language back."""
    with language("en"):
        yield
