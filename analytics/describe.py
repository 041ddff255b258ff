"""Writes the page of metrics, from the registry and from the little tables that the tests run.

python -m analytics.describe          # writes docs/metrics.md
python -m analytics.describe --check  # says whether it is out of date; writes nothing
"""

import sys
import tomllib
from pathlib import Path
from typing import Any

from analytics.columns import LARGEST_ERROR
from analytics.derive.cube import CUBES
from analytics.dimensions import DIMENSIONS, value_label
from analytics.measures import (
    Count,
    Distinct,
    Measure,
    Percentile,
    PerDistinct,
    PerHalfHour,
    PerInhabitant,
    Ratio,
    ShareOfTotal,
    Shift,
    Total,
)
from analytics.metrics import METRICS, Better, Metric
from warehouse.describe import Pages, main, markdown_table
from warehouse.settings import AVOIDABLE_CATEGORIES, Settings

SPECS = Path(__file__).resolve().parent.parent / "tests" / "spec"

_HEAD = """\
<!-- Made by `make docs` from analytics/metrics and tests/spec: change it there, not here. -->

# Metrics

What each figure is. A metric is defined once, in `analytics/metrics`; every page, report, command
and notebook shows that one, and this page is made from it. The small tables are examples that the
tests run: contacts, and what the metric is of them.

Shares are 0 to 1, times seconds, money euros. Every value comes with its numerator and denominator.

## Populations

- **Contact**: an interaction between a customer and the organisation. Rows of channel `web_visit`
  are *visits*: counted apart, never added to contacts.
- A contact is a **conversation**: the rows that one conversation left behind count once, with the
  first, and cost once. The questions in it (its first row on each subject) take part in finding
  repeats and episodes; the conversation repeats where any of its questions does, and rows of one
  conversation never repeat each other.
- **Bound** within a source: rows with the same `conversation`. Without it, rows that name the agent
  (not those of a telephone exchange): same agent, channel, initiative and local day, an equal
  identifier, and a start within `conversation.bind_minutes` of the end of the row before.
- **Matched** between two systems: a call (source of role `telephony`) and a registration (role
  `registration`), both on the channel phone and begun on the same local day, that lie within
  `conversation.match_minutes`, from start to start (with or without the wait) or from end to end.
  The agent is the same; where one side names none, the department is; where one side names no
  department either, the caller's number is. Two different phone, BSN or KvK numbers rule a pair
  out. Each goes with one other at most, so that the sum of gains is greatest: the seconds left of
  the tolerance plus one, and the tolerance plus one once more where such a number is equal. Of
  equal sums the one with the earliest pairs stands. Abandoned calls have no registration.
- A matched pair is one contact: the call, with service, topic, department, reason and outcome of
  the first registration where the desk knows them; times, waits, calls back, satisfaction and all
  else of the exchange, or of the desk where the exchange is silent. Both link the customer.
- **Inbound**: the customer began. Metrics count inbound contacts unless they say otherwise.
- **Answered**: inbound and not abandoned. **Identified**: the customer is known, by a pseudonym.
- **Customer**: contacts that share an identifier, directly or through others, are of one customer.
- **Subject**: what "about the same" means: the service, or the topic, or anything (setting
  `repeat.subject`). A contact whose subject is unknown matches nothing.
- **W**: the repeat window (setting `repeat.window_days`), from start to start in exact time,
  inclusive: a week is 168 hours, whatever the clock does. Equal starts go by contact id.
- **Candidate**: could be a repeat: inbound, answered, identified, not planned, no visit.
- **Predecessors** of a candidate: answered inbound contacts of the same customer and subject in the
  W before it, on any channel; planned ones too, visits not. A **follower** is a candidate that has
  it as predecessor.
- **Knowable backwards**: starts at least W after the first contact in the warehouse. **Knowable
  forwards**: at least W before the last. What is not knowable is in neither part of a share.
"""

