"""When a row began and ended, in whole seconds: what binding and matching compare."""

from ibis.expr.types import IntegerValue, Table, TimestampValue


def seconds(moment: TimestampValue) -> IntegerValue:
    """Return a moment as whole seconds since 1970; null stays null."""
    return moment.truncate("s").epoch_seconds().cast("int64")


def begins(rows: Table) -> IntegerValue:
    """Return the start of each row, in seconds."""
    return seconds(rows.started_at)


def answered(rows: Table) -> IntegerValue:
    """Return when the wait was over, in seconds: the start where no wait is known."""
    wait = rows.wait_seconds.fill_null(0.0).floor().cast("int64")
    return begins(rows) + wait


def ends(rows: Table) -> IntegerValue:
    """Return the end of each row, in seconds.

    Where the source tells no end it follows from wait and handling; where it tells neither the row
    ends as it starts.
    """
    handling = rows.handle_seconds.fill_null(0.0).floor().cast("int64")
    return seconds(rows.ended_at).fill_null(answered(rows) + handling)
