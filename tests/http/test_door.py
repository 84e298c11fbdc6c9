"""The door to the network: what is tried again, how failures are named, and that secrets stay secret."""

import logging
import socket
import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from email.utils import format_datetime

import pytest
import requests
import responses

from connector.http import AuthFailed, ConfigError, Refused, RemoteError, Session, Transient

BASE = "https://desk.example/api"
SECRET = "s3cr3t/ö key"


@pytest.fixture
def remote() -> Iterator[responses.RequestsMock]:
    with responses.RequestsMock() as mock:
        yield mock


class Door:
    """A session whose waits are noted instead of waited."""

    def __init__(self, *, attempts: int = 4, stop: Callable[[], bool] = lambda: False) -> None:
        self.waits: list[float] = []
        self.session = Session(
            BASE, secrets={"token": SECRET}, attempts=attempts, sleep=self.waits.append, stop=stop
        )


def test_an_answer_has_status_headers_and_exact_fractions(remote: responses.RequestsMock) -> None:
    remote.add("GET", f"{BASE}/rate", json={"name": "Müller"}, headers={"x-total": "3"})
    session = Door().session
    answer = session.read("GET", "/rate")
    assert (answer.status, answer.data, answer.headers["X-Total"]) == (200, {"name": "Müller"}, "3")
    remote.replace("GET", f"{BASE}/rate", body='{"price": 95.10}', content_type="application/json")
    assert session.read("GET", "rate").data == {"price": Decimal("95.10")}
    assert session.requests == 2


def test_an_answer_without_body(remote: responses.RequestsMock) -> None:
    remote.delete(f"{BASE}/rate", status=204)
    assert Door().session.write("DELETE", "rate", expect=(204,)).data is None
    remote.get(f"{BASE}/rate", body="", content_type="application/json")
    with pytest.raises(Transient, match="JSON is broken or cut"):
        Door(attempts=1).session.read("GET", "rate")


@pytest.mark.parametrize("status", [401, 403])
def test_credentials_that_do_not_suffice(remote: responses.RequestsMock, status: int) -> None:
    remote.get(f"{BASE}/t", status=status, json={"error": "Not authorized"})
    door = Door()
    with pytest.raises(AuthFailed) as caught:
        door.session.read("GET", "t")
    assert caught.value.status == status
    said, asked = '{"error": "Not authorized"}', "is the secret right, its user allowed?"
    assert caught.value.message == f"GET {BASE}/t: {status}: {said}; {asked}"
    assert door.session.requests == 1


def test_a_no_of_the_remote_is_not_asked_again(remote: responses.RequestsMock) -> None:
    remote.get(f"{BASE}/t", status=422, json={"error": "x" * 1000})
    door = Door()
    with pytest.raises(Refused) as caught:
        door.session.read("GET", "t")
    assert caught.value.status == 422
    assert len(caught.value.body) == 300
    assert door.session.requests == 1


@pytest.mark.parametrize("status", [408, 429, 500, 502, 503, 504])
def test_a_read_is_tried_again_until_it_works(remote: responses.RequestsMock, status: int) -> None:
    remote.get(f"{BASE}/t", status=status)
    remote.get(f"{BASE}/t", status=status)
    remote.get(f"{BASE}/t", json=[1])
    door = Door()
    assert door.session.read("GET", "t").data == [1]
    assert door.session.requests == 3
    assert len(door.waits) == 2
    assert 1 <= door.waits[0] <= 2
    assert 2 <= door.waits[1] <= 3


def test_an_error_page_cannot_write_on_the_terminal(remote: responses.RequestsMock) -> None:
    remote.get(f"{BASE}/t", status=404, body="not\x1b[2J\r\nhere\u202e")
    with pytest.raises(Refused) as caught:
        Door().session.read("GET", "t")
    assert caught.value.message == f"GET {BASE}/t: 404: not [2J here"


def test_a_read_is_given_up_after_four_attempts(remote: responses.RequestsMock) -> None:
    remote.get(f"{BASE}/t", status=503)
    door = Door()
    with pytest.raises(Transient) as caught:
        door.session.read("GET", "t")
    assert (caught.value.status, door.session.requests, len(door.waits)) == (503, 4, 3)


def test_retry_after_in_seconds_is_honoured(remote: responses.RequestsMock) -> None:
    remote.get(f"{BASE}/t", status=429, headers={"Retry-After": "17"})
    remote.get(f"{BASE}/t", json=[])
    door = Door()
    assert door.session.read("GET", "t").data == []
    assert door.waits == [17]


