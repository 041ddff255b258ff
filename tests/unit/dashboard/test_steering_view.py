"""A plan in the address: a link reopens it, and what is broken in it is left out."""

import pytest

from dashboard.view import View, parse_view, query_string

KNOWN = {"service": ["paspoort", "a:b"], "channel": ["phone", "web_form"]}


def test_a_link_reopens_a_plan() -> None:
    view = (
        View().with_plan("paspoort", {"phone": 20, "web_form": 60}).with_plan("a:b", {"phone": 0})
    )
    assert parse_view(query_string(view), KNOWN) == (view, ())
    assert view.plan_for("paspoort") == {"phone": 20, "web_form": 60}
    assert view.plan_of == "a:b"


def test_planning_a_service_anew_leaves_the_others() -> None:
    view = View().with_plan("paspoort", {"phone": 20}).with_plan("a:b", {"phone": 5})
    again = view.with_plan("paspoort", {"web_form": 50})
    assert again.plan == (("a:b", "phone", 5), ("paspoort", "web_form", 50))


@pytest.mark.parametrize(
    "broken",
    ["paspoort:phone:101", "paspoort:phone:-1", "paspoort:phone:²", "paspoort:phone", "x:phone:5",
     "paspoort:pigeon:5", "", ":::", "paspoort:phone:1e1", "paspoort:phone:007"],
)  # fmt: skip
def test_what_is_broken_is_left_out_and_named(broken: str) -> None:
    view, ignored = parse_view(f"?plan={broken}&plan=a:b:phone:5", KNOWN)
    assert view.plan == (("a:b", "phone", 5),)
    assert ignored == ("plan",)


def test_a_service_that_is_not_there_cannot_be_planned() -> None:
    assert parse_view("?of=x", KNOWN) == (View(), ("of",))
