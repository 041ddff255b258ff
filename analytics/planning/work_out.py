"""The answer on planning, from the cubes to forecasts, worked out once per version."""

from collections.abc import Mapping, Sequence
from datetime import timedelta

import numpy as np
import pandas as pd
from threadpoolctl import threadpool_limits

from analytics.disclosure import suppress
from analytics.kept_frames import Frames, kept
from analytics.planning.backtest import (
    Plan,
    Series,
    accuracy,
    backtest,
    best,
    forecasts,
    judged,
    plan_of,
)
from analytics.planning.bands import LEVELS, POWERS, bands, coverage
from analytics.planning.busy import habits, profile
from analytics.planning.days import Calendar
from analytics.planning.history import bounds, channels, counted, services
from analytics.planning.models import BASELINE, LIBRARY_MODELS, MODELS, Model
from analytics.query import span
from warehouse.settings import Settings
from warehouse.store import Reader

NAME = "planning"
"""Under which the answer is kept beside the warehouse."""

ALL = ""
"""Stands in the column `channel` for all channels together: the sum of their forecasts."""

_SERVICE_FOLDS = 6
_SERVICE_MODELS = (BASELINE, "recent_weeks", "regression_level")
_WEEK = 7
_BOUNDS = [f"{side}_{level}" for level in LEVELS for side in ("low", "high")]


def planning(reader: Reader) -> Frames:
    """Return forecasts, how good they are, and what staffing needs; once per version.

    Days are texts (2026-01-31).

    Returns:
        days: channel (ALL: together), day, expected, low_80, high_80, low_95, high_95, is_closed,
            holiday and school (names, empty for none).
        weeks: channel, service (empty: all), first_on, expected, the bounds, baseline (last week
            repeated; NaN where hidden).
        past: channel, first_on (of seven days), value; suppressed.
        tests: channel, service, model, is_chosen (what a reader gets: chosen at each moment from
            the folds before), folds, horizon (days), days, error, share, mase, against_naive,
            recent_share and recent_naive (of the last fold), covered_80, covered_95, covered_days.
        profile, habits: see `analytics.planning.busy`.
        about: first_on, last_on, weeks_ahead, left_out (channels with too few contacts).

    Raises:
        NoWarehouseError: nothing was loaded yet.
    """
    return kept(reader, NAME, work_out_planning)


def work_out_planning(reader: Reader, extra: Mapping[str, Model] | None = None) -> Frames:
    """Work out `planning` from sums; no row about a contact comes here.

    Args:
        reader: of the warehouse.
        extra: further models to test beside ours; they are not chosen.
    """
    known = span(reader)
    table = counted(reader)
    with threadpool_limits(1):  # the sums are small, and the pages want a core
        found = [_channel(table, one, known.settings, extra or {}) for one in channels(table)]
    found = [one for one in found if one]
    first, last = bounds(known)
    names = (
        {str(name) for name in table.columns.get_level_values("channel")} if len(table) else {""}
    )
    forecast = {str(one["days"]["channel"].iloc[0]) for one in found}
    about = {
        "first_on": first.isoformat(),
        "last_on": last.isoformat(),
        "weeks_ahead": known.settings.planning.weeks_ahead,
        "left_out": ",".join(sorted(names - forecast - {""})),
    }
    if found:
        found.insert(0, _together(found, known.settings))
    tables = {
        name: pd.concat([one[name] for one in found if name in one], ignore_index=True)
        if found
        else pd.DataFrame({column: [] for column in columns})
        for name, columns in _EMPTY.items()
    }
    tables["past"] = _past(table, forecast, known.settings.privacy.threshold)
    tables["weeks"] = _hide_baseline(tables["weeks"], known.settings.privacy.threshold)
    for name, column in (("days", "day"), ("weeks", "first_on"), ("past", "first_on")):
        tables[name][column] = pd.to_datetime(tables[name][column]).dt.strftime("%Y-%m-%d")
    return {
        **tables,
        "profile": profile(reader),
        "habits": habits(reader),
        "about": pd.DataFrame([about]),
    }


