"""An unknown export: its shape, its preset or a guessed mapping, and nothing of a person shown."""

import tomllib
import zipfile
from pathlib import Path
from typing import Any

import pytest

import etl.load
from etl.columns import find_origin
from etl.configuration import make_settings
from etl.inspection.preview import preview
from etl.inspection.propose import Proposal, propose
from etl.inspection.shape import find_shapes
from etl.look import looking
from etl.presets import preset_names, with_preset
from samenspel.inspection import as_toml, inspect_file, source_name
from tests.loading import KEY, Bench, derive_nothing
from warehouse.errors import ConfigurationError
from warehouse.settings import Settings, SourceSettings

pytestmark = pytest.mark.slow

EXPORTS = Path(__file__).parent / "exports"
SAMPLE = {
    "telefonie/cdr-2024-07.csv.gz": "telefonie-cdr",
    "balie/klantgeleiding-2024-Q1.csv.gz": "klantgeleiding",
    "e-mail/postvak-2024.csv.gz": "e-mail-koppen",
    "webformulieren/verhuizing-doorgeven-2025.csv.gz": "open-formulieren",
    "berichten/gesprekken-2024-H2.jsonl.gz": "berichtenplatform",
    "post/postregister-2025.xlsx": "postregister",
    "matomo/log_visit-2024-H1.json.gz": "matomo-log-visit",
}


