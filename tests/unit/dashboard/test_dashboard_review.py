"""The page on which notes are judged: closed unless it is opened, and nothing but judgements."""

import base64
import json
from pathlib import Path
from typing import Any

import pytest
from dash import no_update
from plotly.utils import PlotlyJSONEncoder
from werkzeug.security import generate_password_hash

from dashboard.app import Dashboard, create_app, show_page
from dashboard.background import StillWorkingError
from dashboard.pages import PAGES
from dashboard.reviewing import reviewer, written
from dashboard.texts import Texts
from tests.loading import Bench
from tests.noted import AVOIDABLE, SOURCE, log
from warehouse.labels import Labels
from warehouse.model_settings import ReviewSettings
from warehouse.store import Reader

OPEN = ReviewSettings(enabled=True)
YEAR = "?from=2025-01-01&to=2025-12-31"


@pytest.fixture(scope="module")
def bench(tmp_path_factory: pytest.TempPathFactory) -> Bench:
    made = Bench(tmp_path_factory.mktemp("review"))
    made.write(log(0, 600))
    made.load(SOURCE, avoidable=AVOIDABLE)
    return made


@pytest.fixture
def board(bench: Bench) -> Dashboard:
    Labels(bench.store.folder).file.unlink(missing_ok=True)
    return Dashboard(Reader(bench.store), OPEN)


def shown(board: Dashboard, path: str = "/beoordelen", search: str = YEAR) -> str:
    return json.dumps(show_page(board, path, search, None), cls=PlotlyJSONEncoder)


def first_index(board: Dashboard, search: str = YEAR) -> str:
    text = show_page(board, "/beoordelen", search, None)[0]
    found: list[str] = []

    def walk(one: Any) -> None:
        name = getattr(one, "id", None)
        if isinstance(name, dict) and name["type"] == "review-card":
            found.append(name["index"])
        for child in one if isinstance(one, list) else [getattr(one, "children", None) or []]:
            if not isinstance(child, str):
                walk(child) if child else None

    walk(text)
    return found[0]


def test_it_is_closed_unless_it_is_opened(bench: Bench) -> None:
    closed = Dashboard(Reader(bench.store))
    content = shown(closed)
    assert "foutmelding" not in content
    assert "/beoordelen" not in shown(closed, "/")
    assert "review" not in PAGES
    assert written(closed, "review-confirm", '["log", "c1"]', "", YEAR) is no_update
    assert not Labels(bench.store.folder).file.exists()


def test_it_shows_notes_where_it_is_open(board: Dashboard) -> None:
    content = shown(board)
    assert "Klopt: " in content
    assert any(word in content for word in ("foutmelding", "aanvraag", "afspraak"))
    assert "/beoordelen" in shown(board, "/")
    assert "Right: " in shown(board, search=f"{YEAR}&lang=en")


def test_what_is_still_worked_out_keeps_the_pages_and_the_language(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = Bench(tmp_path)
    made.write(log(0, 30))
    made.load(SOURCE, avoidable=AVOIDABLE, language="en")
    board = Dashboard(Reader(made.store), OPEN)

    def not_yet(*_: object) -> None:
        raise StillWorkingError("not yet")

    monkeypatch.setattr(board, "data", not_yet)
    content = shown(board, "/waarom", "")
    assert Texts("en")("state.working.title") in content
    assert "/beoordelen" in content


def test_a_click_writes_a_judgement_and_another_undoes_it(board: Dashboard, bench: Bench) -> None:
    index = first_index(board)
    contact = tuple(json.loads(index))
    drawn = written(board, "review-other", index, "wrong_place", YEAR)
    assert "Verkeerde plek" in json.dumps(drawn, cls=PlotlyJSONEncoder)
    labels = Labels(bench.store.folder)
    assert labels.current()[contact].category == "wrong_place"
    assert first_index(board) != index  # the next one takes its place
    written(board, "review-undo", index, "", YEAR)
    assert labels.current() == {}
    assert first_index(board) == index


def test_to_confirm_writes_what_was_proposed(board: Dashboard, bench: Bench) -> None:
    index = first_index(board)
    written(board, "review-confirm", index, "", YEAR)
    contact = tuple(json.loads(index))
    said = bench.table(
        "select note_opinion.category from note_opinion join contact using (contact_key)"
        f" where contact_id = '{contact[1]}'"
    )
    assert [Labels(bench.store.folder).current()[contact].category] == said["category"].tolist()


@pytest.mark.parametrize(
    ("kind", "index", "choice"),
    [
        ("review-other", None, "nonsense"),
        ("review-confirm", '["log", "nobody"]', ""),
        ("review-confirm", "no json", ""),
    ],
)
def test_what_no_page_would_ask_is_ignored(
    board: Dashboard, bench: Bench, kind: str, index: str | None, choice: str
) -> None:
    asked = index or first_index(board)
    assert written(board, kind, asked, choice, YEAR) is no_update
    assert Labels(bench.store.folder).all() == []


def test_the_warehouse_is_never_written(board: Dashboard, bench: Bench) -> None:
    file = bench.store.current_file()
    assert file is not None
    before = file.read_bytes()
    written(board, "review-confirm", first_index(board), "", YEAR)
    assert file.read_bytes() == before


def test_only_reviewers_see_it(bench: Bench) -> None:
    users = {name: generate_password_hash("geheim") for name in ("anna", "bram")}
    review = ReviewSettings(enabled=True, reviewers=("anna",))
    app = create_app(Reader(bench.store), users=users, review=review)

    def asked(name: str) -> str | None:
        given = base64.b64encode(f"{name}:geheim".encode()).decode()
        with app.server.test_request_context(headers={"Authorization": f"Basic {given}"}):
            return reviewer(review)

    assert asked("anna") == "anna"
    assert asked("bram") is None
    assert reviewer(review) is None
    client = app.server.test_client()
    for name, status in (("anna", 200), ("bram", 404)):
        page = client.get(f"/download/beoordelen/note-model.csv{YEAR}", auth=(name, "geheim"))
        assert page.status_code == status


def test_no_note_can_be_downloaded(bench: Bench, tmp_path: Path) -> None:
    client = create_app(Reader(bench.store), review=OPEN).server.test_client()
    answer = client.get(f"/download/beoordelen/note-model.csv{YEAR}")
    assert answer.status_code == 200
    text = answer.get_data(as_text=True)
    assert "Navraag naar voortgang" in text
    assert "foutmelding" not in text