_EMPTY = {
    "days": ["channel", "day", "expected", *_BOUNDS, "is_closed", "holiday", "school"],
    "weeks": ["channel", "service", "first_on", "expected", *_BOUNDS, "baseline"],
    "tests": ["channel", "service", "model", "is_chosen", "folds", "horizon", "days", "error",
              "share", "mase", "against_naive", "recent_share", "recent_naive", "covered_80",
              "covered_95", "covered_days"],
}  # fmt: skip


def _channel(
    table: pd.DataFrame, series: Series, settings: Settings, extra: Mapping[str, Model]
) -> dict[str, pd.DataFrame]:
    """Return the tables of one channel; none where its history is too short to test anything."""
    last = series.counts.index[-1]
    plan = plan_of(len(series.counts), last, settings.planning.weeks_ahead)
    if plan is None:
        return {}
    rows = backtest(series, plan, settings.planning, MODELS)
    ahead = _ahead(series, plan.horizon, settings, best(rows, list(MODELS)), MODELS)
    tests = [_tests(series, rows, plan, [*MODELS, "expected"])]
    if extra:
        other = backtest(series, plan, settings.planning, {BASELINE: MODELS[BASELINE], **extra})
        tests.append(_tests(series, other, plan, list(extra)))
    whole = _with_bands(ahead, rows)
    weeks = [_weeks(ahead, rows).assign(channel=series.channel, service="")]
    for part, part_ahead, part_rows in _services(table, series, plan, rows, ahead, settings):
        tests.append(_tests(part, part_rows, plan, [BASELINE, "expected"]))
        weeks.append(
            _weeks(part_ahead, part_rows).assign(channel=part.channel, service=part.service)
        )
    return {
        "days": _named(whole, settings).assign(channel=series.channel),
        "weeks": pd.concat(weeks, ignore_index=True),
        "tests": pd.concat(tests, ignore_index=True),
        "rows": rows,
        "ahead": ahead,
    }


def _ahead(
    series: Series, horizon: int, settings: Settings, chosen: str, models: Mapping[str, Model]
) -> pd.DataFrame:
    """Return the days to come: expected, baseline, is_closed, step."""
    last = series.counts.index[-1]
    wanted = {BASELINE: models[BASELINE], chosen: models[chosen]}
    days = max(horizon, settings.planning.weeks_ahead * _WEEK)
    found = forecasts(series, last, days, settings.planning, wanted)
    found["expected"] = found[chosen]
    found["step"] = np.arange(1, len(found) + 1)
    return found.rename_axis("day").reset_index()[
        ["day", "step", "expected", BASELINE, "is_closed"]
    ]


def _services(
    table: pd.DataFrame,
    series: Series,
    plan: Plan,
    rows: pd.DataFrame,
    ahead: pd.DataFrame,
    settings: Settings,
) -> list[tuple[Series, pd.DataFrame, pd.DataFrame]]:
    """Return each service's days to come and backtest, drawn to add up to the channel's.

    Proportions of forecasts (Hyndman and Athanasopoulos, section 11.3): each service is forecast by
    itself, and gets its part of the channel's forecast, which knows more than its parts.
    """
    models = {name: MODELS[name] for name in _SERVICE_MODELS}
    parts = services(table, series.channel)
    short = Plan(plan.origins[-_SERVICE_FOLDS:], plan.horizon)
    tests, days = [], []
    for part in parts:
        tested_rows = backtest(part, short, settings.planning, models)
        tests.append(tested_rows)
        days.append(_ahead(part, plan.horizon, settings, best(tested_rows, list(models)), models))
    kept_rows = rows[rows["origin"].isin(short.origins)]
    return list(
        zip(parts, _drawn(days, ahead, ["day"]), _drawn(tests, kept_rows, ["origin", "day"]),
            strict=True)
    )  # fmt: skip