_RULES = {
    "broken_promise": "a call back promised at an earlier contact is overdue and was not done in"
    " time, however long ago",
    "wrong_place": "the latest predecessor was forwarded",
    "premature_closure": "the latest predecessor was resolved, on a channel with staff (not web"
    " form, chatbot or app)",
    "digital_failure": "phone, counter, chat or e-mail within 60 minutes (setting) after a visit,"
    " or after a web form that was left unfinished (`abandoned`)",
    "progress_chasing": "an earlier contact opened a case, or promised a call back that is not yet"
    " due, within the promised term of the service (setting)",
}

_AVOIDABLE = """\
Rules speak of candidates, about the same customer and subject. A reason code that the configuration
maps to a category or to `valuable` goes before a rule; one mapped to `unknown` says nothing.
`avoidable_basis` tells which spoke.
"""


def _avoidable_text() -> str:
    rows = [
        (
            f"`{category}`",
            value_label("avoidable_category", category, "nl", Settings()),
            _RULES.get(category, "only by code"),
        )
        for category in AVOIDABLE_CATEGORIES
    ]
    table = markdown_table(("category", "Dutch", "found by rule when"), rows)
    return (
        "A contact of low or no value to the customer. The categories, in order of precedence:\n\n"
        f"{table}\n{_AVOIDABLE}"
    )


_COST = """\
Each contact costs what its channel costs (setting `cost`), or its handling time at the rate that is
set; nothing where neither is known.
"""

_THEMES = {
    "volume": ("Volume and mix", ""),
    "repeats": ("Repeats", ""),
    "avoidable": ("Avoidable contacts", _avoidable_text()),
    "quality": ("Quality", ""),
    "cost": ("Cost", _COST),
}

_BETTER = {Better.HIGHER: "higher", Better.LOWER: "lower", Better.NEITHER: "neither by itself"}


def metrics_page() -> str:
    """Return the page of all metrics and dimensions, as Markdown."""
    specs = _specs()
    parts = [_HEAD]
    for theme, (title, text) in _THEMES.items():
        parts.append("\n".join(filter(None, [f"## {title}\n", text])))
        parts += [
            _metric_section(metric, specs.get(metric.key, []))
            for metric in METRICS.values()
            if metric.theme == theme
        ]
    return "\n".join([*parts, _dimensions_section(), _PRESENTATION])


def _metric_section(metric: Metric, specs: list[dict[str, Any]]) -> str:
    facts = [
        ("kind", kind_text(metric.measure)),
        ("unit", metric.unit.value),
        ("better", _BETTER[metric.better]),
        ("hidden", hidden_text(metric.measure)),
        ("mind", metric.caveat_en),
        ("let op", metric.caveat_nl),
        ("source", metric.source),
    ]
    lines = [
        f"### {metric.key}\n",
        f"**{metric.name_en}**: {metric.description_en}\n",
        f"**{metric.name_nl}**: {metric.description_nl}\n",
        *(f"- *{name}*: {text}" for name, text in facts if text),
        "",
        *(_spec_text(spec) for spec in specs),
    ]
    return "\n".join(lines)


def kind_text(measure: Measure) -> str:  # noqa: PLR0911  # one for each kind
    """Return in words what kind of measure it is, and whether it adds up."""
    match measure:
        case Count():
            return "a count; adds up over any grouping"
        case Total():
            return "a sum; adds up over any grouping"
        case Ratio():
            name = "a share" if measure.is_share else "a mean"
            return f"{name}; numerator and denominator add up over any grouping, the value does not"
        case ShareOfTotal(_, dimension):
            return f"a share of the total over `{dimension}` within the same filter"
        case Distinct():
            return "a number of different customers; adds up over nothing"
        case Percentile():
            return (
                "a percentile, linear between neighbours; adds up over nothing; from bins it is at"
                f" most {LARGEST_ERROR:.0%} off, and marked `is_approximate`"
            )
        case PerDistinct():
            return "contacts over different customers; the customers add up over nothing"
        case PerInhabitant() | PerHalfHour():
            return "a rate; the numerator adds up, the denominator is the same for each group"
        case Shift():
            return "a difference of two shares of the total, with bounds; adds up over nothing"


