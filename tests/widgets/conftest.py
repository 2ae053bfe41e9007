"""A small store for the widgets of the two doors: made once for the session, copied for every test."""

import re
import shutil

import pytest

import crm_toolkit as crm
from crm_toolkit.plots import picture
from crm_toolkit.texts import language

HOSTILE = "<script>alert(1)</script><img src=x onerror=alert(2)>"


def _made(folder, spoken):
    with language(spoken):
        scenario = crm.scenario("barbershop", locale="ru_RU" if spoken == "ru" else "en_US")
        tables = crm.simulate(scenario, customers=60, weeks=52, seed=7).tables
        path = folder / f"{spoken}.db"
        crm.Store.create(path, tables, language=spoken, currency="RUB" if spoken == "ru" else "USD").close()
    return path


@pytest.fixture(scope="session")
def desk_template(tmp_path_factory):
    """Path of a filled English store; copied, never written to."""
    return _made(tmp_path_factory.mktemp("desk"), "en")


@pytest.fixture(scope="session")
def desk_template_ru(tmp_path_factory):
    """Path of a filled Russian store."""
    return _made(tmp_path_factory.mktemp("desk_ru"), "ru")


@pytest.fixture
def store(desk_template, tmp_path):
    """A fresh store, open for a manager."""
    opened = crm.Store.open(shutil.copyfile(desk_template, tmp_path / "crm.db"))
    yield opened
    opened.close()


@pytest.fixture
def store_ru(desk_template_ru, tmp_path):
    """A fresh Russian store, open for a manager."""
    opened = crm.Store.open(shutil.copyfile(desk_template_ru, tmp_path / "crm.db"))
    yield opened
    opened.close()


@pytest.fixture
def customer(store):
    """The customer who bought last."""
    return int(store.list("orders", order="-ordered_at", limit=1)["customer_id"].iloc[0])


def walk(widget):
    """A widget and everything in it."""
    yield widget
    for child in getattr(widget, "children", ()):
        yield from walk(child)


@pytest.fixture
def html_of():
    """All HTML that stands in a widget."""
    return lambda widget: " ".join(
        one.value for one in walk(widget) if type(one).__name__ == "HTML" and "<style>" not in one.value
    )


@pytest.fixture
def words_of():
    """All words that a person reads in a widget: HTML without its tags, labels, buttons, choices, hints."""

    def words(widget):
        said = []
        for one in walk(widget):
            if one.layout is not None and one.layout.display == "none":
                continue
            if type(one).__name__ == "HTML" and "<style>" not in one.value:
                said.append(re.sub(r"<[^>]*>", " ", one.value))
            said += [str(getattr(one, name, "") or "") for name in ("description", "placeholder", "tooltip")]
            said += [text for text, _ in getattr(one, "options", ())]
        return " ".join(said)

    return words


@pytest.fixture
def press():
    """Press the button of that name in a widget."""

    def pressed(widget, name):
        found = [one for one in walk(widget) if type(one).__name__ == "Button" and one.description.startswith(name)]
        assert found, f"no button “{name}”"
        found[0].click()

    return pressed


@pytest.fixture
def held(monkeypatch):
    """The controls that were given the keyboard's place, one after another."""
    import ipywidgets

    given = []
    monkeypatch.setattr(ipywidgets.DOMWidget, "focus", lambda widget: given.append(widget))
    return given


_PAINT = picture._small_png
_PIXEL = bytes.fromhex("89504e470d0a1a0a0000000d4948445200000001000000010806000000")  # the beginning of a PNG


@pytest.fixture(scope="module")
def unpainted():
    """Charts are made and described but not painted: for tests of numbers and words; `painted` undoes it for one."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(picture, "_small_png", lambda figure, alt: _PIXEL)
        yield


@pytest.fixture
def painted(monkeypatch):
    """Charts are painted as ever."""
    monkeypatch.setattr(picture, "_small_png", _PAINT)
