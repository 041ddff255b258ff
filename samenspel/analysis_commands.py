"""The commands that explain and steer: drivers, steer."""

from collections.abc import Callable
from typing import Annotated

import typer

from samenspel.options import DEFAULT_CONFIG, Config, Warehouse, check_choice
from samenspel.tables import Form, check_form, print_records
from warehouse.store import DEFAULT_FOLDER, Reader, Store

_DRIVERS = (
    "target", "by", "first", "second", "size", "events", "rate", "ratio", "ratio_low",
    "ratio_high", "excess", "excess_low", "excess_high", "cost", "cost_low", "cost_high", "p",
    "is_driver", "adjusted_ratio", "explained", "explained_by", "suppressed",
)  # fmt: skip
_MOVES = (
    "service", "channel", "target", "contacts", "comparable", "settled", "settled_low",
    "settled_high", "settled_share", "here_share", "cost_here", "cost_there", "saving",
    "saving_low", "saving_high", "is_proposed", "worse_off", "suppressed",
)  # fmt: skip


def drivers(
    warehouse: Warehouse = DEFAULT_FOLDER,
    config: Config = DEFAULT_CONFIG,
    target: Annotated[str, typer.Option(help="follow_up or avoidable.")] = "follow_up",
    every: Annotated[bool, typer.Option("--all", help="Groups too that do not stand out.")] = False,
    form: Form = "table",
) -> None:
    """Name groups of contacts after which customers come back more often, or that are avoidable.

    Figures are of the last year; excess is above the average, cost that of the excess, in euros.
    Association, not cause.
    """
    from analytics.drivers import TARGETS
    from analytics.drivers import drivers as answer

    del config  # every command takes it; the warehouse remembers the settings it was made with
    check_form(form)
    check_choice(target, TARGETS, "--target", "target")
    found = answer(Reader(Store(warehouse), connections=1))
    rows = found["groups"]
    rows = rows[(rows["target"] == target) & (rows["is_driver"] | every)]
    rows = rows.sort_values("cost", ascending=False, na_position="last")
    quality = found["quality"].set_index("target").loc[target]
    told = (
        f"model: AUC {quality['auc']:.3f} ({quality['auc_low']:.3f} to {quality['auc_high']:.3f})"
        f" on {quality['judged']} contacts after {quality['learnt_until']}"
        if bool(quality["tells"])
        else f"no model: {quality['reason']}"
    )
    shown = [*_DRIVERS[1:8], "excess", "cost", "explained"]
    print_records(rows[list(_DRIVERS)], form, told=told, shown=shown)


def steer(
    warehouse: Warehouse = DEFAULT_FOLDER,
    config: Config = DEFAULT_CONFIG,
    every: Annotated[bool, typer.Option("--all", help="Moves too that are not proposed.")] = False,
    form: Form = "table",
) -> None:
    """Name contacts that could move to another channel, what that saves, and who is at risk.

    Figures are per month, over the last year; bounds are of 95%.
    """
    from analytics.steering import steering

    del config
    check_form(form)
    found = steering(Reader(Store(warehouse), connections=1))
    moves, risks = found["moves"], found["risks"]
    worse = risks[risks["verdict"] == "worse"]
    moves = moves.assign(
        worse_off=[
            ",".join(
                worse.loc[
                    worse["service"].isin(["", service]) & (worse["channel"] == target), "value"
                ].unique()
            )
            for service, target in moves[["service", "target"]].itertuples(index=False)
        ]
    )
    rows = moves[moves["is_proposed"] | every].sort_values(
        "saving", ascending=False, na_position="last"
    )
    anonymous = float(found["about"]["anonymous"].iloc[0])
    told = f"of {anonymous:.1%} of the contacts, which are anonymous, none of this can be known"
    shown = ["service", "channel", "target", "contacts", "comparable", "settled", "saving",
             "saving_low", "saving_high", "worse_off"]  # fmt: skip
    print_records(rows[list(_MOVES)], form, told=told, shown=shown)


COMMANDS: tuple[Callable[..., None], ...] = (drivers, steer)
