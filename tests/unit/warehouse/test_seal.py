from pathlib import Path

import duckdb
import pytest

from warehouse import seal
from warehouse.errors import DamagedError
from warehouse.store import Store


def publish(store: Store, number: int) -> Path:
    with store.writing() as building:
        with duckdb.connect(building) as connection:
            connection.execute(f"create table one as select {number} as n from range(10000)")
            connection.execute("checkpoint")
        return store.publish(building)


@pytest.fixture
def version(tmp_path: Path) -> Path:
    return publish(Store(tmp_path / "warehouse"), 1)


def flip(file: Path, position: int) -> None:
    content = bytearray(file.read_bytes())
    content[position] ^= 1
    file.write_bytes(content)


@pytest.mark.parametrize("part", [0.0, 0.3, 0.6, 0.999])
def test_one_flipped_bit_anywhere_is_noticed(version: Path, tmp_path: Path, part: float) -> None:
    seal.check(version)
    flip(version, int(part * version.stat().st_size))
    with pytest.raises(DamagedError):
        seal.check(version)
    with pytest.raises(DamagedError):
        seal.copy_checked(version, tmp_path / "copy")


def test_a_sound_version_is_copied_as_it_is(version: Path, tmp_path: Path) -> None:
    seal.copy_checked(version, tmp_path / "copy")
    assert (tmp_path / "copy").read_bytes() == version.read_bytes()


def test_a_version_without_a_seal_is_read_by_the_engine(version: Path, tmp_path: Path) -> None:
    seal.path_of(version).unlink()
    seal.copy_checked(version, tmp_path / "copy")
    seal.check(version)
    for position in range(12288 + 100, version.stat().st_size, 262144):
        flip(version, position)
    with pytest.raises(DamagedError):
        seal.check(version)


def test_a_seal_of_garbage_fits_nothing(version: Path) -> None:
    seal.path_of(version).write_bytes(b"\xff\xfe")
    with pytest.raises(DamagedError):
        seal.check(version)


def test_seals_go_with_their_versions(tmp_path: Path) -> None:
    store = Store(tmp_path / "warehouse")
    kept = [publish(store, number) for number in range(4)][-2:]
    assert sorted(seal.path_of(kept[0]).parent.iterdir()) == [seal.path_of(one) for one in kept]
