"""The Tryton adapter on the simulated books."""

from decimal import Decimal
from typing import ClassVar

from adapters.books.tryton import Settings, connect
from connector.books import Books
from connector.http import Session
from connector.simulators.books import DATABASE, PASSWORD, USER, SimulatedBooks
from connector.testing.kit import BooksKit, BooksStage


class TrytonStage(BooksStage):
    creating = r"account\.invoice\.create"
    secrets: ClassVar = {"tryton": PASSWORD}
    buyer_key: ClassVar = {"party": "Customer A"}
    tax = "DE-19"

    def __init__(self) -> None:
        self.simulator: SimulatedBooks = SimulatedBooks()

    def connect(self, url: str, session: Session) -> Books:
        options = {"database": DATABASE, "user": USER, "secret": "tryton", "taxes": {"DE-19": "VAT 19%"}}
        return connect(Settings.model_validate({"name": "erp", "url": url, **options}), session)

    def duplicate(self, remote_id: str) -> None:
        self.simulator.duplicate(int(remote_id))

    def change(self, remote_id: str) -> None:
        self.simulator.change_price(int(remote_id), 1, Decimal("7.77"))

    def cancel(self, remote_id: str) -> None:
        self.simulator.cancel(int(remote_id))

    def delete(self, remote_id: str) -> None:
        self.simulator.delete(int(remote_id))


class TestTryton(BooksKit):
    def stage(self) -> BooksStage:
        return TrytonStage()
