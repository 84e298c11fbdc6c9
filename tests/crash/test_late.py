"""A request that the dead process sent arrives late or never, and the restart may itself be killed."""

import os
import signal
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NoReturn

import pytest
from werkzeug.wrappers import Request, Response

from connector.store import ledger
from connector.store.lease import Busy
from connector.workflow.cycle import run
from connector.workflow.decide import Refusal
from connector.workflow.house import House, open_house
from connector.workflow.push import push
from connector.workflow.settle import settle
from tests.crash.stage import CREATE, KILLED, LEASE_OVER, MARCH_OUTCOME, REQUEST_OVER, Stage, march

_FIND = r'account.invoice.search_read.*"reference", "in"'
_CREATE = "model.account.invoice.create"
_REFERENCE = "db-2026-0001"


@dataclass
class Clock:
    at: datetime

    def __call__(self) -> datetime:
        return self.at


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    with march(tmp_path_factory.mktemp("late")) as made:
        yield made


@pytest.fixture
def stage(shared: Stage) -> Stage:
    shared.reset()
    return shared


def killed_on_the_way(stage: Stage) -> Callable[[], object]:
    """Kill a round when its create is under way; give what lets the request arrive at last."""
    late: list[Callable[[], Response]] = []

    def hold_up(_: Request, answer: Callable[[], Response]) -> NoReturn:
        os.kill(stage.nursery.pid, signal.SIGKILL)
        late.append(answer)
        raise ConnectionResetError("planned")

    stage.remote.books.faults.plan(_CREATE, hold_up)
    lived = stage.run()
    assert (lived.exit, lived.points[-1]) == (KILLED, f"before {CREATE}")
    assert stage.outcome().books == []
    assert [status for _, status, *_ in stage.outcome().ledger] == ["sending"]
    return late[0]


@pytest.fixture
def clock(stage: Stage) -> Clock:
    return Clock(stage.at)


@pytest.fixture
def house(stage: Stage, clock: Clock) -> Iterator[House]:
    opened = open_house(stage.config, now=clock)
    yield opened
    opened.close()


def test_request_that_arrives_after_the_restart_is_found(stage: Stage) -> None:
    arrive = killed_on_the_way(stage)
    assert stage.run(LEASE_OVER).exit == 0
    assert [status for _, status, *_ in stage.outcome().ledger] == ["sending"]  # it waits
    arrive()
    assert stage.run(REQUEST_OVER).exit == 0
    assert stage.outcome() == MARCH_OUTCOME


def test_request_that_never_arrives_is_sent_again(stage: Stage) -> None:
    killed_on_the_way(stage)
    assert stage.recover(MARCH_OUTCOME) == ""
    assert len(stage.remote.books.invoices) == 1


def at_the_last_moment(stage: Stage, clock: Clock, arrive: Callable[[], object]) -> None:
    """Let the request arrive just after a find, and its longest time be over when the find is answered."""

    def look(_: Request, answer: Callable[[], Response]) -> Response:
        found = answer()
        arrive()
        clock.at = stage.at + timedelta(seconds=301)
        return found

    clock.at = stage.at + timedelta(seconds=299)
    stage.remote.books.faults.plan(_FIND, look)


def test_find_before_the_longest_time_is_no_proof_after_it(stage: Stage, house: House, clock: Clock) -> None:
    arrive = killed_on_the_way(stage)
    at_the_last_moment(stage, clock, arrive)
    (report,) = push(house)
    assert [(one.reference, one.status) for one in report.documents] == [(_REFERENCE, "sending")]
    push(house)
    assert stage.outcome().books == MARCH_OUTCOME.books
    assert stage.outcome().ledger == MARCH_OUTCOME.ledger


def test_word_of_a_person_waits_for_the_longest_time_too(stage: Stage, house: House, clock: Clock) -> None:
    arrive = killed_on_the_way(stage)
    at_the_last_moment(stage, clock, arrive)
    with pytest.raises(Refusal, match="may still be under way"):
        settle(house, _REFERENCE, None)
    assert ledger.invoice(house.store, _REFERENCE).status == "sending"


def test_lease_of_the_dead_is_respected_until_it_ends(stage: Stage, house: House, clock: Clock) -> None:
    killed_on_the_way(stage)
    with pytest.raises(Busy, match=r"crash \(process"):
        run(house, confirmed=True)
    clock.at += LEASE_OVER
    assert run(house, confirmed=True).good


def test_restart_may_be_killed_as_well(stage: Stage) -> None:
    """Kill the first process when its draft stands in the books, the second at every tenth of its points."""
    stage.reset()
    draft = f"after {CREATE}"
    at = stage.run().points.index(draft)
    stage.reset()
    assert stage.run(dies_at=at).exit == KILLED
    points = stage.run(LEASE_OVER).points
    for second, point in list(enumerate(points))[::10]:
        stage.reset()
        assert stage.run(dies_at=at).exit == KILLED
        assert stage.run(LEASE_OVER, dies_at=second).points[-1] == point
        assert stage.recover(MARCH_OUTCOME, since=LEASE_OVER) == "", point