def test_retry_after_as_a_date_is_honoured(remote: responses.RequestsMock) -> None:
    until = format_datetime(datetime.now(UTC) + timedelta(seconds=60), usegmt=True)
    remote.get(f"{BASE}/t", status=429, headers={"Retry-After": until})
    remote.get(f"{BASE}/t", json=[])
    door = Door()
    assert door.session.read("GET", "t").data == []
    assert 50 < door.waits[0] <= 60


def test_a_wait_of_an_hour_is_left_to_the_caller(remote: responses.RequestsMock) -> None:
    remote.get(f"{BASE}/t", status=429, headers={"Retry-After": "3600"})
    door = Door()
    with pytest.raises(Transient) as caught:
        door.session.read("GET", "t")
    assert (caught.value.retry_after, door.waits) == (3600, [])


def test_a_retry_after_that_nobody_understands(remote: responses.RequestsMock) -> None:
    remote.get(f"{BASE}/t", status=429, headers={"Retry-After": "soon"})
    with pytest.raises(Transient) as caught:
        Door(attempts=1).session.read("GET", "t")
    assert caught.value.retry_after is None


@pytest.mark.parametrize(
    ("failure", "words"),
    [
        (requests.ConnectTimeout("x"), "no answer in time"),
        (requests.ReadTimeout("x"), "no answer in time"),
        (requests.ConnectionError("x"), "no connection, or it was cut"),
        (requests.exceptions.ChunkedEncodingError("x"), "no connection, or it was cut"),
    ],
)
def test_the_network_fails(remote: responses.RequestsMock, failure: Exception, words: str) -> None:
    remote.get(f"{BASE}/t", body=failure)
    with pytest.raises(Transient) as caught:
        Door().session.read("GET", "t")
    assert caught.value.message == f"GET {BASE}/t: {words}"
    assert (caught.value.status, caught.value.__context__) == (None, None)


def test_a_certificate_that_does_not_verify_is_a_matter_of_settings(remote: responses.RequestsMock) -> None:
    remote.get(f"{BASE}/t", body=requests.exceptions.SSLError("[SSL: CERTIFICATE_VERIFY_FAILED] expired"))
    with pytest.raises(ConfigError, match="REQUESTS_CA_BUNDLE"):
        Door().session.read("GET", "t")


@pytest.mark.parametrize("failure", [requests.ReadTimeout("x"), requests.ConnectionError("x")])
def test_a_write_is_never_repeated(remote: responses.RequestsMock, failure: Exception) -> None:
    remote.post(f"{BASE}/t", body=failure)
    door = Door()
    with pytest.raises(Transient):
        door.session.write("POST", "t", json={"a": 1})
    assert (door.session.requests, door.waits) == (1, [])


def test_a_write_that_finds_a_broken_server_is_unknown(remote: responses.RequestsMock) -> None:
    remote.post(f"{BASE}/t", status=500)
    door = Door()
    with pytest.raises(Transient):
        door.session.write("POST", "t", json={"a": 1})
    assert door.session.requests == 1


def test_a_maintenance_page_with_status_200_is_no_answer(remote: responses.RequestsMock) -> None:
    remote.get(f"{BASE}/t", body="<html>Wartung</html>", content_type="text/html")
    door = Door()
    with pytest.raises(Transient, match=r"200, but no JSON \(a maintenance page"):
        door.session.read("GET", "t")
    assert door.session.requests == 4


def test_broken_json_is_no_answer(remote: responses.RequestsMock) -> None:
    remote.get(f"{BASE}/t", body='{"a": [1,', content_type="application/json")
    with pytest.raises(Transient, match="broken or cut"):
        Door().session.read("GET", "t")


def test_a_redirection_is_not_followed_with_our_secrets(remote: responses.RequestsMock) -> None:
    remote.get(f"{BASE}/t", status=301, headers={"Location": "https://elsewhere.example/"})
    with pytest.raises(Refused, match=r"moved to https://elsewhere\.example/; mend 'url'"):
        Door().session.read("GET", "t", headers={"Authorization": SECRET})


def test_a_reading_post_is_tried_again(remote: responses.RequestsMock) -> None:
    remote.post(f"{BASE}/search", status=502)
    remote.post(f"{BASE}/search", json=[])
    session = Door().session
    assert session.read("POST", "search", json={"condition": {}}).data == []
    assert session.requests == 2


def test_a_stop_ends_the_waiting(remote: responses.RequestsMock) -> None:
    remote.get(f"{BASE}/t", status=503)
    stopped = threading.Event()

    def sleep(_: float) -> None:
        stopped.set()

    session = Session(BASE, sleep=sleep, stop=stopped.is_set)
    with pytest.raises(Transient, match="stopped while waiting"):
        session.read("GET", "t")
    with pytest.raises(Transient, match="503"):
        session.read("GET", "t")
    assert session.requests == 2


