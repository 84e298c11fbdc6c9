"""Finds Tryton's own ids for the words of a document: party, taxes, accounts, journal, currency, unit."""

from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from typing import Any

from adapters.books.tryton.client import Client
from adapters.books.tryton.settings import Settings
from connector.http import ConfigError, Refused


@dataclass(frozen=True, slots=True, kw_only=True)
class Company:
    """Whose books they are."""

    id: int
    currency: str  #: ISO 4217


@dataclass(frozen=True, slots=True, kw_only=True)
class Party:
    """Who is billed."""

    id: int
    address: int
    receivable: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Tax:
    """A tax of the books."""

    id: int
    description: str
    percent: Decimal | None  #: None: it is no plain percentage, and only Tryton can compute it
    charge_account: int
    refund_account: int


class Words:
    """The lookups. The chart of accounts is asked once; a party each time, for people mend parties."""

    def __init__(self, client: Client, settings: Settings) -> None:
        self._client = client
        self._settings = settings
        self._taxes: dict[str, Tax] = {}
        self._accounts: dict[tuple[str, str], int] = {}
        self._currencies: dict[str, int] = {}

    @cached_property
    def company(self) -> Company:
        """Find the company and let every call work in it.

        Raises:
            ConfigError: the login may use several and the settings name none of them.
        """
        allowed = self._client.ask("model.res.user.get_preferences", True)["companies"]
        fields = ["party.name", "currency.code"]
        rows = self._client.rows("company.company", [["id", "in", allowed]], fields)
        wanted = [row for row in rows if self._settings.company in (None, row["party."]["name"])]
        if len(wanted) != 1:
            raise self._choose("company", "company", [row["party."]["name"] for row in rows])
        self._client.context["company"] = wanted[0]["id"]
        return Company(id=wanted[0]["id"], currency=wanted[0]["currency."]["code"])

    @cached_property
    def defaults(self) -> dict[str, Any]:
        """Tryton's own choice of accounts, and how it rounds taxes: ``document`` or ``line``."""
        fields = ["tax_rounding", "default_account_receivable", "default_category_account_revenue"]
        row: dict[str, Any] = self._client.ask("model.account.configuration.read", [1], fields)[0]
        return row

    @cached_property
    def journal(self) -> int:
        """The journal that posting needs; a draft without it cannot be posted."""
        rows = self._client.rows("account.journal", [["type", "=", "revenue"]], ["code", "name"])
        wanted = [row for row in rows if self._settings.journal in (None, row["code"], row["name"])]
        if len(wanted) != 1:
            raise self._choose("journal", "journal of type revenue", [str(row["name"]) for row in rows])
        return int(wanted[0]["id"])

    @cached_property
    def hour(self) -> int | None:
        """The unit of time on a line, if the books have one with the 2 digits we send."""
        rows = self._client.rows("product.uom", [["symbol", "=", "h"], ["digits", "=", 2]], ["symbol"])
        return rows[0]["id"] if rows else None

    def currency(self, code: str) -> int:
        """Find a currency by its ISO code."""
        if code not in self._currencies:
            rows = self._client.rows("currency.currency", [["code", "=", code]], ["code"])
            if not rows:
                raise Refused(f"the books know no currency {code}; add it in Tryton")
            self._currencies[code] = rows[0]["id"]
        return self._currencies[code]

    def revenue(self, code: str) -> int:
        """Find the revenue account for a tax code of ours."""
        wanted = self._settings.revenue.get(code, self._settings.revenue.get("*", ""))
        return self._account("revenue", wanted, self.defaults["default_category_account_revenue"])

    def tax(self, name: str) -> Tax:
        """Find a tax by its name in Tryton."""
        if name not in self._taxes:
            self._taxes[name] = self._find_tax(name)
        return self._taxes[name]

    def party(self, word: str, customer: str) -> Party:
        """Find who is billed, by name or code.

        Raises:
            Refused: nobody or several are called so, or they have no address.
        """
        key = f"books: {{{self._settings.name}: {{party: <name or code>}}}}"
        line = f"'{key}' in the file of customer {customer}"
        if not word:
            raise Refused(f"the customer's party in Tryton is not named; add the line {line}")
        domain = ["OR", ["code", "=", word], ["name", "=", word]]
        rows = self._client.rows("party.party", domain, ["account_receivable"])
        if len(rows) != 1:
            found = "no party" if not rows else f"{len(rows)} parties"
            raise Refused(f"Tryton has {found} '{word}'; mend it there, or {line} (a code is never shared)")
        return Party(
            id=rows[0]["id"],
            address=self._address(rows[0]["id"], word),
            receivable=rows[0]["account_receivable"] or self.receivable,
        )

    @property
    def receivable(self) -> int:
        """The account of what customers owe us, for parties without one of their own."""
        return self._account(
            "receivable", self._settings.receivable or "", self.defaults["default_account_receivable"]
        )

    def _address(self, party: int, word: str) -> int:
        rows = self._client.rows("party.address", [["party", "=", party]], ["invoice"])
        if not rows:
            raise Refused(f"Tryton's party '{word}' has no address; add one there")
        return int(max(rows, key=lambda row: bool(row["invoice"]))["id"])

    def _account(self, kind: str, wanted: str, default: int | None) -> int:
        """Find an account by its type: names mislead ("Deferred Income" is no revenue)."""
        if not wanted and default:
            return default
        if (kind, wanted) not in self._accounts:
            domain = [[f"type.{kind}", "=", True], ["closed", "!=", True], ["company", "=", self.company.id]]
            rows = self._client.rows("account.account", domain, ["code", "name"])
            named = [row for row in rows if wanted in ("", row["code"], row["name"])]
            if len(named) != 1:
                raise self._choose(
                    kind, f"account of type {kind}", [f"{row['code']} {row['name']}" for row in rows]
                )
            self._accounts[kind, wanted] = named[0]["id"]
        return self._accounts[kind, wanted]

    def _find_tax(self, name: str) -> Tax:
        fields = ["description", "type", "rate", "childs", "invoice_account", "credit_note_account"]
        rows = self._client.rows(
            "account.tax", [["name", "=", name], ["company", "=", self.company.id]], fields
        )
        if len(rows) != 1:
            found = "no tax" if not rows else f"{len(rows)} taxes"
            place = f"'taxes' in the mapping of books.{self._settings.name}"
            raise Refused(f"Tryton has {found} '{name}'; mend it there, or name another under {place}")
        row = rows[0]
        plain = row["type"] == "percentage" and not row["childs"]
        return Tax(
            id=row["id"],
            description=row["description"],
            percent=row["rate"] * 100 if plain else None,
            charge_account=row["invoice_account"],
            refund_account=row["credit_note_account"],
        )

    def _choose(self, option: str, what: str, found: list[str]) -> ConfigError:
        place = f"books.{self._settings.name}.options.{option}"
        return ConfigError(
            f"{place}: name the {what} by code or name; Tryton has: {', '.join(found) or 'none'}"
        )
