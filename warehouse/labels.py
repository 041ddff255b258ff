"""What people judged of single contacts: a file beside the warehouse, only ever added to.

A judgement is undone by a later line without category. Lines leave for one reason only: the
contact that they are of was erased. Contacts are known by source and contact_id, which stay the
same when a warehouse is loaded anew.
"""

import csv
import io
import os
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import astuple, dataclass, fields, replace
from datetime import UTC, datetime
from pathlib import Path

from filelock import FileLock, Timeout

from warehouse.errors import WarehouseError
from warehouse.private_files import open_private
from warehouse.settings import AVOIDABLE_CATEGORIES

VALUABLE = "valuable"
JUDGEMENTS: tuple[str, ...] = (*AVOIDABLE_CATEGORIES, VALUABLE)
"""What a contact can be judged to be."""

_WAIT_SECONDS = 10


@dataclass(frozen=True)
class Label:
    """One judgement: of which contact, what, by whom, and when (UTC, ISO 8601)."""

    source: str
    contact_id: str
    category: str
    labelled_by: str
    labelled_at: str

    @property
    def contact(self) -> tuple[str, str]:
        """The contact that it is of."""
        return self.source, self.contact_id


_HEADER = [field.name for field in fields(Label)]


class Labels:
    """The judgements beside a warehouse.

    Args:
        folder: the warehouse's.
    """

    def __init__(self, folder: Path) -> None:
        self.file = folder / "labels.csv"

    def add(
        self, judgements: Sequence[tuple[str, str, str]], by: str, now: datetime | None = None
    ) -> None:
        """Note judgements, after those that are there.

        Args:
            judgements: source, contact_id and category of each; an empty category undoes.
            by: who judged.
            now: the moment, in UTC; the clock's where left out.

        Raises:
            ValueError: there is no such category.
            WarehouseError: the file cannot be written, or another process holds it.
        """
        unknown = {category for *_, category in judgements} - {*JUDGEMENTS, ""}
        if unknown:
            raise ValueError(f"there is no category {', '.join(sorted(unknown))}")
        at = f"{now or datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}"
        with self._held():
            is_new = not self.file.exists()
            text = io.StringIO()
            writer = csv.writer(text, lineterminator="\n")
            writer.writerows([_HEADER] if is_new else [])
            writer.writerows((*judgement, by, at) for judgement in judgements)
            with open_private(self.file, is_added_to=True) as file:
                file.write(text.getvalue())
                file.flush()
                os.fsync(file.fileno())

    def all(self) -> list[Label]:
        """Return every line, in order.

        Raises:
            WarehouseError: the file cannot be read.
        """
        try:
            text = self.file.read_text(encoding="utf-8")
        except FileNotFoundError:
            return []
        except (OSError, UnicodeError) as error:
            why = error.strerror if isinstance(error, OSError) else "it is not UTF-8"
            raise WarehouseError(
                f"judgements cannot be read ({why})",
                where=str(self.file),
                remedy="Give this user read permission on the file, or restore it from a copy.",
            ) from error
        rows = list(csv.reader(io.StringIO(text)))[1:]
        return [Label(*row) for row in rows if len(row) == len(_HEADER)]

    def current(self) -> dict[tuple[str, str], Label]:
        """Return the judgement in force of each contact that has one: its last.

        Raises:
            WarehouseError: the file cannot be read.
        """
        last = {label.contact: label for label in self.all()}
        return {contact: label for contact, label in last.items() if label.category}

    def forget(self, contacts: Collection[tuple[str, str]]) -> int:
        """Remove every line of these contacts; return how many lines went.

        Raises:
            WarehouseError: the file cannot be written, or another process holds it.
        """
        if not contacts or not self.file.exists():
            return 0
        gone = set(contacts)
        with self._held():
            before = self.all()
            kept = [label for label in before if label.contact not in gone]
            if len(kept) < len(before):
                self._replace(kept)
        return len(before) - len(kept)

    def rename(self, names: dict[tuple[str, str], str]) -> None:
        """Give contacts another contact_id: a new key makes new ones where a log has none.

        Raises:
            WarehouseError: the file cannot be written, or another process holds it.
        """
        if not names or not self.file.exists():
            return
        with self._held():
            self._replace(
                [
                    replace(label, contact_id=names.get(label.contact, label.contact_id))
                    for label in self.all()
                ]
            )

    def _replace(self, labels: Sequence[Label]) -> None:
        new = self.file.with_name(self.file.name + ".new")
        new.unlink(missing_ok=True)
        with open_private(new) as file:
            writer = csv.writer(file, lineterminator="\n")
            writer.writerow(_HEADER)
            writer.writerows(astuple(label) for label in labels)
            file.flush()
            os.fsync(file.fileno())
        new.replace(self.file)

    @contextmanager
    def _held(self) -> Iterator[None]:
        try:
            lock = FileLock(f"{self.file}.lock", timeout=_WAIT_SECONDS)
            lock.acquire()
        except Timeout as error:
            raise WarehouseError(
                "another process holds the judgements",
                where=str(self.file),
                remedy="Try again in a moment.",
            ) from error
        except OSError as error:
            raise self._unwritable(error) from error
        try:
            yield
        except OSError as error:
            raise self._unwritable(error) from error
        finally:
            lock.release()

    def _unwritable(self, error: OSError) -> WarehouseError:
        return WarehouseError(
            f"judgements cannot be written ({error.strerror})",
            where=str(self.file),
            remedy="Give this user write permission on the folder.",
        )
