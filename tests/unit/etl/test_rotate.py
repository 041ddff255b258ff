"""A new key: everybody stays linked, the old key is worth nothing; killed anywhere, all fits."""

import hashlib
import hmac
import stat
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

import etl.revise
import etl.rotate
from etl.forget import forget
from etl.load import load
from etl.privacy import fingerprint, new_key, pseudonym, read_key_file
from etl.rotate import rotate_key
from tests.loading import PLAIN, Bench, counts
from warehouse.errors import ConfigurationError

pytestmark = pytest.mark.slow

SOURCE: dict[str, Any] = {
    "columns": {**PLAIN, "contact_id": "id", "service": "s"},
    "identifiers": {"bsn": "b", "phone": "p", "agent": "a"},
}
HEAD = "id;start;channel;s;b;p;a\n"
ANNA, BAS = "999990019", "999990020"
ROWS = (
    f"1;2024-05-01 10:00;phone;paspoort;{ANNA};0600000001;els\n"
    "2;2024-05-02 10:00;phone;paspoort;;0600000001;els\n"
    f"3;2024-05-03 10:00;counter;afval;{BAS};;\n"
    ";2024-05-04 10:00;counter;afval;;0600000003;jan\n"
)
FIGURES = (
    "select contact_key, customer_number, is_repeat, predecessor_channel, episode_key, channel"
    " from contact order by contact_key"
)


