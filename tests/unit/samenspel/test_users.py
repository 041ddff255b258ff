"""Who may sign in is read from a file; a wrong line is named."""

from pathlib import Path

import pytest
from werkzeug.security import check_password_hash

from samenspel.users import password_line, read_users
from warehouse.errors import ConfigurationError


def test_a_made_line_is_read_back_and_holds_no_password(tmp_path: Path) -> None:
    line = password_line("manager", "correct horse battery")
    assert "correct horse" not in line
    file = tmp_path / "users"
    file.write_text(f"# who may see the dashboard\n\n{line}\n")
    users = read_users(file)
    assert list(users) == ["manager"]
    assert check_password_hash(users["manager"], "correct horse battery")
    assert not check_password_hash(users["manager"], "another")


@pytest.mark.parametrize("content", ["", "# nobody\n", "manager\n", "manager:plain\n"])
def test_a_file_that_lets_nobody_in_is_refused(tmp_path: Path, content: str) -> None:
    file = tmp_path / "users"
    file.write_text(content)
    with pytest.raises(ConfigurationError):
        read_users(file)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="samenspel user"):
        read_users(tmp_path / "none")


@pytest.mark.parametrize(
    ("name", "password"),
    [("", "long enough to pass"), ("a:b", "long enough to pass"), ("a", "short")],
)
def test_weak_sign_ins_are_refused(name: str, password: str) -> None:
    with pytest.raises(ConfigurationError):
        password_line(name, password)
