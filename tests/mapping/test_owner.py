"""Whose work it is."""

from datetime import UTC, date, datetime
from typing import Any

from connector.config.validate import validate
from connector.mapping.owner import Moves, Owners
from connector.model.basis import Origin
from connector.model.contract import Customer
from connector.model.decision import Decision, Kind
from connector.model.work import WorkEntry


def _customer(name: str, match: dict[str, Any]) -> Customer:
    tree = {
        "customer": name,
        "name": name,
        "timezone": "Europe/Berlin",
        "billing_from": "2026-01-01",
        "invoice": {"tax": "DE-19"},
        "contracts": [],
        "match": match,
    }
    return validate(Customer, tree, Origin())


def test_work_belongs_to_the_one_customer_whose_words_all_fit() -> None:
    owners = Owners(
        [
            _customer("acme", {"desk": {"company": ["ACME", "Acme GmbH"], "site": "Passau"}}),
            _customer("bolt", {"desk": {"company": "Bolt"}}),
            _customer("bolt-too", {"desk": {"company": "Bolt"}}),
            _customer("nobody", {"desk": {}}),
        ]
    )
    assert owners.customer_of("desk", {"company": "Acme GmbH", "site": "Passau", "x": "y"}) == "acme"
    assert owners.customer_of("desk", {"company": "ACME"}) == ""
    assert owners.customer_of("desk", {"company": "Bolt"}) == ""  # two customers claim it
    assert owners.customer_of("other", {"company": "ACME", "site": "Passau"}) == ""
    assert owners.customer_of("desk", {}) == ""
    assert owners.customer_of("desk", {"company": "Bolt"}) == ""  # asked again, answered the same


def _entry(ticket: str, entry: str) -> WorkEntry:
    return WorkEntry(desk="desk", ticket=ticket, entry=entry, seconds=60, worked_on=date(2026, 1, 5))


def test_the_last_word_on_an_entry_or_its_ticket_holds() -> None:
    said = [
        Decision(
            id=f"D-{number}",
            kind=kind,
            by="Mara",
            at=datetime(2026, 1, 1, tzinfo=UTC),
            why="said",
            target=target,
            to_customer=to,
        )
        for number, (kind, target, to) in enumerate(
            [
                (Kind.REASSIGN, "desk/1", "acme"),
                (Kind.REASSIGN, "desk/2", "acme"),
                (Kind.WAIVE, "desk/3", ""),
                (Kind.KEEP, "desk/1", ""),
                (Kind.REASSIGN, "desk/2/7", "bolt"),
            ],
            1,
        )
    ]
    moves = Moves(said)
    assert moves.last_word(_entry("1", "1")) == ""
    assert moves.last_word(_entry("2", "1")) == "acme"
    assert moves.last_word(_entry("2", "7")) == "bolt"
    assert moves.last_word(_entry("3", "1")) is None
