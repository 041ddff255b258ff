"""Writes the pages that follow from declarations: the settings, and the data dictionary.

python -m warehouse.describe          # writes docs/settings.md and docs/data-dictionary.md
python -m warehouse.describe --check  # says which of them are out of date; writes nothing
"""

import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from warehouse.accounts import (
    FORGOTTEN_FIELDS,
    LOAD_COLUMN_FIELDS,
    LOAD_DRIFT_FIELDS,
    LOAD_FIELDS,
    LOAD_FILE_FIELDS,
    META_FIELDS,
    REFUSED_RECORD_FIELDS,
    REJECT_FIELDS,
    SOURCE_FIELDS,
)
from warehouse.contact import (
    BUILT_IN_CHANNELS,
    CONTACT_FIELDS,
    DERIVED_FIELDS,
    GATE_FIELDS,
    IDENTIFIER_KINDS,
    KEY_FIELD,
    STAFF_KINDS,
    Field,
)
from warehouse.links import PROBABLE_LINK_FIELDS, SET_ASIDE_FIELDS
from warehouse.opinions import NOTE_MODEL_FIELDS, NOTE_OPINION_FIELDS
from warehouse.settings import Settings

Schema = Mapping[str, Any]

_MADE = "<!-- Made by `make docs` from {source}: change it there, not here. -->\n"

_SETTINGS_HEAD = f"""{_MADE.format(source="warehouse/settings.py")}
# Settings

Everything that `samenspel.toml` can hold. Every setting has a default that works, except where it
says *required*; a setting that does not exist, or a value that is not allowed, is refused with one
line that names it. Paths are relative to the file. `samenspel doctor` checks it all without
loading.

How to describe a log of your own, step by step and in Dutch: [own-data.md](own-data.md). What each
contact field means: [data-dictionary.md](data-dictionary.md).

## An example
"""

EXAMPLE = """\
organisation = "Gemeente Voorbeeld"
inhabitants = 100_000

[repeat]
window_days = 7                       # again within a week, on the same service, is a repeat

[linking]
most_neighbours = 4                   # a number met with more people than this joins nobody

[conversation]
bind_minutes = 10                     # questions that one agent saves for one customer
match_minutes = 10                    # a call of the exchange and its registration at the desk

[cost]                                # euros per contact
counter = 14.5
phone = { rate_per_hour = 58.0 }      # or by handling time

[avoidable.reasons]                   # the source's reason code = category
"Navraag stand van zaken" = "progress_chasing"
"Nieuwe aanvraag" = "valuable"

[avoidable.term_days_by_service]
omgevingsvergunning = 56

[privacy]
key_file = "samenspel.key"            # made once by: samenspel key samenspel.key

[planning]
region = "south"                      # of the school holidays

[[planning.event]]                    # what brings contacts, and comes back
name = "Aanslagen"
dates = [2025-02-19, 2026-02-18]

[linking.probabilistic]               # look first with: samenspel links
enabled = true
threshold = 0.95

[drivers]
smallest_group = 200

[steering]
smallest_match = 30

[server]
users_file = "users.txt"              # made with: samenspel user NAME >> users.txt

[channel_names]                       # what a system calls a channel; or a file: "kanalen.csv"
"Telefoon – Noord" = "phone"

[service_names.telefonie]             # what a source calls a service; or a file: "diensten.csv"
"ID-bewijs" = "identiteitskaart"

[channels.servicepunt]                # a channel of your own
name_nl = "Servicepunt"
name_en = "Service point"

[opening.hours]                       # on public holidays nothing is open
default = "Mo-Fr 08:30-17:00"
phone = "Mo-Fr 08:00-17:00; Th 17:00-20:00"
web_form = "24/7"
[answer.working_days]                 # term for an answer
email = 2
post = 10
[[source]]
name = "telefonie"
kind = "csv"
role = "telephony"                    # a desk with role "registration" sees the same calls
path = ["logs/2024/*.csv", "logs/2025/*.csv"]
delimiter = ";"
[source.columns]
contact_id = "Gesprek ID"
started_at = { column = "Start", format = "%d-%m-%Y %H:%M:%S" }
channel = { value = "phone" }
service = { column = "Onderwerp", map = { "Reisdocument" = "paspoort" }, missing = ["-"] }
wait_seconds = { column = "Wachttijd", unit = "clock" }
outcome = { column = "Resultaat", map = { "Afgehandeld" = "resolved", "*" = "unknown" } }
reason = "Code"
[source.identifiers]
phone = { column = "Nummer", missing = ["anoniem"] }

[[source]]
name = "servicepunten"
kind = "xlsx"
path = "balie/*.xlsx"
sheet = "Bezoeken"
[source.columns]
started_at = "Aankomst"
channel = { column = "Locatie", map = { "Stadhuis" = "counter", "*" = "servicepunt" } }
service = "Product"
[source.attributes]                   # of the person; hashed too
surname = "Naam"
birth_date = { column = "Geboren", format = "%d-%m-%Y" }

[[intervention]]                      # what was changed: docs/effect.md
name = "Nieuw formulier"
started_on = 2025-05-12
services = ["parkeervergunning"]
moves = [{ metric = "abandonment_share", channels = ["web_form"] }]

[[goal]]                              # what is aimed for
metric = "service_level"
at_least = 0.70
year = 2026
where = { channel = ["phone"] }
"""
"""A configuration that uses every kind of setting once; the tests read it."""

