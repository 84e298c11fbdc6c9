"""Carries documents into Tryton: finds them by our reference, creates drafts, posts them, reads them back."""

from collections.abc import Callable, Iterator, Sequence
from typing import Any

from adapters.books.tryton.client import Client, Warned
from adapters.books.tryton.document import values_of
from adapters.books.tryton.parse import FIELDS, receipt_of
from adapters.books.tryton.render import body_of
from adapters.books.tryton.settings import Settings
from adapters.books.tryton.words import Words
from connector.books import BooksInfo, Payload
from connector.http import ConfigError, Refused, Session, Transient
from connector.model.invoice import DocumentState, Invoice, Receipt
from connector.model.problem import Problem

_MODEL = "account.invoice"
#: References in one question, documents in one page.
_PAGE = 200
#: What Tryton asks a person to confirm and the document says on purpose: a due date that a late push finds
#: passed, and a tax other than the account's default.
_ON_PURPOSE = ("invoice_payment_term", "invoice_taxes")
_BUSY = 503


class Tryton:
    """Books in Tryton 8 (`connector.books.Books`)."""

    def __init__(self, settings: Settings, session: Session) -> None:
        self._settings = settings
        self._client = Client(session, database=settings.database, user=settings.user, secret=settings.secret)
        self._words = Words(self._client, settings)

    def check(self) -> BooksInfo:
        """Log in and probe version, currency, tax codes, accounts and rounding."""
        version = self._client.version()
        return BooksInfo(
            product="Tryton",
            version=version,
            currency=self._words.company.currency,
            find="exact",
            tax_rounding=self._words.defaults["tax_rounding"],
            problems=tuple(self._problems()),
        )

    def render(self, invoice: Invoice) -> Payload:
        """Put a document into words; `create` finds the ids.

        Raises:
            ConfigError: the settings name no tax of Tryton for a tax code.
        """
        body = body_of(invoice, self._settings.name, self._settings.taxes)
        return Payload(reference=invoice.reference, body=body)

    def find(self, reference: str) -> list[Receipt]:
        """Return every document under our reference: drafts, posted and cancelled ones."""
        return list(self.status([reference]))

    def create(self, payload: Payload) -> Receipt:
        """Create one draft and read back what Tryton made of it.

        Raises:
            Refused: the party or a tax is unknown, or Tryton refuses the draft.
        """
        values = values_of(payload, self._words)
        (created,) = self._client.tell(f"model.{_MODEL}.create", [values])
        return self._read(created)

    def post(self, receipt: Receipt) -> Receipt:
        """Post a draft and read it back with its number. What is no draft any more comes back as it is.

        Raises:
            Refused: Tryton refuses (a closed period, a later number), or it asks what a person must confirm.
        """
        now = self._read(int(receipt.remote_id))
        if now.state is not DocumentState.DRAFT:
            return now
        try:
            self._post(int(receipt.remote_id))
        except (Transient, Refused) as error:
            now = self._read(int(receipt.remote_id))
            if now.state is not DocumentState.DRAFT:
                return now  # it arrived, or somebody else was quicker
            if error.status != _BUSY:
                raise
            self._post(int(receipt.remote_id))  # 503: another posting held the number; nothing was done
        return self._read(int(receipt.remote_id))

    def status(self, references: Sequence[str]) -> Iterator[Receipt]:
        """Yield what Tryton holds under these references."""
        for start in range(0, len(references), _PAGE):
            yield from self._documents([["reference", "in", list(references[start : start + _PAGE])]])

    def everything(self) -> Iterator[Receipt]:
        """Yield every customer invoice that bears a reference, by pages of rising id."""
        last = 0
        while page := self._documents([["reference", "!=", None], ["id", ">", last]], limit=_PAGE):
            last = int(page[-1].remote_id)
            yield from (receipt for receipt in page if receipt.reference)

    def _documents(self, domain: list[Any], *, limit: int | None = None) -> list[Receipt]:
        company = self._words.company.id
        domain = [*domain, ["type", "=", "out"], ["company", "=", company]]
        return [receipt_of(row) for row in self._client.rows(_MODEL, domain, FIELDS, limit=limit)]

    def _read(self, remote_id: int) -> Receipt:
        found = self._documents([["id", "=", remote_id]])
        if not found:
            raise Refused(f"Tryton's invoice {remote_id} is gone; somebody deleted it")
        return found[0]

    def _post(self, remote_id: int) -> None:
        """Post, confirming what is ours to confirm: each warning once."""
        confirmed: set[str] = set()
        while True:
            try:
                self._client.tell(f"model.{_MODEL}.post", [remote_id])
            except Warned as warning:
                if warning.key in confirmed:
                    raise
                self._confirm(warning)
                confirmed.add(warning.key)
            else:
                return

    def _confirm(self, warning: Warned) -> None:
        name = warning.key.rpartition(".")[2]
        if name == "invoice_date_future" and not self._settings.allow_future:
            raise Refused(
                f"{warning.message}; post it on its day, or set 'allow_future: yes' in the options of "
                f"books.{self._settings.name}"
            ) from None
        if name != "invoice_date_future" and name not in _ON_PURPOSE:
            raise Refused(f"{warning.message}; a person must post it in Tryton") from None
        self._client.tell("model.res.user.warning.skip", warning.key, False)

    def _problems(self) -> Iterator[Problem]:
        codes = [code.partition(" ")[0] for code in self._settings.taxes]
        probes: list[Callable[[], object]] = [
            lambda: self._words.journal,
            lambda: self._words.receivable,
            *(lambda code=code: self._words.revenue(code) for code in codes),
            *(lambda word=word: self._words.tax(word) for word in self._settings.taxes.values()),
        ]
        for probe in probes:
            try:
                probe()
            except (ConfigError, Refused) as error:
                yield Problem(code="books_settings", message=str(error), about=self._settings.name)


def connect(settings: Settings, session: Session) -> Tryton:
    """Make the books from their options and a session at ``settings.url``. Nothing is sent yet."""
    return Tryton(settings, session)
