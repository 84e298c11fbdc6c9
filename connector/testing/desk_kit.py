"""What every desk adapter must do, as tests: complete, idempotent pulls through edits and faults."""

import json
from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest

from connector.desk import Raw
from connector.http import AuthFailed, RemoteError, Transient
from connector.simulators.faults import FaultPlan
from connector.testing.demand import demand, demand_true
from connector.testing.desk_stage import DeskStage, Facts, Pulled, pulling
from connector.testing.rewrites import fields_of, lacking, with_more

#: Faults that pass, by name: for requests that match, so many times, after so many.
PASSING: dict[str, Callable[[FaultPlan, str, int, int], None]] = {
    "500": lambda faults, where, times, skip: faults.status(where, 500, times=times, skip=skip),
    "503": lambda faults, where, times, skip: faults.status(where, 503, times=times, skip=skip),
    "429": lambda faults, where, times, skip: faults.status(
        where, 429, retry_after="7", times=times, skip=skip
    ),
    "cut before": lambda faults, where, times, skip: faults.cut(where, "before", times=times, skip=skip),
    "cut after": lambda faults, where, times, skip: faults.cut(where, "after", times=times, skip=skip),
    "html": lambda faults, where, times, skip: faults.html(where, times=times, skip=skip),
}
_REPEATS = 40


