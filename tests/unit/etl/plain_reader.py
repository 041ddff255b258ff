"""Reads the sample's exports by its configuration, row by row, with nothing of the loader.

A check on the sample itself: that its files say what its truth says. It knows just what the sample
needs.
"""

import csv
import gzip
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import openpyxl

from etl.names.channels import own_names, plain_name, seen_names
from etl.sample.people import passes_eleven_test
from warehouse.settings import ColumnSettings, Settings, SourceSettings

Record = dict[str, object]
ENCODINGS = {"telefonie": "cp1252", "e-mail": "utf-16"}
DELIMITERS = {"e-mail": "\t", "webformulieren": ","}
CHANNELS = {
    plain_name(name): key for name, key in {**seen_names(), **own_names(Settings())}.items()
}


@dataclass(frozen=True)
class Read:
    """What a row became: None for a row that cannot be read."""

    file: str
    contact: dict[str, object] | None


def read_all(settings: Settings, folder: Path) -> Iterator[Read]:
    """Read every row of every source, in order of file name."""
    for source in settings.source:
        for path in sorted(file for glob in source.path for file in folder.glob(glob)):
            for record in _records(source, path):
                name = path.relative_to(folder).as_posix()
                contact = None if record is None else _contact(source, record)
                if contact and contact.get("service"):
                    names = settings.service_names.get(source.name, {})
                    ours = names.get(str(contact["service"]), contact["service"])
                    contact["service"] = None if ours == "-" else ours
                yield Read(name, contact)


def _records(source: SourceSettings, path: Path) -> Iterator[Record | None]:
    if source.kind == "xlsx":
        page = openpyxl.load_workbook(path).worksheets[0]
        header, *rows = page.iter_rows(values_only=True)
        yield from (dict(zip(map(str, header), row, strict=True)) for row in rows)
        return
    text = gzip.decompress(path.read_bytes()).decode(ENCODINGS.get(source.name, "utf-8-sig"))
    if source.kind == "json" and text.startswith("["):
        yield from json.loads(text)
    elif source.kind == "json":
        yield from map(_json_line, text.splitlines())
    else:
        names, *lines = text.splitlines()
        delimiter = DELIMITERS.get(source.name, ";")
        header = names.split(delimiter)
        for line in lines:
            cells = next(csv.reader([line], delimiter=delimiter))
            is_whole = len(cells) == len(header)
            yield dict(zip(header, cells, strict=True)) if is_whole else None


def _json_line(line: str) -> Record | None:
    try:
        return json.loads(line)  # type: ignore[no-any-return]
    except json.JSONDecodeError:
        return None


def _value(record: Record, column: ColumnSettings) -> object:
    if column.value is not None:
        return column.value
    value = next((v for name in column.column if (v := _reached(record, name)) is not None), None)
    if value in (None, "") or value in column.missing:
        return None
    begins = [key for key in column.map if key.endswith("*") and str(value).startswith(key[:-1])]
    return column.map.get(str(value), column.map[begins[0]] if begins else value)


def _reached(record: Record, name: str) -> object:
    if name in record:
        return record[name]
    value: object = record
    for part in name.split("."):
        value = value.get(part) if isinstance(value, dict) else None
    return value


def _contact(source: SourceSettings, record: Record) -> dict[str, object] | None:
    found = {name: _value(record, column) for name, column in source.columns.items()}
    at = _moment(found["started_at"], source, source.columns["started_at"])
    found["channel"] = CHANNELS.get(plain_name(str(found["channel"])))
    if at is None or found["channel"] is None:
        return None
    for name in ("wait_seconds", "handle_seconds"):
        if name in found:
            try:
                float(str(found[name] or 0).replace(",", "."))
            except ValueError:
                return None
    found |= {"started_at": at, "source": source.name}
    found["identifiers"] = {
        (kind, source.name if kind == "visitor" else "", clean)
        for kind, column in source.identifiers.items()
        if kind != "agent" and (clean := _clean(kind, _value(record, column)))
    }
    return found


def _moment(value: object, source: SourceSettings, column: ColumnSettings) -> datetime | None:
    """The moment in UTC; None where there is no such moment."""
    if isinstance(value, str):
        value = next(
            (
                at
                for form in (*column.format, "%d-%m-%Y %H:%M:%S", "")
                if (at := _read(value, form))
            ),
            None,
        )
    if not isinstance(value, datetime):
        return None
    if value.tzinfo is None:
        value = value.replace(tzinfo=ZoneInfo(source.timezone or "Europe/Amsterdam"))
        if value.astimezone(UTC).astimezone(value.tzinfo).replace(tzinfo=None) != value.replace(
            tzinfo=None
        ):
            return None  # the clock skipped it
    return value.astimezone(UTC)


def _read(text: str, form: str) -> datetime | None:
    try:
        # the zone of local times follows from the source
        return datetime.strptime(text, form) if form else datetime.fromisoformat(text)  # noqa: DTZ007
    except ValueError:
        return None


def _clean(kind: str, value: object) -> str | None:
    if value is None:
        return None
    text = str(value).strip().lower()
    if kind in {"email", "visitor"}:
        return text
    digits = re.sub(r"\D", "", text)
    if kind == "phone":
        return "0" + re.sub(r"^(0031|31|0)", "", digits)
    if kind == "bsn" and not passes_eleven_test(digits):
        return None
    return digits