def hidden_text(measure: Measure) -> str:  # noqa: PLR0911  # likewise
    """Return in words when a value is hidden, given the threshold of setting privacy.threshold."""
    match measure:
        case Shift():
            return "where one of the two shares is"
        case PerDistinct():
            return "from 1 to below the threshold customers"
        case PerHalfHour(mean=Ratio()):
            return "from 1 to below the threshold contacts, all or those with a known time"
        case PerInhabitant() | PerHalfHour():
            return "from 1 to below the threshold contacts"
        case Count() | ShareOfTotal():
            return "from 1 to below the threshold contacts"
        case Total():
            return "where it sums 1 to below the threshold contacts"
        case Distinct():
            return "from 1 to below the threshold customers"
        case Ratio() | Percentile():
            return "where the denominator is below the threshold"


def _specs() -> dict[str, list[dict[str, Any]]]:
    """Return the little tables by metric."""
    found: dict[str, list[dict[str, Any]]] = {}
    for file in sorted(SPECS.glob("*.toml")):
        for spec in tomllib.loads(file.read_text(encoding="utf-8"))["spec"]:
            found.setdefault(spec["metric"], []).append(spec)
    return found


def _spec_text(spec: dict[str, Any]) -> str:
    title = f"Example, {spec['title']}:" if "title" in spec else "Example:"
    settings = _settings_text(spec.get("settings", {}))
    return "\n".join(
        filter(
            None,
            [
                f"{title}\n",
                f"Settings: {settings}.\n" if settings else "",
                _text_table(spec["contacts"]),
                _text_table(spec["expected"]),
            ],
        )
    )


def _text_table(table: str) -> str:
    head, *rows = (
        [cell.strip() for cell in line.split("|")] for line in table.strip("\n").splitlines()
    )
    return markdown_table(head, rows)


def _settings_text(settings: dict[str, Any], place: str = "") -> str:
    """Return settings as `place = value`, in a row."""
    texts = []
    for name, value in settings.items():
        if isinstance(value, dict):
            texts.append(_settings_text(value, f"{place}{name}."))
        else:
            texts.append(f"`{place}{name} = {value!r}`".replace("'", '"'))
    return ", ".join(texts)


def _dimensions_section() -> str:
    rows = [(f"`{d.key}`", d.name_nl, d.name_en) for d in DIMENSIONS.values()]
    cubes = ", ".join(
        f"{' × '.join(shape.dimensions)} ({'month' if shape.is_monthly else 'day'})"
        for shape in CUBES
    )
    return (
        "## Dimensions\n\nAny metric can be split and filtered by any of these, and by day, ISO"
        " week, month, quarter or year of the organisation's own calendar. A missing value is"
        f" called `unknown`.\n\n{markdown_table(('key', 'Dutch', 'English'), rows)}\n"
        f"Sums are kept ready for: {cubes} (`slot` is the half hour; bins are of waits and of times"
        " to a repeat). Different customers are kept ready, exactly, for whole months, over all and"
        " by one of channel, service, customer type or area. Other questions are answered from the"
        " contacts themselves.\n"
    )


_PRESENTATION = """\
## Presentation

- **Intervals**: a share has bounds of 95% (Wilson). A difference between two periods has bounds too
  (Newcombe for shares, Poisson for counts), and is called a change only where these leave zero out.
- **Small groups**: a figure of 1 to 9 contacts or customers is hidden (setting
  `privacy.threshold`), by its denominator, or by the count or sum itself. So are further figures,
  so that none can be had by adding and subtracting, whatever values and days are asked. A
  numerator of contacts (repeats, avoidable contacts) is shown where its denominator is: it counts
  contacts, not people. Whole months, quarters and years show most. How, and what this keeps and
  what not: [decision 5](adr/0005-what-a-swap-would-change-is-hidden.md).
- **Incomplete periods** are marked: a period is complete when it lies wholly within the days
  loaded and those asked, and, for metrics on episodes, the repeat window after it has passed.
"""

PAGES: Pages = {"metrics.md": metrics_page}

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:], Path("docs"), PAGES))
