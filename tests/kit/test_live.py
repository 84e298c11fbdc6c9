"""A server behind the kit's plan of faults."""

import json

import pytest
import requests
from werkzeug.wrappers import Request, Response

from connector.http import Session, Transient
from connector.simulators.server import serving
from connector.testing.live import LiveServer


@Request.application
def _echo(request: Request) -> Response:
    told = {"path": request.full_path, "host": request.host, "body": request.get_data(as_text=True)}
    seen = {"X-Seen": request.headers.get("X-Asked", "")}
    return Response(json.dumps(told), 201, seen, mimetype="application/json")


def test_requests_and_answers_pass() -> None:
    with serving(_echo) as real, serving(LiveServer(real)) as url:
        answer = requests.post(f"{url}/a%20b?c=%26", data="text", headers={"X-Asked": "yes"}, timeout=10)
    assert answer.status_code == 201
    assert answer.headers["X-Seen"] == "yes"
    assert answer.json() == {"path": "/a b?c=%26", "host": url.removeprefix("http://"), "body": "text"}


def test_planned_faults_strike() -> None:
    with serving(_echo) as real:
        live = LiveServer(real)
        live.faults.status("", 503)
        with serving(live) as url:
            session = Session(url, attempts=1)
            with pytest.raises(Transient):
                session.read("GET", "x")
            assert session.read("GET", "x", expect=(201,)).data["path"] == "/x?"
            session.close()
