"""Nobody sees a figure without signing in, and a browser may do no more than it must."""

from base64 import b64encode
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from werkzeug.security import generate_password_hash

from dashboard.app import create_app
from dashboard.security import HEADERS
from dashboard.serve import is_loopback, refuse_openness, serve
from tests.browser.town import SCRIPT
from tests.warehouses import build
from warehouse.errors import ConfigurationError
from warehouse.store import Reader, Store

USERS = {"anna": generate_password_hash("een heel lang wachtwoord", method="pbkdf2:sha256:1000")}


def signed(name: str, password: str) -> dict[str, str]:
    return {"Authorization": "Basic " + b64encode(f"{name}:{password}".encode()).decode()}


RIGHT = signed("anna", "een heel lang wachtwoord")
WRONG = (
    {},
    signed("anna", "een ander wachtwoord"),
    signed("bert", "een heel lang wachtwoord"),
    signed("", ""),
    {"Authorization": "Basic nonsense"},
    {"Authorization": "Bearer een heel lang wachtwoord"},
    {"Cookie": "session=anna"},
)


@pytest.fixture(scope="module")
def reader(tmp_path_factory: pytest.TempPathFactory) -> Reader:
    rows = [
        {"started_at": f"2025-{month:02}-{day:02} 10:00", "service": SCRIPT, "customer": f"c{day}"}
        for month in (1, 2, 3)
        for day in range(1, 29)
    ]
    return build(tmp_path_factory.mktemp("small"), rows)


@pytest.fixture
def guarded(reader: Reader) -> Iterator[FlaskClient]:
    app = create_app(reader, users=USERS)
    with app.server.test_client() as client:
        yield client


def routes(client: FlaskClient) -> list[tuple[str, str]]:
    """Every rule of the server, its variables filled in, with each method it takes."""
    found = []
    for rule in client.application.url_map.iter_rules():
        path = str(rule.rule)
        for argument in rule.arguments:
            converter = path[path.index("<") : path.index(">") + 1]
            path = path.replace(converter, f"x-{argument}", 1)
        found += [(method, path) for method in rule.methods or () if method not in {"OPTIONS"}]
    return found


def test_every_route_and_callback_asks_for_a_sign_in(guarded: FlaskClient) -> None:
    asked = routes(guarded)
    assert ("POST", "/_dash-update-component") in asked
    assert len(asked) > 8
    for method, path in asked:
        answer = guarded.open(path, method=method, environ_base={"REMOTE_ADDR": path})
        assert answer.status_code == 401, (method, path)
        assert b"samenspel" not in answer.data.lower()


@pytest.mark.parametrize("headers", WRONG)
@pytest.mark.parametrize("path", ["/", "/_dash-layout", "/assets/style.css", "/nergens"])
def test_a_wrong_sign_in_opens_nothing(
    guarded: FlaskClient, path: str, headers: dict[str, str]
) -> None:
    address = {"REMOTE_ADDR": f"{path}{sorted(headers.items())}"}
    assert guarded.get(path, headers=headers, environ_base=address).status_code == 401


def test_the_right_sign_in_opens_it_again_and_again(guarded: FlaskClient) -> None:
    for _ in range(3):
        assert guarded.get("/_dash-layout", headers=RIGHT).status_code == 200


def test_guessing_is_stopped_for_a_while_and_only_for_who_guesses(guarded: FlaskClient) -> None:
    guesser = {"REMOTE_ADDR": "192.0.2.1"}
    codes = [
        guarded.get("/", headers=signed("anna", f"gok {number}"), environ_base=guesser).status_code
        for number in range(12)
    ]
    assert codes == [401] * 10 + [429] * 2
    assert guarded.get("/", headers=RIGHT, environ_base=guesser).status_code == 429
    assert guarded.get("/", headers=RIGHT).status_code == 200


def test_every_answer_carries_the_headers_that_protect(reader: Reader) -> None:
    client = create_app(reader).server.test_client()
    for path in ("/", "/assets/style.css", "/download/overview/movers.csv", "/nergens"):
        headers = client.get(path).headers
        assert {name: headers[name] for name in HEADERS} == HEADERS
        policy = headers["Content-Security-Policy"]
        assert "default-src 'none'" in policy
        assert "frame-ancestors 'none'" in policy
        assert "script-src 'self' 'sha256-" in policy
        scripts = next(part for part in policy.split("; ") if part.startswith("script-src"))
        assert "unsafe" not in scripts


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.0.2.1", "example.org", ""])  # noqa: S104
def test_it_refuses_to_be_open_to_others(host: str) -> None:
    with pytest.raises(ConfigurationError, match="nobody would have to sign in") as caught:
        refuse_openness(host, {})
    assert "users_file" in caught.value.remedy
    refuse_openness(host, USERS)


@pytest.mark.parametrize("host", ["127.0.0.1", "::1", "localhost", "127.8.8.8"])
def test_on_the_machine_itself_nobody_need_sign_in(host: str) -> None:
    assert is_loopback(host)
    refuse_openness(host, None)


def test_serving_openly_is_refused_before_anything_listens(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match=r"--host 0\.0\.0\.0"):
        serve(Reader(Store(tmp_path)), host="0.0.0.0", port=0, users=None)  # noqa: S104


def test_a_download_is_a_table_without_formulas(reader: Reader) -> None:
    client = create_app(reader).server.test_client()
    answer = client.get("/download/movers.csv?from=2025-03-01&to=2025-03-31")
    assert answer.status_code == 200
    assert answer.headers["Content-Disposition"].startswith('attachment; filename="samenspel-')
    text = answer.data.decode("utf-8-sig")
    assert "Telefoon" in text
    assert text.splitlines()[0].startswith("Groep;Soort;")


@pytest.mark.parametrize(
    "path", ["/download/movers.txt", "/download/x/movers.csv", "/download/none.csv"]
)
def test_a_download_that_is_not_there_is_not_found(reader: Reader, path: str) -> None:
    assert create_app(reader).server.test_client().get(path).status_code == 404