_DICTIONARY_HEAD = f"""{_MADE.format(source="the modules of warehouse that declare tables")}
# Data dictionary

The tables of one version of the warehouse. Times ending in `_at` are UTC; `_on` and `_local` are
on the organisation's own clock. *Personal* marks what tells of one person: pseudonyms, never an
identifier as it stood in the log. How the tables come to be: [architecture.md](architecture.md).
"""

_CUBES = """\
## cube_…

Contacts summed per day and dimensions, from which most questions are answered. What they hold
follows from the metrics ([metrics.md](metrics.md)); nothing outside `analytics` reads them.
"""


def settings_page() -> str:
    """Return the page of all settings, as Markdown, made from the settings model."""
    schema = Settings.model_json_schema(by_alias=True)
    lines = [_SETTINGS_HEAD, f"```toml\n{EXAMPLE}```\n"]
    for place, model in _sections(schema):
        lines.append(_section(place, model, schema["$defs"]))
    return "\n".join(lines)


def setting_names() -> list[str]:
    """Return every setting by its place in the file, such as `repeat.window_days`."""
    schema = Settings.model_json_schema(by_alias=True)
    return [
        f"{place}.{name}".lstrip(".")
        for place, model in _sections(schema)
        for name in model["properties"]
    ]


def _sections(schema: Schema) -> Iterator[tuple[str, Schema]]:
    """Give each table of settings with its place in the file, parents first, each model once."""
    definitions = schema["$defs"]
    seen: set[str] = set()
    waiting: list[tuple[str, Schema]] = [("", schema)]
    while waiting:
        place, model = waiting.pop(0)
        yield place, model
        for name, setting in model["properties"].items():
            for suffix, target in _tables_below(setting):
                if target not in seen:
                    seen.add(target)
                    waiting.append((f"{place}.{name}{suffix}".lstrip("."), definitions[target]))


def _tables_below(setting: Schema) -> Iterator[tuple[str, str]]:
    """Give the models that a setting leads to: itself a table, a table per name, or a list."""
    for part in setting.get("anyOf", [setting]):
        if "$ref" in part:
            yield "", _target(part)
        if isinstance(part.get("additionalProperties"), Mapping):
            yield from (
                (".NAME", target) for _, target in _tables_below(part["additionalProperties"])
            )
        if isinstance(part.get("items"), Mapping):
            yield from ((f"[]{suffix}", target) for suffix, target in _tables_below(part["items"]))


def _target(reference: Schema) -> str:
    return str(reference["$ref"]).rsplit("/", 1)[-1]


