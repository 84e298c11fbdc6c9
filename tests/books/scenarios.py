"""What was done with a real Tryton while its answers were recorded, and is done again with the recordings."""

from collections.abc import Callable
from datetime import date
from typing import Any

from adapters.books.tryton import Tryton
from connector.http import RemoteError
from tests.books.documents import S525, amount_line, document, time_line

HALF_CENT = (time_line("half an hour", 1800, "75.00"), amount_line("Ticket 123: corrected", "-25.00"))


def _invoice(books: Tryton) -> Any:
    empty = books.find("rec-0001")
    draft = books.create(books.render(document("rec-0001", S525)))
    posted = books.post(draft)
    return empty, draft, posted, books.post(posted), books.find("rec-0001")


def _mixed(books: Tryton) -> Any:
    return books.post(books.create(books.render(document("rec-0002", HALF_CENT))))


def _credit_note(books: Tryton) -> Any:
    lines = [amount_line("Ticket 123: 3 h corrected to 2.5 h", "-25.00")]
    return books.post(books.create(books.render(document("rec-0003", lines))))


def _future(books: Tryton) -> Any:
    future = document("rec-0004", S525, issued_on=date(2027, 3, 1), due_on=date(2027, 3, 15))
    return books.post(books.create(books.render(future)))


def _no_fiscal_year(books: Tryton) -> Any:
    early = document("rec-0005", S525, issued_on=date(2019, 5, 2), due_on=date(2019, 5, 16))
    draft = books.create(books.render(early))
    return _error(lambda: books.post(draft))


def _unknown_party(books: Tryton) -> Any:
    return _error(lambda: books.create(books.render(document("rec-0006", S525, party="Nobody Ltd"))))


def _wrong_password(books: Tryton) -> Any:
    return _error(books.check)


def _reconcile(books: Tryton) -> Any:
    for reference in ("rec-0007", "rec-0008", "rec-0007"):
        books.create(books.render(document(reference, [amount_line("fee", "10.00")])))
    return list(books.everything()), list(books.status(["rec-0007"]))


def _error(act: Callable[[], object]) -> RemoteError:
    try:
        act()
    except RemoteError as error:
        return error
    raise AssertionError("nothing was refused")


#: Name of the recording: options of the adapter, what is done.
SCENARIOS: dict[str, tuple[dict[str, Any], Callable[[Tryton], Any]]] = {
    "check": ({}, lambda books: books.check()),
    "invoice": ({}, _invoice),
    "charge-and-correction": ({}, _mixed),
    "credit-note": ({}, _credit_note),
    "future-date": ({"allow_future": "yes"}, _future),
    "no-fiscal-year": ({}, _no_fiscal_year),
    "unknown-party": ({}, _unknown_party),
    "wrong-password": ({"password": "not-this-one"}, _wrong_password),
    "reconcile": ({}, _reconcile),
}