@pytest.fixture(autouse=True)
def nothing_derived(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is asked here is which rows get in."""
    derive_nothing(monkeypatch)


def proposed(file: Path, *, use_presets: bool = True) -> Proposal:
    (shape,) = find_shapes(file)
    with looking(Settings()) as backend:
        return propose(
            backend, Settings(), shape, source_name(file.name), file.name, use_presets=use_presets
        )


def loads(bench: Bench, file: Path, source: dict[str, Any]) -> tuple[int, int]:
    """Paste a proposal, load it; return rows loaded and refused."""
    raw = tomllib.loads(as_toml(source))
    settings = make_settings(raw, file.parent)
    report = etl.load.load(settings, file.parent, bench.store, key=KEY)
    return report.loaded_count, report.rejected_count


def origins(source: SourceSettings, columns: tuple[str, ...]) -> dict[str, Any]:
    """Where each field comes from, of those that the file has."""
    found = {}
    for name, column in {**source.columns, **source.identifiers}.items():
        lenient = column.model_copy(update={"optional": True})
        origin = find_origin(lenient, columns, "") or column.value
        if origin:
            found[name] = origin
    return found


def files() -> list[tuple[str, str]]:
    made = [(f"{EXPORTS / file.name}", file.stem) for file in sorted(EXPORTS.iterdir())]
    return [(path, "signalen" if name == "signals" else name) for path, name in made]


@pytest.mark.parametrize(("path", "preset"), files())
def test_a_made_up_export_is_known_by_its_columns(bench: Bench, path: str, preset: str) -> None:
    proposal = proposed(Path(path))
    assert proposal.preset == preset
    loaded, refused = loads(bench, Path(path), proposal.source)
    assert loaded > 1
    assert refused == 0


def guessed_right(file: Path, preset: str, proposal: Proposal) -> tuple[int, int]:
    """Count the fields guessed as the preset has them, and all that it has.

    The presets, written from the systems' documentation, are the truth here.
    """
    (shape,) = find_shapes(file)
    source = with_preset({"name": "x", "preset": preset, "path": file.name})
    truth = origins(SourceSettings.model_validate(source), shape.columns)
    guess = origins(proposal.filled, shape.columns)
    return sum(guess.get(field) == origin for field, origin in truth.items()), len(truth)


@pytest.mark.parametrize(("path", "preset"), files())
def test_a_guessed_mapping_loads_and_is_mostly_right(bench: Bench, path: str, preset: str) -> None:
    proposal = proposed(Path(path), use_presets=False)
    assert proposal.preset is None
    loaded, refused = loads(bench, Path(path), proposal.source)
    assert loaded > 1, preset
    assert refused == 0, preset
    right, wanted = guessed_right(Path(path), preset, proposal)
    assert right > wanted / 2


@pytest.mark.night
@pytest.mark.parametrize("use_presets", [True, False])
@pytest.mark.parametrize(("name", "preset"), SAMPLE.items())
def test_each_source_of_the_sample(
    bench: Bench, repository: Path, name: str, preset: str, use_presets: bool
) -> None:
    file = repository / "data" / "sample" / name
    proposal = proposed(file, use_presets=use_presets)
    assert proposal.preset == (preset if use_presets else None)
    loaded, refused = loads(bench, file, proposal.source)
    assert loaded > 300
    assert refused <= 1  # faults planted in the sample


@pytest.mark.night
def test_most_fields_are_guessed_right(repository: Path) -> None:
    sample = [(str(repository / "data" / "sample" / name), name_) for name, name_ in SAMPLE.items()]
    right = wanted = 0
    for path, preset in [*files(), *sample]:
        hits, fields = guessed_right(Path(path), preset, proposed(Path(path), use_presets=False))
        right, wanted = right + hits, wanted + fields
    print(f"{right} of {wanted} fields ({right / wanted:.0%}) guessed as the preset has them")  # noqa: T201  shown with -s
    assert right / wanted > 0.85


@pytest.mark.parametrize(
    ("file", "name"),
    [
        ("cdr-2024-07.csv.gz", "cdr"), ("20250304_signals.csv", "signals"),
        ("klantgeleiding-2024-Q1.csv.gz", "klantgeleiding"), ("2025.csv", "bron"),
        ("Export KCC (maart).xlsx", "Export-KCC-maart"),
    ],
)  # fmt: skip
def test_a_source_is_named_after_its_file(file: str, name: str) -> None:
    assert source_name(file) == name


def test_the_members_of_a_zip_are_proposed_each(
    bench: Bench, capfd: pytest.CaptureFixture[str]
) -> None:
    with zipfile.ZipFile(bench.folder / "signalen.zip", "w") as packed:
        packed.write(EXPORTS / "signals.csv", "20250304_signals.csv")
        packed.writestr("gesprekken.csv", "Starttijd;Wachttijd\n03-03-2025 10:00;5\n")
    file = bench.folder / "signalen.zip"
    assert inspect_file(Settings(), bench.folder, file, None, use_presets=True)
    out, _ = capfd.readouterr()
    first, second = tomllib.loads(out)["source"]
    assert first == {"name": "signals", "preset": "signalen", "path": "signalen.zip"}
    assert second["member"] == "gesprekken.csv"
    settings = make_settings({"source": [first, second]}, bench.folder)
    report = etl.load.load(settings, bench.folder, bench.store, key=KEY)
    assert {file.source: file.loaded_count for file in report.files} == {
        "signals": 2,
        "gesprekken": 1,
    }


def test_every_preset_can_be_found() -> None:
    assert {preset for _, preset in files()} == set(preset_names())


def test_nothing_of_a_person_is_shown(bench: Bench, capfd: pytest.CaptureFixture[str]) -> None:
    people = [f"Persoon {chr(65 + n)}achternaam" for n in range(26)]
    rows = [
        f"03-03-2025 10:{n:02};Balie;{name};06000000{n:02};{'Klacht over ' + name};geheim{n}\n"
        for n, name in enumerate(people)
    ]
    file = bench.write(
        "Datum;Kanaal;Onderwerp;Telefoon;Toelichting;Reden\n" + "".join(rows), "export.csv"
    )
    assert inspect_file(Settings(), bench.folder, file, None, use_presets=True)
    out, err = capfd.readouterr()
    for text in (*people, "0600000", "Klacht", "geheim"):
        assert text not in out + err
    assert "100% valid of 26 filled" in err
    assert "2025-03-03 09:00 to 2025-03-03 09:25 UTC" in err
    assert tomllib.loads(out)["source"][0]["name"] == "export"


def test_what_would_be_refused_is_told(bench: Bench) -> None:
    good = "".join(f"2025-03-03 10:{n:02};phone\n" for n in range(20))
    file = bench.write(f"start;channel\n{good}gisteren;phone\n2025-03-03 11:00;onzin\n", "x.csv")
    (shape,) = find_shapes(file)
    with looking(Settings()) as backend:
        proposal = propose(backend, Settings(), shape, "x", "x.csv")
        found = preview(backend, Settings(), proposal.filled, shape)
    assert (found.rows, found.refused) == (22, 2)
    assert found.reasons.to_dict("records") == [
        {"column": "start", "reason": "bad_time", "rows": 1},
        {"column": "channel", "reason": "unknown_channel", "rows": 1},
    ]


def test_titles_and_types_around_the_header_are_found(bench: Bench) -> None:
    file = bench.write(
        "Rapportage KCC\nPeriode: maart\n\nStarttijd;Wachttijd;Nummer\n"
        "03-03-2025 10:00;0:10;0600000001\n03-03-2025 10:01;0:20;0600000002\n",
        "telefonie.csv",
    )
    assert find_shapes(file)[0].storage["lines_above_header"] in {2, 3}
    proposal = proposed(file, use_presets=False)
    assert {"started_at", "wait_seconds", "channel"} <= set(proposal.source["columns"])
    assert loads(bench, file, proposal.source) == (2, 0)


def test_the_records_within_a_json_document_are_found(bench: Bench) -> None:
    record = '{"createdAt": "2025-03-03T10:00:00Z"}'
    file = bench.write(f'{{"meta": {{"n": 1}}, "data": {{"rows": [{record}]}}}}', "chat.json")
    proposal = proposed(file)
    assert proposal.source["records"] == "data.rows"
    assert proposal.source["columns"]["channel"] == {"value": "chat"}
    assert loads(bench, file, proposal.source) == (1, 0)


@pytest.mark.parametrize(
    ("name", "content", "what"),
    [
        ("x.csv", "a;b\n1;2\n", "no column holds times"),
        ("x.pdf", "%PDF", "no log"),
        ("weg.csv", None, "no file matches"),
        ("x.json", '{"a": ', "no valid JSON"),
    ],
)
def test_what_is_no_log_is_said_in_one_line(
    bench: Bench, name: str, content: str | None, what: str
) -> None:
    if content is not None:
        bench.write(content, name)
    with pytest.raises(ConfigurationError, match=what):
        proposed(bench.folder / name)
