"""The errors a user may meet: each says what is wrong, where, and how to mend it.

Anything that is not a `SamenspelError` is a defect of the program. No message may hold an
identifier or a value from the data: messages end up in logs and on screens.
"""


class SamenspelError(Exception):
    """Something the user can mend.

    Args:
        what: what is wrong, in one clause.
        where: the file, setting or command it is about.
        remedy: what to do about it.
    """

    exit_code = 1

    def __init__(self, what: str, *, where: str = "", remedy: str = "") -> None:
        self.what, self.where, self.remedy = what, where, remedy
        stop = "" if what.endswith("?") else "."
        super().__init__(
            ": ".join(part for part in (where, what) if part)
            + (f"{stop} {remedy}" if remedy else "")
        )


class ConfigurationError(SamenspelError):
    """The configuration or the command's arguments are wrong."""

    exit_code = 2


class SourceError(SamenspelError):
    """A source's file cannot be read at all."""


class LoadInProgressError(SamenspelError):
    """Another load holds the warehouse."""


class AccountsError(SamenspelError):
    """Rows read do not equal rows loaded, duplicate and rejected: nothing was published."""


class WarehouseError(SamenspelError):
    """The warehouse is missing, damaged or of another version."""


class DamagedError(WarehouseError):
    """A version's file is not what was written."""


class NoWarehouseError(WarehouseError):
    """Nothing was loaded yet."""


class SelectionError(ConfigurationError):
    """A question names a metric, dimension, period or value that does not exist."""
