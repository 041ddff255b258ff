"""Who may sign in to the dashboard: a file of names and password hashes."""

from pathlib import Path

from werkzeug.security import generate_password_hash

from warehouse.errors import ConfigurationError


def password_line(name: str, password: str) -> str:
    """Return the users file's line for a name and password: `name:hash`, salted scrypt.

    Raises:
        ConfigurationError: the name holds a colon or nothing, or the password is short.
    """
    if not name.strip() or ":" in name:
        raise ConfigurationError("a sign-in name is not empty and holds no colon", where="name")
    if len(password) < 12:
        raise ConfigurationError(
            "the password is shorter than 12 characters", where="password", remedy="Take a longer."
        )
    return f"{name}:{generate_password_hash(password)}"


def read_users(file: Path) -> dict[str, str]:
    """Return each sign-in name's password hash.

    Raises:
        ConfigurationError: the file is missing, empty, or a line is not `name:hash`.
    """
    try:
        lines = file.read_text(encoding="utf-8").splitlines()
    except OSError as error:
        raise ConfigurationError(
            f"the users file cannot be read ({error.strerror})",
            where=str(file),
            remedy="Make it with: samenspel user NAME >> FILE",
        ) from error
    users = {}
    for number, line in enumerate(lines, start=1):
        name, colon, password_hash = line.strip().partition(":")
        if not name or name.startswith("#"):
            continue
        if not colon or "$" not in password_hash:
            raise ConfigurationError(
                f"line {number} is not name:password-hash",
                where=str(file),
                remedy="Make lines with: samenspel user NAME",
            )
        users[name] = password_hash
    if not users:
        raise ConfigurationError(
            "the users file names nobody", where=str(file), remedy="Add one: samenspel user NAME"
        )
    return users