def _section(place: str, model: Schema, definitions: Schema) -> str:
    required = set(model.get("required", ()))
    rows = [
        (
            f"`{name}`",
            _type_text(setting, definitions),
            "*required*" if name in required else _default_text(setting),
            setting.get("description") or _own_section(setting, definitions),
        )
        for name, setting in model["properties"].items()
    ]
    title = f"`{_header(place)}`" if place else "At the top of the file"
    text = f"{model['description']}\n\n" if place else ""
    return f"## {title}\n\n{text}{markdown_table(('setting', 'type', 'default', 'meaning'), rows)}"


def _header(place: str) -> str:
    """Write a place as the file's own header: `[[source]]` for a list, `[source.columns]` else."""
    if place.endswith("[]"):
        return f"[[{place[:-2]}]]"
    return f"[{place.replace('[]', '')}]"


def _own_section(setting: Schema, definitions: Schema) -> str:
    targets = [target for _, target in _tables_below(setting)]
    return str(definitions[targets[0]]["description"]).replace("\n", " ") if targets else ""


_PLAIN_TYPES = {
    "string": "text",
    "integer": "whole number",
    "number": "number",
    "boolean": "`true` or `false`",
}


def _type_text(setting: Schema, definitions: Schema) -> str:
    if "anyOf" in setting:
        parts = [part for part in setting["anyOf"] if part.get("type") != "null"]
        return " or ".join(_type_text(part, definitions) for part in parts)
    if "enum" in setting or "const" in setting:
        return ", ".join(f"`{value}`" for value in setting.get("enum", [setting.get("const")]))
    if "$ref" in setting:
        # a column may be named by its text alone, where the table has nothing more to say
        model = definitions[_target(setting)]
        return "text or table" if "column" in model["properties"] else "table"
    if setting.get("type") == "array":
        inner = _type_text(setting["items"], definitions)
        return "text or list of texts" if inner == "text" else f"list of {inner}s"
    if setting.get("type") == "object":
        return f"table: name = {_type_text(setting['additionalProperties'], definitions)}"
    name = "path" if setting.get("format") == "path" else _PLAIN_TYPES[setting["type"]]
    return name + _bounds_text(setting)


def _bounds_text(setting: Schema) -> str:
    low, high = setting.get("minimum"), setting.get("maximum")
    if low is not None and high is not None:
        return f", {low:g} to {high:g}"
    if low is not None:
        return f", at least {low:g}"
    return ""


def _default_text(setting: Schema) -> str:
    default = setting.get("default")
    if "$ref" in setting:
        return "as below"
    if default in ([], {}, None):
        return "none"
    if default == "":
        return '`""`'
    return f"`{default}`".replace("True", "true").replace("False", "false")


