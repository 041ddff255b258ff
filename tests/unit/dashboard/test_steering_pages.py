"""Waarom and Sturen are drawn from what was worked out, whatever the view; small worlds too."""

from pathlib import Path

import pytest

from analytics.drivers import drivers
from analytics.kept_frames import Frames
from analytics.query import span, values
from analytics.steering import steering
from dashboard.context import Context
from dashboard.pages import PAGES
from dashboard.pages.steering import PATH
from dashboard.view import FILTERS, parse_view
from tests.browser.town import contacts, settings
from tests.unit.dashboard.components import texts_in
from tests.warehouses import build
from warehouse.store import Reader


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> tuple[Reader, dict[str, Frames]]:
    reader = build(tmp_path_factory.mktemp("town"), contacts(), settings())
    return reader, {"drivers": drivers(reader), "steering": steering(reader)}


@pytest.mark.parametrize("key", ["drivers", "steering"])
@pytest.mark.parametrize(
    "search",
    ["", "?lang=en", "?service=paspoort", "?channel=phone&lang=en", "?service=afval&channel=chat",
     "?plan=paspoort:phone:10&of=paspoort", "?plan=paspoort:phone:100&plan=afval:web_form:0",
     "?area=WK990100"],
)  # fmt: skip
def test_pages_are_drawn_for_any_view(
    town: tuple[Reader, dict[str, Frames]], key: str, search: str
) -> None:
    reader, answers = town
    view, ignored = parse_view(search, {name: values(reader, name) for name in FILTERS})
    assert ignored == ()
    context, page = Context(view, span(reader)), PAGES[key]
    assert page.data(reader, view).keys() == answers[key].keys()
    shown = texts_in(page.layout(answers[key], context))
    assert "None nan" not in shown
    assert " nan" not in shown
    blocks = page.blocks(answers[key], context)
    assert len({block.key for block in blocks}) == len(blocks)
    for block in blocks:
        assert block.title
        assert block.finding
        assert block.table.csv(context.language, 10)


def test_nothing_to_learn_from_is_said_and_not_drawn(tmp_path: Path) -> None:
    rows = [
        {"started_at": f"2024-03-{day:02} 10:00", "customer": f"p{day}", "service": "x"}
        for day in range(1, 31)
    ]
    reader = build(tmp_path, rows)
    for key, answer in (("drivers", drivers(reader)), ("steering", steering(reader))):
        context = Context(parse_view("?lang=en")[0], span(reader))
        shown = texts_in(PAGES[key].layout(answer, context))
        if key == "drivers":
            assert "too few contacts for a model" in shown
            assert "No group stands out" in shown
        else:
            assert "no move of which it is certain" in shown


def test_a_warehouse_of_visits_alone_has_nothing_to_tell(tmp_path: Path) -> None:
    reader = build(tmp_path, [{"started_at": "2024-03-01 10:00", "channel": "web_visit"}])
    assert set(drivers(reader)["quality"]["reason"]) == {"too_few"}
    assert steering(reader)["moves"].empty


def test_a_proposal_leads_to_its_plan(town: tuple[Reader, dict[str, Frames]]) -> None:
    """The link works out the comparable contacts having moved, and nothing else."""
    reader, answers = town
    moves = answers["steering"]["moves"]
    some = moves[~moves["suppressed"]].nlargest(1, "comparable").index
    answer = {**answers["steering"], "moves": moves.assign(is_proposed=moves.index.isin(some))}
    context = Context(parse_view("")[0], span(reader))
    links = _links(PAGES["steering"].layout(answer, context))
    (href,) = [link for link in links if link.startswith(f"{PATH}?") and "plan=" in link]
    view, _ = parse_view(href.partition("?")[2])
    row = moves.loc[some[0]]
    shares = view.plan_for(row["service"])
    assert set(shares) == {row["channel"], row["target"]}
    assert view.plan_of == row["service"]


def _links(component: object) -> list[str]:
    if isinstance(component, list | tuple):
        return [link for part in component for link in _links(part)]
    own = [component.href] if isinstance(getattr(component, "href", None), str) else []
    children = getattr(component, "children", None)
    return own + (
        _links(children) if children is not None and not isinstance(children, str) else []
    )


def test_what_is_hidden_is_hidden_in_the_download_too(
    town: tuple[Reader, dict[str, Frames]],
) -> None:
    reader, answers = town
    context = Context(parse_view("")[0], span(reader))
    answer = {name: frame.copy() for name, frame in answers["steering"].items()}
    answer["moves"]["suppressed"] = True
    answer["moves"]["is_proposed"] = False
    block = PAGES["steering"].blocks(answer, context)[0]
    lines = block.table.csv("nl", 10).splitlines()[1:]
    assert lines
    assert all(line.count("< 10") == 13 for line in lines)


def test_the_settings_say_which_channels_are_digital(
    town: tuple[Reader, dict[str, Frames]],
) -> None:
    """Who fares worse on a home visit is no finding about digital channels."""
    reader, answers = town
    context = Context(parse_view("?lang=en")[0], span(reader))
    some = answers["steering"]["risks"].head(1)
    for channel, is_told in (("web_form", True), ("home_visit", False), ("unknown", False)):
        risks = some.assign(channel=channel, verdict="worse", size=500.0, rate=0.4)
        blocks = PAGES["steering"].blocks({**answers["steering"], "risks": risks}, context)
        (block,) = [one for one in blocks if one.key == "steering-risks"]
        assert (block.figure is not None) == is_told
        assert (block.finding == context.texts("steering.nobody_worse")) != is_told
