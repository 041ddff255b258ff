"""The answer on steering, from counts to proposals, worked out once per version."""

from collections.abc import Mapping

import pandas as pd

from analytics.disclosure import HIDDEN, suppress
from analytics.drivers.groups import months, period
from analytics.kept_frames import Frames, kept
from analytics.query import Span, span
from analytics.steering.cells import cells
from analytics.steering.moves import FIGURES, moves, proposed
from analytics.steering.risks import risks
from warehouse.contact import UNKNOWN
from warehouse.store import Reader

NAME = "steering-1"
"""Under which the answer is kept beside the warehouse."""


def steering(reader: Reader) -> Frames:
    """Return which contacts could move, who is at risk, and what a what-if needs; once per version.

    Returns:
        moves: see `analytics.steering.moves.moves`; with is_proposed, and suppressed.
        risks: see `analytics.steering.risks.risks`.
        channels: per service and channel, per month: contacts, anonymous, identified (over the
            whole period), unit_cost (euros), handling_seconds, suppressed.
        steps: per service, channel and next_channel: repeats (over the whole period).
        about: first_on, last_on, months, spread, contacts, anonymous (share, 0 to 1).

    Raises:
        NoWarehouseError: nothing was loaded yet.
    """
    return kept(reader, NAME, work_out_steering)


def work_out_steering(reader: Reader) -> Frames:
    """Work out `steering`: counts from the engine, over all contacts; no row comes here."""
    known = span(reader)
    with reader.backend() as backend:
        counted = cells(backend, period(known))
    return answer(counted, known)


def answer(counted: Mapping[str, pd.DataFrame], known: Span) -> Frames:
    """Return `steering` from counts (see `analytics.steering.cells.cells`)."""
    settings, days = known.settings.steering, period(known)
    threshold = known.settings.privacy.threshold
    spread, length = float(counted["spread"]["spread"].iloc[0]), months(days)
    smallest = max(settings.smallest_group, threshold)
    found = moves(
        counted["strata"],
        counted["steps"],
        smallest_match=max(settings.smallest_match, threshold),
        spread=spread,
        months=length,
    )
    found = found.assign(is_proposed=proposed(found, smallest))
    found = _hidden(found, ["service", "channel", "target"], "size", FIGURES, threshold)
    found["is_proposed"] &= ~found["suppressed"]
    people = risks(
        counted["people"],
        smallest_group=smallest,
        false_share=known.settings.drivers.false_share,
        spread=spread,
    )
    figures = (
        "size",
        "rate",
        "expected_rate",
        "ratio",
        "ratio_low",
        "ratio_high",
        "elsewhere_rate",
    )
    lines = ["service", "channel", "value"]
    people = _hidden(people, lines, "size", figures, threshold, apart=["dimension"])
    people["verdict"] = people["verdict"].mask(people["suppressed"], "unknown")
    volumes = counted["volumes"]
    total = volumes[["contacts", "anonymous"]].sum()
    about = {
        "first_on": days[0].isoformat(),
        "last_on": days[1].isoformat(),
        "months": length,
        "spread": spread,
        "contacts": float(total["contacts"]),
        "anonymous": float(total["anonymous"] / total["contacts"])
        if total["contacts"]
        else float("nan"),
    }
    steps = counted["steps"]
    return {
        "moves": found,
        "risks": people,
        "channels": _channels(counted, length, threshold),
        "steps": steps[steps["channel"] != UNKNOWN].reset_index(drop=True),
        "about": pd.DataFrame([about]),
    }


def _channels(counted: Mapping[str, pd.DataFrame], length: float, threshold: int) -> pd.DataFrame:
    volumes = counted["volumes"]
    known = counted["strata"].groupby(["service", "channel"])["size"].sum().rename("identified")
    handled = volumes.groupby("channel")[["handled", "handle_seconds"]].sum()
    usual = handled["handle_seconds"] / handled["handled"].where(handled["handled"] > 0)
    own = volumes["handle_seconds"] / volumes["handled"].where(volumes["handled"] >= threshold)
    found = volumes.join(known, on=["service", "channel"]).assign(
        size=volumes["contacts"],
        contacts=volumes["contacts"] / length,
        anonymous=volumes["anonymous"] / volumes["contacts"],
        unit_cost=volumes["cost"] / volumes["contacts"],
        handling_seconds=own.fillna(volumes["channel"].map(usual)),
    )
    found["identified"] = found["identified"].fillna(0.0).astype("float64")
    names = ("contacts", "anonymous", "identified", "unit_cost", "handling_seconds")
    found = found[["service", "channel", "size", *names]]
    return _hidden(found, ["service", "channel"], "size", (*names, "size"), threshold)


def _hidden(
    frame: pd.DataFrame,
    lines: list[str],
    weight: str,
    figures: tuple[str, ...],
    threshold: int,
    *,
    apart: list[str] | None = None,
) -> pd.DataFrame:
    """Hide what is about too few people (analytics.disclosure decides which)."""
    apart = apart or ["metric"]
    asked = frame[[*lines]].assign(
        **{name: frame.get(name, "") for name in apart},
        **dict.fromkeys(HIDDEN, 0.0),
        weight=frame[weight].fillna(0.0),
    )
    hides = suppress(asked, lines, "weight", threshold, apart=apart)["suppressed"]
    frame = frame.astype(dict.fromkeys(figures, "float64"))
    frame.loc[hides, list(figures)] = float("nan")
    return frame.assign(suppressed=hides.astype(bool))