def _drawn(
    parts: Sequence[pd.DataFrame], whole: pd.DataFrame, keys: list[str]
) -> list[pd.DataFrame]:
    """Scale the parts' `expected` to add up to the whole's; closed days are the whole's."""
    if not parts:
        return []
    target = whole.set_index(keys)
    indexed = [part.set_index(keys) for part in parts]
    columns = [part["expected"].reindex(target.index).fillna(0.0) for part in indexed]
    total = pd.DataFrame(dict(enumerate(columns))).sum(axis=1)
    even = target["expected"] / len(parts)
    found = []
    for part in indexed:
        own = part["expected"].reindex(target.index).fillna(0.0)
        drawn = (own * target["expected"] / total.where(total > 0)).fillna(even)
        whole_part = part.reindex(target.index)
        found.append(whole_part.assign(expected=drawn, is_closed=target["is_closed"]).reset_index())
    return found


def _together(
    found: Sequence[Mapping[str, pd.DataFrame]], settings: Settings
) -> dict[str, pd.DataFrame]:
    """Return the tables of all channels together: the sums of theirs, with bands of their own."""
    ahead = _sum([one["ahead"] for one in found], ["day", "step"])
    rows = _sum([one["rows"] for one in found], ["origin", "day", "step"])
    plan = Plan(tuple(rows["origin"].unique()), int(rows["step"].max()))
    return {
        "days": _named(_with_bands(ahead, rows), settings).assign(channel=ALL),
        "weeks": _weeks(ahead, rows).assign(channel=ALL, service=""),
        "tests": _tests(Series(ALL, None, pd.Series(dtype=float)), rows, plan,
                        [BASELINE, "expected"]),
    }  # fmt: skip


def _sum(parts: Sequence[pd.DataFrame], keys: list[str]) -> pd.DataFrame:
    whole = pd.concat(parts)
    how = {name: "sum" for name in ("expected", BASELINE, "actual", "scale") if name in whole}
    how |= {"is_closed": "all"} | ({"is_ignored": "any"} if "is_ignored" in whole else {})
    # the scale of a sum is taken as the root of the sum of squares: the channels' chances differ
    if "scale" in whole:
        whole = whole.assign(scale=whole["scale"] ** 2)
    summed = whole.groupby(keys, as_index=False).agg(how)
    return summed.assign(scale=np.sqrt(summed["scale"])) if "scale" in whole else summed


def _with_bands(ahead: pd.DataFrame, rows: pd.DataFrame) -> pd.DataFrame:
    good = judged(rows)
    measured = coverage(good)
    learnt = bands(good, measured.power if measured else POWERS[0])
    if learnt is None:
        return ahead.assign(**dict.fromkeys(_BOUNDS, float("nan")))
    around = learnt.around(ahead["expected"].to_numpy(dtype=float), ahead["step"].to_numpy())
    shut = ahead["is_closed"].to_numpy(dtype=bool)
    return ahead.assign(**{name: np.where(shut, 0.0, values) for name, values in around.items()})


