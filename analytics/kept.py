"""What is too dear to work out for every reader: kept beside the warehouse, once per version.

A folder `kept` in the warehouse's folder holds, per version, one file for each result: counts and
what is made of them, never a row about one contact. What belongs to a version that is gone is
removed. Where the folder cannot be written, nothing is kept and all still works.
        return _read(file)
    found = work_out(reader)
    if reader.version() == version:
        with suppress(OSError):
            _write(file, found)
            _remove_outdated(file.parent.parent, version)
    return found


def _file(folder: Path, version: str, name: str) -> Path:
    return folder / _FOLDER / version / f"{name}.json"


def _read(file: Path) -> Frames:
    tables = json.loads(file.read_text(encoding="utf-8"))
    return {name: _frame(table) for name, table in tables.items()}


def _frame(table: Mapping[str, Any]) -> pd.DataFrame:
    frame = pd.read_json(StringIO(json.dumps(table["rows"])), orient="split", dtype=False)
    return frame.astype(table["types"])


def _write(file: Path, frames: Frames) -> None:
    tables = {
        name: {
            "types": {column: str(kind) for column, kind in frame.dtypes.items()},
            "rows": json.loads(frame.to_json(orient="split", index=False, double_precision=15)),
        }
        for name, frame in frames.items()
    }
    file.parent.mkdir(parents=True, exist_ok=True)
    new = file.with_name(f"{file.name}.{os.getpid()}.new")
    new.write_text(json.dumps(tables), encoding="utf-8")
    new.replace(file)


def _remove_outdated(folder: Path, version: str) -> None:
    """Remove what belongs to versions that are there no longer."""
    versions = folder.parent / "versions"
    for one in folder.iterdir():
        if one.name != version and not (versions / f"{one.name}.duckdb").is_file():
            shutil.rmtree(one, ignore_errors=True)
