"""Writes the page of presets from the presets themselves.

python -m etl.presets.describe          # writes docs/presets.md
python -m etl.presets.describe --check  # says whether it is out of date; writes nothing
"""

import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from etl.columns import candidates
from etl.presets import Preset, preset_names, read_preset, with_preset
from warehouse.contact import CONTACT_FIELDS
from warehouse.describe import Pages, main, markdown_table
from warehouse.settings import ColumnSettings, SourceSettings

_HEAD = """\
<!-- Made by `make docs` from etl/presets: change it there, not here. -->

# Presets

Een preset beschrijft de export van een systeem. Een bron is dan drie regels:

```toml
[[source]]
name = "balie"
preset = "klantgeleiding"
path = "balie/*.csv"
```

Zet erbij wat bij jou anders is; dat wint van de preset.

```toml
[[source]]
name = "balie"
preset = "klantgeleiding"
path = "balie/*.xlsx"                                   # de soort volgt uit de bestandsnaam
[source.columns]
service = "Dienstverlening"                             # een andere kolom
outcome = { map = { "Weggelopen" = "abandoned" } }      # de kolom van de preset, een waarde erbij
topic = false                                           # dit veld niet laden
```

`samenspel presets` noemt ze, `samenspel presets NAAM` drukt er een af: bewaar hem naast
`samenspel.toml`, pas hem aan, en schrijf `preset = "mijn-preset.toml"`. Weet je niet welke past,
geef dan `samenspel inspect BESTAND`.

Kolommen die een export mag missen, staan tussen haakjes. Waar meer namen staan, geldt de eerste die
het bestand heeft. Wat er niet bij staat, wordt niet geladen.
"""


def presets_page() -> str:
    """Return the page of all presets, as Markdown."""
    presets = [read_preset(name) for name in preset_names()]
    overview = markdown_table(
        ("preset", "systeem en export"), [(f"[{p.name}](#{p.name})", p.title) for p in presets]
    )
    return "\n".join([_HEAD, overview, *map(_section, presets)])


def _section(preset: Preset) -> str:
    source = SourceSettings.model_validate(
        with_preset({"name": "preset", "preset": preset.name, "path": "x"})
    )
    rows = [
        (f"`{field}`", _dutch(field), _origin(column))
        for field, column in (*source.columns.items(), *source.identifiers.items())
    ]
    facts = (
        ("Export", preset.export),
        ("Bekend", preset.known),
        ("Aangenomen", preset.assumed),
        ("Opslag", _storage(preset.source)),
    )
    told = "\n".join(f"- {name}: {text}" for name, text in facts if text)
    table = markdown_table(("veld", "betekenis", "kolom"), rows)
    return f"## {preset.name}\n\n{preset.title}.\n\n{told}\n\n{table}"


def _storage(source: Mapping[str, Any]) -> str:
    settings = {key: value for key, value in source.items() if not isinstance(value, Mapping)}
    return ", ".join(f"`{key}` {_plain(value)}" for key, value in settings.items())


def _plain(value: object) -> str:
    texts = value if isinstance(value, list) else [value]
    return " of ".join(str(text) for text in texts)


def _dutch(field: str) -> str:
    names = {one.name: one.name_nl for one in CONTACT_FIELDS}
    return names.get(field, "kenmerk; wordt een pseudoniem")


def _origin(column: ColumnSettings) -> str:
    if column.value is not None:
        return f"altijd `{column.value}`"
    joint = " tot " if column.between else " + "
    ways = [joint.join(f"`{name}`" for name in names) for names in candidates(column)]
    text = ", ".join(ways)
    return f"({text})" if column.optional else text


PAGES: Pages = {"presets.md": presets_page}

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:], Path("docs"), PAGES))