def _weeks(ahead: pd.DataFrame, rows: pd.DataFrame) -> pd.DataFrame:
    """Return the sums of every seven days to come, with bands from such sums in the backtest."""

    def summed(days: pd.DataFrame, keys: list[str]) -> pd.DataFrame:
        week = days.assign(week=(days["step"] - 1) // _WEEK)
        grouped = week.groupby([*keys, "week"])
        columns = [name for name in ("expected", "actual", BASELINE) if name in days]
        found = grouped[columns].sum().join(grouped["day"].agg(["min", "max", "size"]))
        found["is_ignored"] = grouped["is_ignored"].any() if "is_ignored" in days else False
        return found.reset_index().assign(is_closed=False)

    past, future = summed(rows, ["origin"]), summed(ahead, [])
    past = past[(past["size"] == _WEEK)].assign(step=past["week"] * _WEEK + 1, day=past["max"])
    found = _with_bands(future.assign(step=future["week"] * _WEEK + 1), past)
    return found.rename(columns={"min": "first_on", BASELINE: "baseline"})[
        ["first_on", "expected", *_BOUNDS, "baseline"]
    ]


def _tests(series: Series, rows: pd.DataFrame, plan: Plan, names: Sequence[str]) -> pd.DataFrame:
    latest = rows[rows["origin"] == rows["origin"].max()]
    lines = []
    for name in names:
        off = accuracy(rows, name)
        held = coverage(judged(rows.assign(expected=rows[name])))
        lines.append(
            {
                "channel": series.channel,
                "service": series.service or "",
                "model": name,
                "is_chosen": name == "expected",
                "folds": rows["origin"].nunique(),
                "horizon": plan.horizon,
                "days": off.days,
                "error": off.error,
                "share": off.share,
                "mase": off.mase,
                "against_naive": off.against_naive,
                "recent_share": accuracy(latest, name).share,
                "recent_naive": accuracy(latest, BASELINE).share,
                "covered_80": held.shares[80] if held else float("nan"),
                "covered_95": held.shares[95] if held else float("nan"),
                "covered_days": held.days if held else 0,
            }
        )
    found = pd.DataFrame(lines)
    if "expected" in names and BASELINE in names and len(names) > 2:
        chosen = best(rows, [name for name in names if name in MODELS])
        found.loc[found["is_chosen"], "model"] = f"chosen ({chosen})"
    else:
        found.loc[found["is_chosen"], "model"] = "chosen"
    return found


def _named(days: pd.DataFrame, settings: Settings) -> pd.DataFrame:
    """Add the names of holidays; leave out the baseline, which is a count of a day."""
    calendar = Calendar(settings.planning, days["day"].min().date(), days["day"].max().date())
    public, school = calendar.public(), calendar.school()
    dates = [day.date() for day in days["day"]]
    return days.assign(
        holiday=[public.get(day, "") for day in dates],
        school=[school.get(day, "") for day in dates],
    ).drop(columns=[BASELINE, "step"])


def _past(table: pd.DataFrame, names: set[str], threshold: int) -> pd.DataFrame:
    """Return the contacts of every seven days before, counted back from the last day."""
    if table.empty or not names:
        return pd.DataFrame({"channel": [], "first_on": [], "value": [], "suppressed": []})
    totals = table.T.groupby(level="channel").sum().T[sorted(names)]
    weeks = len(totals) // _WEEK
    totals = totals.iloc[len(totals) - weeks * _WEEK :]
    starts = totals.index[0] + pd.to_timedelta((np.arange(len(totals)) // _WEEK) * _WEEK, unit="D")
    summed = totals.groupby(starts).sum().rename_axis("first_on")
    summed[ALL] = summed.sum(axis=1)
    rows = summed.reset_index().melt("first_on", var_name="channel", value_name="value")
    whole = rows["channel"] == ALL
    parts = _hidden(rows[~whole], ["first_on", "channel"], threshold)
    return pd.concat([parts, _hidden(rows[whole], ["first_on"], threshold)], ignore_index=True)


def _hide_baseline(weeks: pd.DataFrame, threshold: int) -> pd.DataFrame:
    """Hide where last week repeated tells how few there were last week."""
    if weeks.empty:
        return weeks.assign(suppressed=[])
    parts = []
    for has_service, part in weeks.groupby(weeks["service"] != ""):
        lines = ["first_on", "channel", *(["service"] if has_service else [])]
        hidden = _hidden(part.assign(value=part["baseline"]), lines, threshold)
        parts.append(hidden.assign(baseline=hidden["value"]).drop(columns="value"))
    return pd.concat(parts, ignore_index=True)


def _hidden(rows: pd.DataFrame, lines: list[str], threshold: int) -> pd.DataFrame:
    empty = dict.fromkeys(("numerator", "denominator", "low", "high"), float("nan"))
    asked = rows.reset_index(drop=True).assign(**empty, weight=rows["value"].to_numpy())
    return suppress(asked, lines, "weight", threshold, apart=[]).drop(columns=list(empty))


def library_tests(reader: Reader) -> pd.DataFrame:
    """Return `tests` with statsforecast's automatic models beside; worked out anew, minutes."""
    return work_out_planning(reader, LIBRARY_MODELS)["tests"]


def next_monday(about: pd.DataFrame) -> pd.Timestamp:
    """Return the first Monday after the history."""
    last = pd.Timestamp(about["last_on"].iloc[0])
    return last + timedelta(days=_WEEK - last.day_of_week)