class Rotating(Bench):
    """A bench with a key file."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.file = folder / "keys" / "samenspel.key"
        self.file.parent.mkdir()
        self.file.write_text(new_key() + "\n")

    def load(self, *sources: dict[str, Any], **others: Any) -> Any:
        settings = self.settings(*(sources or (SOURCE,)), **others)
        return load(settings, self.folder, self.store, key=read_key_file(self.file))

    def rotate(self) -> tuple[bytes, ...]:
        settings = self.settings(SOURCE)
        return rotate_key(settings, self.store, key=read_key_file(self.file), file=self.file)

    def fingerprint(self) -> str:
        return str(self.table("select value from meta where key = 'key_fingerprint'").iloc[0, 0])


@pytest.fixture
def bench(tmp_path: Path) -> Rotating:
    made = Rotating(tmp_path)
    made.write(HEAD + ROWS)
    made.load()
    return made


def by_hand(keys: tuple[bytes, ...], label: str, value: str) -> str:
    """The chain as RFC 2104 and nothing else gives it."""
    for key in keys:
        digest = hmac.new(key, f"{label}:{value}".encode(), hashlib.sha256)
        value = digest.hexdigest()[:32]
    return value


def test_figures_and_links_stay_the_same(bench: Rotating) -> None:
    before = bench.table(FIGURES)
    assert before.customer_number.nunique() == 3
    bench.rotate()
    assert bench.table(FIGURES).equals(before)


def test_every_pseudonym_is_the_chain(bench: Rotating) -> None:
    keys = bench.rotate()
    assert len(keys) == 2
    assert keys == read_key_file(bench.file)
    assert bench.values("bsn_key")[0] == UUID(by_hand(keys, "bsn", ANNA))
    assert bench.values("phone_key")[1] == UUID(by_hand(keys, "phone", "+31600000001"))
    assert bench.values("agent_key")[0] == UUID(by_hand(keys, "agent", "els"))
    row = "\x1f".join(["jan", "\x1e", "counter", "\x1e", "0600000003", "afval", "2024-05-04 10:00"])
    assert bench.values("contact_id") == ["1", "2", "3", "row:" + by_hand(keys, "row", row)]
    assert bench.rotate()[:2] == keys
    assert bench.values("bsn_key")[0] == UUID(by_hand(read_key_file(bench.file), "bsn", ANNA))


def test_new_rows_link_to_old_customers(bench: Rotating) -> None:
    bench.rotate()
    late = f"9;2024-05-05 10:00;phone;paspoort;{BAS};;\n"
    bench.write(HEAD + ROWS + late)
    assert counts(bench.load()) == (5, 1, 4, 0)
    numbers = bench.table("select contact_id, customer_number from contact").set_index("contact_id")
    assert numbers.customer_number["9"] == numbers.customer_number["3"]


def test_no_old_pseudonym_is_left_in_any_byte(bench: Rotating) -> None:
    (old,) = read_key_file(bench.file)
    stored = [UUID(pseudonym(old, "bsn", value)) for value in (ANNA, BAS)]
    before = bench.store.current_file()
    assert before is not None
    # the engine stores a uuid as a number with its first bit turned, little end first
    forms = [
        form
        for key in stored
        for form in ((key.int ^ 1 << 127).to_bytes(16, "little"), key.bytes, key.hex.encode())
    ]
    held = before.read_bytes()
    assert any(form in held for form in forms)
    bench.rotate()
    files = [file for file in bench.store.folder.rglob("*") if file.is_file()]
    assert [file for file in files if file.suffix == ".duckdb"] == [bench.store.current_file()]
    for file in files:
        content = file.read_bytes()
        assert not any(form in content for form in forms)
        assert old not in content
        assert all(key not in content for key in read_key_file(bench.file))


def test_the_old_key_alone_is_refused(bench: Rotating) -> None:
    old = bench.file.read_text()
    bench.rotate()
    bench.file.write_text(old)
    bench.write(HEAD + "9;2024-05-05 10:00;phone;afval;;;\n", "b.csv")
    with pytest.raises(ConfigurationError, match="not the key") as caught:
        bench.load({**SOURCE, "path": "b.csv"})
    assert old.strip() not in str(caught.value)
    with pytest.raises(ConfigurationError, match="not the key"):
        bench.rotate()


def test_the_key_file_is_for_its_owner_only(bench: Rotating) -> None:
    bench.file.chmod(0o644)
    bench.rotate()
    assert stat.S_IMODE(bench.file.stat().st_mode) == 0o600
    assert [file.name for file in bench.file.parent.iterdir()] == [bench.file.name]


def test_a_key_file_behind_a_link_stays_a_link(bench: Rotating) -> None:
    real = bench.folder / "secret"
    bench.file.rename(real)
    bench.file.symlink_to(real)
    bench.rotate()
    assert bench.file.is_symlink()
    assert len(read_key_file(real)) == 2


class KilledError(BaseException):
    """The process ends here."""


def kill(*_: object, **__: object) -> None:
    raise KilledError


@pytest.mark.parametrize("moment", ["materialise", "write_anew", "verify"])
def test_killed_after_the_key_was_written_all_goes_on(
    bench: Rotating, monkeypatch: pytest.MonkeyPatch, moment: str
) -> None:
    """Loads use the keys that fit; the next rotation takes up the key that waits."""
    before, mark = bench.table(FIGURES), bench.fingerprint()
    with monkeypatch.context() as patched:
        patched.setattr(etl.revise, moment, kill)
        with pytest.raises(KilledError):
            bench.rotate()
    waiting = read_key_file(bench.file)
    assert len(waiting) == 2
    assert bench.fingerprint() == mark
    bench.write(HEAD + ROWS + f"9;2024-05-05 10:00;phone;afval;{BAS};;\n")
    assert counts(bench.load()) == (5, 1, 4, 0)
    assert bench.table(FIGURES).customer_number.tolist()[:4] == before.customer_number.tolist()
    assert bench.rotate() == waiting
    assert bench.fingerprint() == fingerprint(waiting)
    assert bench.table(FIGURES).customer_number.nunique() == 3


def test_killed_before_old_versions_were_removed_the_next_load_removes_them(
    bench: Rotating, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patched:
        patched.setattr(type(bench.store), "_remove_all_but", kill)
        with pytest.raises(KilledError):
            bench.rotate()
    versions = bench.store.folder / "versions"
    assert len(list(versions.iterdir())) == 2
    bench.load()
    assert list(versions.iterdir()) == [bench.store.current_file()]


def test_who_was_forgotten_stays_forgotten(bench: Rotating) -> None:
    settings = bench.settings(SOURCE)
    forget(settings, bench.store, [("bsn", ANNA)], key=read_key_file(bench.file))
    bench.rotate()
    bench.write(HEAD + ROWS + "8;2024-05-05 10:00;phone;afval;;;\n")
    assert counts(bench.load()) == (5, 1, 3, 1)


def test_a_key_that_is_not_in_a_file_cannot_be_added_to(bench: Rotating) -> None:
    old = read_key_file(bench.file)
    settings = bench.settings(SOURCE)
    with pytest.raises(ConfigurationError, match="SAMENSPEL_KEY"):
        rotate_key(settings, bench.store, key=old)
    both = (*old, b"n" * 32)
    assert rotate_key(settings, bench.store, key=both) == both
    assert bench.fingerprint() == fingerprint(both)


def test_a_key_that_cannot_be_written_changes_nothing(bench: Rotating) -> None:
    before, text = bench.store.current_file(), bench.file.read_text()
    in_the_way = bench.file.with_name(bench.file.name + ".new")
    (in_the_way / "something").mkdir(parents=True)
    with pytest.raises(ConfigurationError, match="nothing was changed"):
        bench.rotate()
    assert bench.store.current_file() == before
    assert bench.file.read_text() == text


def test_attributes_are_hashed_again_too(bench: Rotating) -> None:
    """What was noted before and after the rotation still agrees, and the old key finds nobody."""
    named = {**SOURCE, "name": "named", "path": "named*.csv", "attributes": {"surname": "s"}}
    bench.write(HEAD + "8;2024-06-01 10:00;phone;Afval;;;\n", "named1.csv")
    bench.load(named)
    (old_key,) = read_key_file(bench.file)
    (before,) = bench.values("surname_key", where="source = 'named'")
    assert before == UUID(pseudonym(old_key, "surname", "afval"))
    bench.rotate()
    bench.write(HEAD + "9;2024-06-02 10:00;phone;afval;;;\n", "named2.csv")
    bench.load(named)
    for kind in ("surname_key", "surname_sound_key"):
        first, second = bench.values(kind, where="source = 'named'")
        assert first == second != before
