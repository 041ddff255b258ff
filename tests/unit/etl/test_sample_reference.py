"""The reference that writes the sample's truth, on little stories."""

import pytest

from etl.sample.happening import Happening
from etl.sample.truth import observe, percentile

DAY = 86_400


def contact(day: float, channel: str = "phone", who: str = "a", **more: object) -> Happening:
    one = Happening(channel, int(day * DAY), 1, False, "paspoort", "", "", **more)  # type: ignore[arg-type]
    one.contact_id = f"{day:08.3f}"
    one.known = {"phone": who} if who else {}
    return one


FAR = [contact(-60, who="first"), contact(90, who="last")]


def test_reference_repeats_reach_seven_days_and_no_further() -> None:
    seen = observe([*FAR, contact(0), contact(7), contact(14.001, "email"), contact(15)])
    assert [len(one.predecessors) for one in seen] == [0, 0, 1, 0, 1, 0]
    assert seen[4].latest is None or seen[4].latest.it.channel == "email"


def test_reference_links_through_others() -> None:
    by_both = contact(1, "web_form", who="a")
    by_both.known["email"] = "x"
    by_mail = contact(2, "email", who="")
    by_mail.known["email"] = "x"
    seen = observe([*FAR, contact(0), by_both, by_mail, contact(3, who="b"), contact(4, who="")])
    customers = [one.customer for one in seen[1:6]]
    assert customers[0] == customers[1] == customers[2] != customers[3]
    assert customers[4] is None


def test_reference_planned_contacts_precede_but_never_repeat() -> None:
    seen = observe([*FAR, contact(0), contact(1, "counter", is_planned=True), contact(2)])
    assert [one.is_candidate for one in seen[1:4]] == [True, False, True]
    assert [len(one.predecessors) for one in seen[1:4]] == [0, 0, 2]


@pytest.mark.parametrize(
    ("story", "expected"),
    [
        ([contact(0, outcome="callback", due=DAY), contact(2)], "broken_promise"),
        ([contact(0, outcome="callback", due=DAY, done=DAY - 60), contact(2)], ""),
        ([contact(0, outcome="callback", due=3 * DAY), contact(2)], "progress_chasing"),
        ([contact(0, outcome="forwarded"), contact(2)], "wrong_place"),
        ([contact(0), contact(2)], "premature_closure"),
        ([contact(0, "web_form"), contact(2)], ""),
        ([contact(0, "web_form", outcome="abandoned"), contact(0.04)], "digital_failure"),
        ([contact(0, "web_form", outcome="abandoned"), contact(0.05)], ""),
        ([contact(0, "web_visit"), contact(0.04)], "digital_failure"),
        ([contact(0, "web_form", outcome="case_opened"), contact(13)], "progress_chasing"),
        ([contact(0, "web_form", outcome="case_opened"), contact(15)], ""),
        ([contact(0), contact(2, value="valuable")], ""),
        ([contact(0), contact(2, value="unclear_information")], "unclear_information"),
    ],
)
def test_reference_avoidable(story: list[Happening], expected: str) -> None:
    assert observe([*FAR, *story])[2].category == expected


def test_reference_episodes_are_chains() -> None:
    seen = observe([*FAR, contact(0), contact(6), contact(12), contact(20)])
    lengths = [len(one.episode.contacts) for one in seen if one.episode]
    assert lengths == [1, 3, 3, 3, 1, 1]


def test_percentile_interpolates() -> None:
    assert percentile([1, 2, 3, 4], 0.5) == 2.5
    assert percentile([10], 0.9) == 10