def test_secrets_are_in_no_message_and_no_log(
    remote: responses.RequestsMock, caplog: pytest.LogCaptureFixture
) -> None:
    body = f"bad key {SECRET} and s3cr3t%2F%C3%B6%20key and session abcdef123456"
    remote.get(f"{BASE}/t", status=400, body=body)
    session = Session(BASE, secrets={"token": SECRET}, headers={"App-Token": "app-7777"})
    with caplog.at_level(logging.DEBUG, "connector"), pytest.raises(Refused) as caught:
        session.read(
            "GET",
            "t",
            params={"api_key": "query-9999", "page": 1, "q": SECRET},
            headers={"Session-Token": "abcdef123456"},
        )
    said = f"{caught.value} {caught.value.body} {caught.value!r} {caplog.text} {session!r}"
    for secret in (SECRET, "s3cr3t", "abcdef123456", "query-9999", "app-7777"):
        assert secret not in said
    assert caught.value.body == "bad key *** and *** and session ***"
    assert "page=1" in caught.value.message


def test_basic_authentication_is_not_shown(remote: responses.RequestsMock) -> None:
    remote.get(f"{BASE}/t", status=401, body="no: YW5uYTpwYXNzd29yZDE= anna password1")
    with pytest.raises(AuthFailed) as caught:
        Session(BASE, auth=("anna", "password1")).read("GET", "t")
    assert caught.value.body == "no: *** anna ***"
    assert remote.calls[0].request.headers["Authorization"] == "Basic YW5uYTpwYXNzd29yZDE="


def test_a_password_of_netrc_does_not_replace_our_header(
    remote: responses.RequestsMock, monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory
) -> None:
    netrc = tmp_path_factory.mktemp("home") / "netrc"
    netrc.write_text("machine desk.example login a password b\n")
    monkeypatch.setenv("NETRC", str(netrc))
    remote.get(f"{BASE}/t", json=[])
    Door().session.read("GET", "t", headers={"Authorization": "Token token=x"})
    assert remote.calls[0].request.headers["Authorization"] == "Token token=x"


def test_a_secret_that_is_missing_says_how_to_set_it() -> None:
    session = Door().session
    assert session.secret("token") == SECRET
    with pytest.raises(ConfigError, match="the secret 'app' is not set; run 'deskbill secret set app'"):
        session.secret("app")


@pytest.mark.parametrize(
    "address",
    ["desk.example", "ftp://desk.example", "https://anna:pw1@desk.example", "https://d.example/?a=1"],
)
def test_an_address_that_cannot_work(address: str) -> None:
    with pytest.raises(ConfigError, match="url: write a web address") as caught:
        Session(address)
    assert "pw1" not in str(caught.value)


@pytest.mark.parametrize("token", ["line\nbreak77", "quote„77“"])
def test_a_secret_that_no_header_can_hold(token: str) -> None:
    session = Session("http://127.0.0.1:1", secrets={"token": token})
    with pytest.raises(ConfigError, match="cannot be sent; mend 'url' or the secret") as caught:
        session.read("GET", "t", headers={"Authorization": token})
    assert token not in str(caught.value)
    assert "77" not in str(caught.value)


def _serve_once(answer: bytes) -> tuple[int, threading.Thread]:
    server = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        with server, server.accept()[0] as connection:
            connection.recv(65536)
            connection.sendall(answer)

    thread = threading.Thread(target=serve)
    thread.start()
    return server.getsockname()[1], thread


@pytest.mark.parametrize(
    "answer", [b"", b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 400\r\n\r\n[1, 2"]
)
def test_a_connection_that_is_really_cut(answer: bytes) -> None:
    port, thread = _serve_once(answer)
    session = Session(f"http://127.0.0.1:{port}", attempts=1)
    with pytest.raises(RemoteError, match="no connection, or it was cut") as caught:
        session.read("GET", "t")
    session.close()
    thread.join()
    assert isinstance(caught.value, Transient)


def test_what_is_to_be_done_before_a_write_is_done_just_then(remote: responses.RequestsMock) -> None:
    remote.get(f"{BASE}/t", json={})
    remote.post(f"{BASE}/t", json={})
    seen: list[int] = []
    session = Session(BASE, before_write=lambda: seen.append(session.requests))
    session.read("GET", "t")
    session.write("POST", "t", json={})
    assert seen == [1]