def dictionary_page() -> str:
    """Return the data dictionary, as Markdown, made from the declarations of the tables."""
    parts = [
        _DICTIONARY_HEAD,
        _fields_section(
            "contact: what a source can tell",
            "One row per loaded row of a log; what metrics read. All of these can stand under "
            "`[source.columns]`, except `source`.",
            CONTACT_FIELDS,
        ),
        _fields_section(
            "contact: what is derived",
            "Added by the derivations, rebuilt on every load and after a changed setting.",
            DERIVED_FIELDS,
        ),
        _fields_section(
            "loaded_contact: what the gate adds",
            "What was let through, as it came: the fields of a source and these. Rows leave it "
            "when their source replaces them, a person is erased, or their term is over. "
            f"Kinds of identifier: {_names(IDENTIFIER_KINDS)}; of staff: {_names(STAFF_KINDS)}.",
            (KEY_FIELD, *GATE_FIELDS),
        ),
        _fields_section(
            "set_aside",
            "Identifiers that join implausibly many, and therefore join nobody (setting "
            "`linking.most_neighbours`).",
            SET_ASIDE_FIELDS,
        ),
        _fields_section("source", "One row per source that is or was configured.", SOURCE_FIELDS),
        _fields_section(
            "probable_link",
            "Pairs that are one person with a probability of one half or more; empty unless "
            "`linking.probabilistic` is on. What agreements weigh: `samenspel links`.",
            PROBABLE_LINK_FIELDS,
        ),
        _fields_section(
            "note_model",
            "The model that reads notes: one row, once notes were looked at (docs/notities.md).",
            NOTE_MODEL_FIELDS,
        ),
        _fields_section(
            "note_opinion",
            "What the model makes of each note. It stays when the note's own term is over.",
            NOTE_OPINION_FIELDS,
        ),
        _fields_section("load", "One row per load.", LOAD_FIELDS),
        _fields_section(
            "load_file",
            "One row per file that a load read. Always: read = loaded + duplicate + rejected.",
            LOAD_FILE_FIELDS,
        ),
        _fields_section("load_column", "The columns of each loaded file.", LOAD_COLUMN_FIELDS),
        _fields_section(
            "load_drift",
            "Columns that a loaded file has otherwise than the last file of its source.",
            LOAD_DRIFT_FIELDS,
        ),
        _fields_section("reject", "One row per refused row and reason.", REJECT_FIELDS),
        _fields_section(
            "refused_record",
            "Records of APIs that were refused once: read again, they are no news.",
            REFUSED_RECORD_FIELDS,
        ),
        _fields_section(
            "forgotten",
            "One row per identifier of a person who was erased (`samenspel forget`).",
            FORGOTTEN_FIELDS,
        ),
        _fields_section("meta", "Facts about the version, one a row.", META_FIELDS),
        _CUBES,
        _channels_section(),
    ]
    return "\n".join(parts)


def _names(names: Sequence[str]) -> str:
    return ", ".join(f"`{name}`" for name in names)


def _fields_section(title: str, text: str, fields: Sequence[Field]) -> str:
    rows = [(f"`{f.name}`", f.type, _meaning(f), f.name_nl, _marks(f)) for f in fields]
    return f"## {title}\n\n{text}\n\n" + markdown_table(
        ("field", "type", "meaning", "Dutch", ""), rows
    )


def _meaning(field: Field) -> str:
    values = f" One of {', '.join(f'`{value}`' for value in field.values)}." if field.values else ""
    return field.description + values


def _marks(field: Field) -> str:
    marks = (("required", field.is_required), ("personal", field.is_personal))
    return ", ".join(f"*{name}*" for name, holds in marks if holds)


def _channels_section() -> str:
    rows = [
        (
            f"`{channel.key}`",
            channel.name_nl,
            channel.name_en,
            "yes" if channel.is_digital else "",
            "yes" if channel.is_assisted else "",
        )
        for channel in BUILT_IN_CHANNELS.values()
    ]
    text = "Values of `channel`; `[channels.NAME]` adds further ones."
    return f"## Channels\n\n{text}\n\n" + markdown_table(
        ("key", "Dutch", "English", "digital", "with staff"), rows
    )


def markdown_table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Return a table in Markdown; bars within a cell are escaped."""
    lines = [head, ["---"] * len(head), *rows]
    return "".join(
        f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in line)} |\n" for line in lines
    )


Pages = Mapping[str, Callable[[], str]]
PAGES: Pages = {"settings.md": settings_page, "data-dictionary.md": dictionary_page}


def stale_pages(folder: Path, pages: Pages = PAGES) -> list[str]:
    """Return the names of pages in the folder that differ from what would be written now."""
    return [
        name
        for name, page in pages.items()
        if not (folder / name).is_file() or (folder / name).read_text(encoding="utf-8") != page()
    ]


def main(arguments: Sequence[str], folder: Path, pages: Pages = PAGES) -> int:
    """Write the pages, or with --check say which are out of date.

    Returns:
        Exit status: 0, or 1 where --check found a page out of date.
    """
    stale = stale_pages(folder, pages)
    if "--check" not in arguments:
        for name in stale:
            (folder / name).write_text(pages[name](), encoding="utf-8")
    verb = "out of date" if "--check" in arguments else "written"
    sys.stdout.writelines(f"{name}: {verb}\n" for name in stale)
    return 1 if stale and "--check" in arguments else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:], Path("docs")))
