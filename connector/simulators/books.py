"""Simulated books: an accounting system that speaks Tryton 8's JSON-RPC, for faults and for people's edits.

Shapes: exchanges recorded from Tryton 8.2 (tests/recordings/tryton, cited by number). The real one is
`connector.demo.tryton_server`; what both do is compared in tests/books.
"""

import base64
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

from werkzeug.wrappers import Request, Response

from adapters.books.tryton.client import decoded, encoded
from connector.simulators.books_state import BooksState, Row
from connector.simulators.faults import FaultPlan
from connector.simulators.routes import answered

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

DATABASE = "tryton"
USER = "connector"
PASSWORD = "demo-password-1"  # noqa: S105 - opens nothing but this simulator

_OPERATORS: dict[str, Callable[[Any, Any], bool]] = {
    "=": lambda have, want: bool(have == want),
    "!=": lambda have, want: bool(have != want),
    "in": lambda have, want: have in want,
    ">": lambda have, want: bool(have > want),
}
#: Many2one fields that are read through a dot, and the model behind them.
_MODELS = {"currency": "currency.currency", "party": "party.party"}


class _RpcError(Exception):
    """An error as JSON-RPC answers it, with status 200."""

    def __init__(self, kind: str, detail: list[Any]) -> None:
        super().__init__(kind)
        self.error = [kind, detail]


class _Unauthorized(Exception):
    """Status 401: no session, or an old one (53, 54)."""


class SimulatedBooks(BooksState):
    """A WSGI application at ``/tryton/rpc/``. `faults` plans what goes wrong; a method stands in the body."""

    def __init__(self, *, parties: Iterable[str] = ("Customer A", "Customer B")) -> None:
        super().__init__(parties=parties)
        self.faults = FaultPlan(self._answer)
        self._sessions: set[str] = set()
        self._skipped: set[str] = set()
        self._methods: dict[str, Callable[..., Any]] = {
            "model.res.user.get_preferences": lambda _: {"company": 1, "companies": [1]},
            "model.res.user.warning.skip": lambda key, _: self._skipped.add(key),
            "model.account.invoice.create": lambda rows: [self.store(row) for row in rows],
            "model.account.invoice.post": self._post,
        }

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        """Answer a request, by the plan of `faults`."""
        return self.faults(environ, start_response)

    def end_sessions(self) -> None:
        """Forget every login, as after a restart: the next call answers 401."""
        self._sessions.clear()

    def _answer(self, request: Request) -> Response:
        if request.path not in ("/rpc/", f"/{DATABASE}/rpc/"):
            return Response("<h1>Not Found</h1>", 404, mimetype="text/html")  # 56
        call = decoded(request.get_json())
        try:
            result = self._called(call["method"], call["params"], request.headers.get("Authorization", ""))
        except _Unauthorized:
            return Response("", 401, mimetype="text/html")
        except _RpcError as error:
            return answered({"id": call["id"], "error": error.error})
        return answered({"id": call["id"], "result": encoded(result)})

    def _called(self, method: str, params: list[Any], authorization: str) -> Any:
        if method == "common.server.version":
            return "8.2"  # 01
        if method == "common.db.login":
            return self._log_in(*params)
        if authorization not in self._sessions:
            raise _Unauthorized
        *arguments, _context = params
        if method in self._methods:
            return self._methods[method](*arguments)
        model, _, verb = method.removeprefix("model.").rpartition(".")
        if model not in self.tables:
            raise _RpcError(f"'{model}'", [""])  # 52
        if verb == "read":
            return [self._read(model, identity, arguments[1]) for identity in arguments[0]]
        return self._search(model, *arguments)

    def _log_in(self, user: str, parameters: Row) -> list[Any]:
        if (user, parameters["password"]) != (USER, PASSWORD):
            raise _Unauthorized  # 02
        token = f"session-{len(self.faults.asked)}"
        self._sessions.add("Session " + base64.b64encode(f"{user}:2:{token}".encode()).decode())
        return [2, token, None]  # 03

    def _search(
        self, model: str, domain: list[Any], offset: int, limit: int | None, _order: Any, fields: list[str]
    ) -> list[Row]:
        found = [
            identity for identity, row in sorted(self.tables[model].items()) if _fits(domain, identity, row)
        ]
        end = None if limit is None else offset + limit
        return [self._read(model, identity, fields) for identity in found[offset:end]]

    def _read(self, model: str, identity: int, fields: list[str]) -> Row:
        """Read ``lines.amount`` as ``{"lines.": [{"id", "amount"}]}`` and ``currency.code`` likewise (09)."""
        row = self.tables[model][identity]
        result: Row = {"id": identity}
        for field in fields:
            head, dot, tail = field.partition(".")
            if not dot:
                result[head] = row.get(head)
            elif head in _MODELS:
                other = self.tables[_MODELS[head]][row[head]]
                result.setdefault(f"{head}.", {"id": row[head]})[tail] = other[tail]
            else:
                parts = result.setdefault(f"{head}.", [{"id": part.get("id", 0)} for part in row[head]])
                for part, source in zip(parts, row[head], strict=True):
                    part[tail] = source[tail]
        return result

    def _post(self, identities: list[int]) -> None:
        for identity in identities:
            self._post_one(identity)

    def _post_one(self, identity: int) -> None:
        row = self.invoices[identity]
        if row["state"] != "draft":
            name = f"{row['number']} [{row['reference']}]"
            raise _RpcError(  # 12
                "UserError", [f'You can not call "post" on "{name}" of "Account Invoice".', "", None]
            )
        if self.today:
            self._warn(identity, "invoice_date_future", row["invoice_date"] > self.today)  # 43
            self._warn(identity, "invoice_payment_term", row["payment_term_date"] < self.today)
        self.number(identity)

    def _warn(self, identity: int, name: str, applies: bool) -> None:
        key = f"{identity:032x}.{name}"
        if applies and key not in self._skipped:
            raise _RpcError("UserWarning", [key, f"The invoice {identity} raises {name}.", ""])


def _fits(domain: list[Any], identity: int, row: Row) -> bool:
    if domain and domain[0] == "OR":
        return any(_fits([clause], identity, row) for clause in domain[1:])
    return all(
        _OPERATORS[operator](identity if field == "id" else row.get(field), want)
        for field, operator, want in domain
    )
