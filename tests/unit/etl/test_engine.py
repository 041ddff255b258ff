"""The engine's and the system's errors in our words: never theirs, which may quote the data."""

import errno
from pathlib import Path

import duckdb
import pytest

from etl.engine import engine_errors, open_database, quoted, spilling_to
from etl.privacy import pseudonym, set_key
from tests.loading import Bench
from warehouse.errors import SamenspelError, SourceError, WarehouseError

BSN = "123456782"


@pytest.mark.parametrize(
    ("error", "kind", "said"),
    [
        (duckdb.OutOfMemoryException(f"failed to allocate {BSN}"), SamenspelError, "memory"),
        (duckdb.OutOfMemoryException("max_temp_directory_size"), SamenspelError, "disk is full"),
        (duckdb.IOException(f"No space left on device {BSN}"), SamenspelError, "disk is full"),
        (duckdb.IOException("Permission denied"), WarehouseError, "cannot be written"),
        (duckdb.ConversionException(f"Could not convert '{BSN}'"), WarehouseError, "Conversion"),
        (MemoryError(), SamenspelError, "memory ran out"),
        (OSError(errno.ENOSPC, "No space left"), SamenspelError, "disk is full"),
        (OSError(errno.EROFS, "Read-only"), WarehouseError, "no permission"),
        (OSError(errno.EIO, "Input/output error"), SamenspelError, "the system refused"),
    ],
)
def test_errors_say_what_where_and_how_to_mend(
    error: BaseException, kind: type[SamenspelError], said: str
) -> None:
    with pytest.raises(kind) as caught, engine_errors("the folder"):
        raise error
    message = str(caught.value)
    assert said in message
    assert "the folder" in message
    assert BSN not in message
    assert caught.value.remedy
    assert caught.value.__cause__ is None
    assert caught.value.__suppress_context__


def test_errors_of_a_file_name_the_file() -> None:
    with (
        pytest.raises(SourceError, match=r"source log, log\.csv"),
        engine_errors("source log, log.csv", is_source=True),
    ):
        raise duckdb.InvalidInputException(f"Original line: {BSN}")


def test_an_error_of_a_statement_with_identifiers_shows_neither_key_nor_value(
    tmp_path: Path,
) -> None:
    key = b"a secret of thirty-two bytes or so"
    backend = open_database(tmp_path / "x.duckdb")
    set_key(backend, key)
    with pytest.raises(duckdb.Error) as caught:
        backend.con.execute(f"select keyed_hash('bsn', '{BSN}')::integer")
    digits = pseudonym(key, "bsn", BSN)
    for text in (key.decode(), key.hex()):
        assert text not in str(caught.value)
    with pytest.raises(WarehouseError) as translated, engine_errors("x"):
        raise caught.value
    assert BSN not in str(translated.value)
    assert digits not in str(translated.value)


def test_a_folder_that_is_a_file_is_a_clear_message(bench: Bench) -> None:
    bench.write("start;channel\n2024-05-01;phone\n")
    bench.store.folder.write_text("a file, not a folder")
    with pytest.raises(SamenspelError, match="warehouse"):
        bench.load()


def test_quoting_survives_quotes() -> None:
    assert duckdb.sql(f"select {quoted(chr(39) + 'a' + chr(39) * 2)}").fetchone() == ("'a''",)


def test_what_does_not_fit_in_memory_is_spilled_and_cannot_be_read(tmp_path: Path) -> None:
    config = spilling_to(str(tmp_path / "spill"))
    with duckdb.connect(config=config | {"memory_limit": "100MB"}) as connection:
        connection.execute(
            f"create temp table t as select '{BSN}-' || md5(range::varchar) as v"
            " from range(3_000_000)"
        )
        files = list((tmp_path / "spill").iterdir())
        assert sum(file.stat().st_size for file in files) > 2**20
        assert not any(BSN.encode() in file.read_bytes() for file in files)
        told = connection.execute(f"select count(*) filter (v like '{BSN}-%') from t").fetchone()
    assert told == (3_000_000,)
