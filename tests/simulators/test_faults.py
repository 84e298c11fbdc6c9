import time

import pytest
import requests
from werkzeug.wrappers import Request, Response

from connector.simulators.faults import FaultPlan
from connector.simulators.routes import answered
from connector.simulators.server import serving


class Counter:
    """Answers how often it was asked."""

    def __init__(self) -> None:
        self.calls = 0
        self.faults = FaultPlan(self.answer)

    def answer(self, _: Request) -> Response:
        self.calls += 1
        return answered({"calls": self.calls})


@pytest.fixture
def counter() -> Counter:
    return Counter()


def get(url: str, path: str = "/x") -> requests.Response:
    return requests.get(url + path, timeout=5)


def test_without_a_plan_it_only_answers(counter: Counter) -> None:
    with serving(counter.faults) as url:
        assert get(url).json() == {"calls": 1}


def test_nothing_answers_after_the_block(counter: Counter) -> None:
    with serving(counter.faults) as url:
        pass
    with pytest.raises(requests.ConnectionError):
        get(url)


def test_a_status_strikes_only_what_matches_and_only_so_often(counter: Counter) -> None:
    counter.faults.status("GET /x", 429, retry_after="7", times=2, skip=1)
    with serving(counter.faults) as url:
        answers = [get(url, path) for path in ("/x", "/y", "/x", "/x", "/x")]
    assert [answer.status_code for answer in answers] == [200, 200, 429, 429, 200]
    assert answers[2].headers["Retry-After"] == "7"
    assert answers[2].json() == {"error": "planned status 429"}
    assert counter.calls == 3


def test_a_match_may_look_at_query_and_body(counter: Counter) -> None:
    counter.faults.status(r"\?page=2", 500)
    counter.faults.status(r"\n.*invoice\.create", 503)
    with serving(counter.faults) as url:
        assert get(url, "/x?page=1").status_code == 200
        assert get(url, "/x?page=2").status_code == 500
        assert requests.post(url, json={"method": "invoice.create"}, timeout=5).status_code == 503


@pytest.mark.parametrize(("when", "calls"), [("before", 0), ("after", 1)])
def test_a_cut_connection(counter: Counter, when: str, calls: int) -> None:
    counter.faults.cut("/x", "before" if when == "before" else "after")
    with serving(counter.faults) as url, pytest.raises(requests.ConnectionError):
        get(url)
    assert counter.calls == calls
    assert [asked.status for asked in counter.faults.asked] == [0]


def test_a_maintenance_page_has_status_200(counter: Counter) -> None:
    counter.faults.html("/x")
    with serving(counter.faults) as url:
        answer = get(url)
    assert (answer.status_code, answer.headers["Content-Type"]) == (200, "text/html; charset=utf-8")
    assert counter.calls == 0


def test_a_late_answer(counter: Counter) -> None:
    counter.faults.delay("/x", 0.1)
    with serving(counter.faults) as url:
        start = time.monotonic()
        assert get(url).status_code == 200
    assert time.monotonic() - start >= 0.1


def test_the_state_changes_just_before_an_answer(counter: Counter) -> None:
    counter.faults.meanwhile("page=2", lambda: setattr(counter, "calls", 40))
    with serving(counter.faults) as url:
        assert [get(url, f"/x?page={page}").json()["calls"] for page in (1, 2, 3)] == [1, 41, 42]


def test_a_page_repeats(counter: Counter) -> None:
    counter.faults.repeat("/x", skip=1)
    with serving(counter.faults) as url:
        assert [get(url).json()["calls"] for _ in range(4)] == [1, 2, 2, 2]
        counter.faults.clear()
        assert get(url).json() == {"calls": 3}


def test_an_answer_is_rewritten(counter: Counter) -> None:
    counter.faults.rewrite("/x", lambda data: {**data, "new": "field"}, times=1)
    with serving(counter.faults) as url:
        assert get(url).json() == {"calls": 1, "new": "field"}
        assert get(url).json() == {"calls": 2}


def test_the_log_tells_what_was_asked_but_no_header(counter: Counter) -> None:
    with serving(counter.faults) as url:
        requests.post(f"{url}/a?b=c", json={"d": 1}, headers={"Authorization": "Token s3cret"}, timeout=5)
    (asked,) = counter.faults.asked
    assert (asked.method, asked.path, asked.query, asked.body, asked.status) == (
        "POST",
        "/a",
        {"b": "c"},
        '{"d": 1}',
        200,
    )
    assert "s3cret" not in repr(counter.faults.asked)
    assert counter.faults.count("POST /a") == 1