class DeskKit:
    """The tests; a subclass gives the stage."""

    #: more tickets than the adapter's page holds
    many = 250
    #: requests that a pull may take when nothing has changed
    quiet = 12

    def stage(self) -> DeskStage:
        """Make a simulated desk without tickets."""
        raise NotImplementedError

    @pytest.fixture
    def desk(self) -> DeskStage:
        """Give the stage of this test."""
        return self.stage()

    @pytest.fixture
    def house(self, desk: DeskStage) -> Iterator[Pulled]:
        """Give a house that is connected to the stage and knows nothing yet."""
        with pulling(desk) as house:
            yield house

    def test_a_log_in_finds_product_and_version(self, house: Pulled) -> None:
        """`check` names what it has found."""
        found = house.desk.check()
        demand_true(bool(found.product and found.version), "check() must name product and version")

    def test_a_full_pull_is_complete(self, desk: DeskStage, house: Pulled) -> None:
        """Tickets with no, one and several entries; and then the same by a sweep."""
        for seconds in ((), (900,), (3600, 60, 1800)):
            desk.open(*seconds)
        house.pull()
        demand(house.facts(), desk.truth(), "a full pull must bring every ticket with all its work")
        house.known.clear()
        house.sweep()
        demand(house.facts(), desk.truth(), "a sweep must bring every ticket with all its work")

    def test_a_desk_without_tickets(self, house: Pulled) -> None:
        """Nothing is no error."""
        house.pull()
        house.sweep()
        demand(house.facts(), {}, "an empty desk has no tickets")

    def test_a_second_pull_changes_nothing(self, desk: DeskStage, house: Pulled) -> None:
        """Pulls are idempotent: the raw tickets stay the same."""
        desk.open(900, 60)
        house.pull()
        before = dict(house.known)
        house.pull()
        house.sweep()
        demand(house.known, before, "what has not changed must come in the same form again")

    def test_edits_and_deletions_are_seen(self, desk: DeskStage, house: Pulled) -> None:
        """An incremental pull brings what is new, changed and no longer there."""
        edited, emptied, same = (desk.open(900, 1800) for _ in range(3))
        house.pull()
        desk.edit(edited, 600)
        desk.delete(emptied)
        added = desk.open(300)
        house.pull()
        demand(house.facts(), desk.truth(), "a pull must bring edits, deletions and additions")
        demand(set(house.facts()), {edited, emptied, same, added}, "no ticket may get lost")

    def test_a_removed_ticket_is_seen(self, desk: DeskStage, house: Pulled) -> None:
        """A deleted or trashed ticket is known to be gone after a sweep at the latest."""
        gone, stays = desk.open(900), desk.open(1800)
        house.pull()
        desk.remove(gone)
        house.pull()
        house.sweep()
        demand(set(house.facts()), {stays}, "a removed ticket must parse as removed")
        demand(house.facts(), desk.truth(), "the others must keep their work")

    def test_tickets_of_one_instant(self, desk: DeskStage, house: Pulled) -> None:
        """More tickets than a page holds change at the same moment, as by a bulk edit."""
        desk.simulator.clock.step = timedelta(0)
        for _ in range(self.many):
            desk.open(60)
        house.pull()
        demand(house.facts(), desk.truth(), "tickets with equal timestamps must all come")

    def test_a_pull_goes_on_where_it_was_stopped(self, desk: DeskStage, house: Pulled) -> None:
        """A page's cursor holds all that came before."""
        for _ in range(self.many):
            desk.open(60)
        house.pull(pages=1)
        house.pull()
        demand(house.facts(), desk.truth(), "a pull must go on from the cursor of any page")

    def test_a_quiet_desk_costs_few_requests(self, desk: DeskStage, house: Pulled) -> None:
        """A pull that finds nothing does not ask ticket by ticket."""
        for _ in range(self.many):
            desk.open(60)
        house.pull()
        before = house.session.requests
        house.pull()
        demand_true(
            house.session.requests - before <= self.quiet,
            f"a pull without changes took {house.session.requests - before} requests, more than {self.quiet}",
        )

    @pytest.mark.parametrize("removal", [False, True], ids=["row moves to the end", "row goes"])
    def test_a_page_that_shifts(self, desk: DeskStage, house: Pulled, removal: bool) -> None:
        """While the adapter pages, the first ticket changes or goes, and all others move up."""
        first, *_ = [desk.open(60) for _ in range(self.many)]
        change: Callable[[], None] = (
            (lambda: desk.remove(first)) if removal else (lambda: desk.edit(first, 120))
        )
        desk.simulator.faults.meanwhile(desk.listing, change, skip=1)
        house.pull()
        house.pull()
        if removal:
            house.sweep()
        demand(house.facts(), desk.truth(), "no ticket may be skipped when rows move while paging")

    def test_a_page_that_repeats(self, desk: DeskStage, house: Pulled) -> None:
        """The desk gives the same page again and again: an error, never an endless loop nor a silent end."""
        for _ in range(self.many):
            desk.open(60)
        desk.simulator.faults.repeat(desk.listing, times=_REPEATS)
        before = len(desk.simulator.faults.asked)
        try:
            house.pull()
        except RemoteError:
            asked = len(desk.simulator.faults.asked) - before
            demand_true(asked < _REPEATS, "an adapter must notice a page that repeats")
        else:
            demand(house.facts(), desk.truth(), "a pull that ends without an error must be complete")
        desk.simulator.faults.clear()
        house.pull()
        demand(house.facts(), desk.truth(), "afterwards a pull must be complete")

    def test_unknown_fields(self, desk: DeskStage, house: Pulled) -> None:
        """A newer version sends more."""
        desk.open(900, 60)
        desk.simulator.faults.rewrite("", with_more)
        house.pull()
        demand(house.facts(), desk.truth(), "fields that the adapter does not know must not matter")

    def test_one_bad_ticket_does_not_stop_the_rest(self, desk: DeskStage, house: Pulled) -> None:
        """A figure is missing in one ticket: a parse error or a Problem there, and the others come."""
        bad, good = desk.open(900), desk.open(1800)
        for name in desk.needed:
            found = self._taken_without(name, desk, house, [bad, good])
            demand(found.get(good), desk.truth()[good], f"without '{name}' in one ticket the others stay")
            demand_true(
                found.get(bad) != desk.truth()[bad], f"without '{name}' a ticket must not pass silently"
            )

    def test_a_missing_field_never_makes_a_wrong_figure(self, desk: DeskStage, house: Pulled) -> None:
        """Whatever field of a ticket goes missing: what is then believed is true."""
        bad, good = desk.open(900), desk.open(1800)
        names: set[str] = set()
        desk.simulator.faults.rewrite("", fields_of(desk, bad, names))
        house.take([bad, good])
        demand_true(set(desk.needed) <= names, "the stage's needed fields must be among those that are sent")
        for name in sorted(names):
            found = self._taken_without(name, desk, house, [bad, good])
            demand(found.get(good), desk.truth()[good], f"without '{name}' in one ticket the others stay")
            wrong = set(found.get(bad, {}).items()) - set(desk.truth()[bad].items())
            demand(wrong, set(), f"without '{name}' a ticket must not have other work than it has")

    @staticmethod
    def _taken_without(name: str, desk: DeskStage, house: Pulled, tickets: list[str]) -> Facts:
        """Take tickets, the first of which lacks a field."""
        desk.simulator.faults.clear()
        desk.simulator.faults.rewrite("", lacking(desk, tickets[0], name))
        house.known.clear()
        house.take(tickets)
        return house.facts()

    @pytest.mark.parametrize("status", [401, 403])
    def test_credentials_that_do_not_suffice(self, desk: DeskStage, house: Pulled, status: int) -> None:
        """`AuthFailed`, and no secret in its text."""
        desk.open(900)
        desk.simulator.faults.status("", status, times=-1)
        for act in (house.desk.check, house.pull, house.sweep):
            with pytest.raises(AuthFailed) as failure:
                act()
            shown = [name for name, value in desk.secrets.items() if value in str(failure.value)]
            demand(shown, [], "an error must not show a secret")
        desk.simulator.faults.clear()
        house.pull()
        demand(house.facts(), desk.truth(), "afterwards a pull must be complete")

    @pytest.mark.parametrize("name", list(PASSING))
    def test_a_fault_that_passes(self, desk: DeskStage, house: Pulled, name: str) -> None:
        """Each request fails once and is tried again."""
        desk.open(900, 60)
        desk.open(1800)
        for skip in range(60):
            PASSING[name](desk.simulator.faults, "", 1, skip)
        house.desk.check()
        house.pull()
        demand(house.facts(), desk.truth(), f"a pull must survive '{name}' at each of its requests")
        if name == "429":
            demand(set(house.slept), {7}, "Retry-After must be honoured")

    @pytest.mark.parametrize("name", list(PASSING))
    def test_a_fault_that_stays(self, desk: DeskStage, house: Pulled, name: str) -> None:
        """`Transient`, after a few attempts; what came before is not lost."""
        desk.open(900)
        house.pull()
        desk.open(1800)
        PASSING[name](desk.simulator.faults, "", -1, 0)
        with pytest.raises(Transient):
            house.pull()
        desk.simulator.faults.clear()
        house.pull()
        demand(house.facts(), desk.truth(), "afterwards a pull must be complete")

    def test_parse_is_pure(self, desk: DeskStage, house: Pulled) -> None:
        """The same raw ticket, also through JSON, is the same snapshot, and stays as it is."""
        desk.open(900, 60)
        house.pull()
        for raw in house.known.values():
            before = json.dumps(raw.payload, sort_keys=True)
            again = Raw(ticket=raw.ticket, payload=json.loads(before))
            demand(house.desk.parse(again), house.desk.parse(raw), "parse must depend on the raw ticket only")
            demand(json.dumps(raw.payload, sort_keys=True), before, "parse must not change the raw ticket")
            shown = [name for name, value in desk.secrets.items() if value in before]
            demand(shown, [], "a raw ticket must not hold a secret")

    def test_instants_are_aware(self, desk: DeskStage, house: Pulled) -> None:
        """Every instant has its offset, and an interval has both ends."""
        desk.open(900, 60)
        house.pull()
        for one in house.snapshots():
            demand_true(one.changed_at.tzinfo is not None, "changed_at must be aware")
            for entry in one.work:
                ends = [at for at in (entry.started_at, entry.ended_at) if at is not None]
                demand_true(len(ends) in (0, 2), "an interval has two ends, or none")
                demand_true(all(at.tzinfo is not None for at in ends), "instants must be aware")
