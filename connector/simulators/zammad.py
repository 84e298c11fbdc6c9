"""A simulated Zammad: its REST API over `ZammadState`, in the shapes of recorded exchanges (cited by number).

What it stands for: a server of the 5.5 line with the time accounting of 6.5, without Elasticsearch.
"""

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from werkzeug.wrappers import Request, Response

from connector.simulators.clock import Clock
from connector.simulators.faults import FaultPlan
from connector.simulators.routes import Refusal, Routes, answered
from connector.simulators.zammad_search import ordered, page, wanted
from connector.simulators.zammad_state import PRIORITIES, STATES, Row, ZammadState

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

_STAMPS = {
    **dict.fromkeys(("created_at", "updated_at"), "2026-01-01T00:00:00.000Z"),
    **dict.fromkeys(("created_by_id", "updated_by_id"), 1),
}


def _error(status: int, text: str) -> Refusal:
    return Refusal(status, {"error": text, "error_human": text})


class SimulatedZammad(ZammadState):
    """A WSGI application with the routes that a connector reads. `faults` plans what goes wrong."""

    def __init__(
        self,
        *,
        clock: Clock | None = None,
        token: str = "zammad-token",  # noqa: S107 - opens nothing but this simulator
        agent_token: str = "",
        time_accounting_unit: str = "minute",
    ) -> None:
        """Install a desk. ``token`` is an administrator's; ``agent_token`` may not read all time."""
        super().__init__(clock=clock, time_accounting_unit=time_accounting_unit)
        self.faults = FaultPlan(self._answer, lambda code: {"error": f"{code}", "error_human": f"{code}"})
        self._tokens = {f"Token token={token}": True, f"Token token={agent_token}": False}
        self._routes = Routes(
            {
                "GET /api/v1/version": lambda _: answered({"version": "5.5.x"}),  # 175
                "GET /api/v1/users/me": lambda _: answered(self.users[self.admin]),
                "GET /api/v1/users/<number>": self._user,
                "GET /api/v1/users": lambda request: _index(request, self.users.values()),
                "GET /api/v1/organizations": lambda request: _index(request, self.organizations.values()),
                "GET /api/v1/groups": lambda request: _index(request, self.groups.values()),
                "GET /api/v1/ticket_states": lambda request: _index(request, _states()),
                "GET /api/v1/ticket_priorities": lambda request: _index(request, _priorities()),
                "GET /api/v1/time_accounting/types": self._types,
                "GET /api/v1/time_accountings": self._all_time,
                "GET /api/v1/tickets": self._tickets,
                "GET /api/v1/tickets/search": lambda request: self._found(request.args),
                "POST /api/v1/tickets/search": lambda request: self._found(request.get_json()),
                "GET /api/v1/tickets/<number>": self._ticket,
                "GET /api/v1/tickets/<int:number>/time_accountings": self._time_of,
                "GET /api/v1/signshow": lambda _: answered({"config": self._settings()}),
                "GET /api/v1/settings": self._setting_rows,
            }
        )

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        """Answer a request, by the plan of faults."""
        return self.faults(environ, start_response)

    def _answer(self, request: Request) -> Response:
        given = request.headers.get("Authorization", "")
        if not given:
            return _error(403, "Authentication required").response  # 197
        if given not in self._tokens:
            return _error(401, "Can't find User for Token").response  # 198
        return self._routes.answer(request, _no_route)

    def _admins_only(self, request: Request) -> None:
        if not self._tokens[request.headers["Authorization"]]:
            raise _error(403, "Not authorized")  # 060

    def _user(self, _: Request, number: str) -> Response:
        return answered(_one(self.users, "User", number))

    def _types(self, request: Request) -> Response:
        self._admins_only(request)
        return _index(request, self.types.values())

    def _all_time(self, request: Request) -> Response:
        self._admins_only(request)
        ticket = request.args.get("ticket_id")
        rows = [row for row in self.entries.values() if ticket in (None, str(row["ticket_id"]))]  # 344
        shown = page(ordered(rows, request.args, ("id", "asc")), request.args, usual=500, most=1000)
        if request.args.get("full") != "true":
            return answered(shown)
        assets = {"TicketTimeAccounting": {str(row["id"]): row for row in shown}}
        ids = [row["id"] for row in shown]
        return answered({"record_ids": ids, "assets": assets, "total_count": len(rows)})  # 265

    def _time_of(self, request: Request, number: int) -> Response:
        # Of a ticket that is missing an administrator gets [] (204), an agent an error (205).
        if not self._tokens[request.headers["Authorization"]]:
            _one(self.tickets, "Ticket", str(number))
        return answered(self.entries_of(number))  # 046

    def _tickets(self, request: Request) -> Response:
        # In the order of ids, whatever is asked (137); 100 at most (133).
        rows = page([*self.tickets.values()], request.args, usual=100, most=100)
        return answered([self._shown(row, request.args) for row in rows])

    def _ticket(self, request: Request, number: str) -> Response:
        return answered(self._shown(_one(self.tickets, "Ticket", number), request.args))

    def _found(self, parameters: Mapping[str, Any]) -> Response:
        found = filter(wanted(parameters), self.tickets.values())
        rows = page(ordered(found, parameters, ("updated_at", "desc")), parameters, usual=50, most=200)
        if _flag(parameters, "expand"):
            return answered([self._shown(row, parameters) for row in rows])  # 158
        ids = [row["id"] for row in rows]
        return answered(
            {"tickets": ids, "tickets_count": len(ids), "assets": {}}
        )  # 160: assets left out here

    def _shown(self, row: Row, parameters: Mapping[str, Any]) -> Row:
        return row | self._names(row) if _flag(parameters, "expand") else row

    def _names(self, row: Row) -> Row:
        """Give what ``expand`` adds to a ticket (139). Without an organization the key is missing (262)."""
        entries = [entry["id"] for entry in self.entries_of(row["id"])]
        organization = row["organization_id"]
        names = {"organization": self.organizations[organization]["name"]} if organization else {}
        logins = {name: self.users[row[f"{name}_id"]]["login"] for name in ("owner", "customer")}
        authors = {name: self.users[row[f"{name}_id"]]["login"] for name in ("created_by", "updated_by")}
        return {
            "article_ids": [row["id"]],
            "ticket_time_accounting_ids": entries,
            **({} if entries else {"ticket_time_accounting": []}),
            "group": self.groups[row["group_id"]]["name"],
            "state": next(name for number, name, _ in STATES if number == row["state_id"]),
            "priority": dict(PRIORITIES)[row["priority_id"]],
            "create_article_type": "note",
            "create_article_sender": "Agent",
            **(names | logins | authors),
        }

    def _settings(self) -> Row:
        # From the source of 6.5, not recorded: what every user's browser is told of the settings.
        return {"time_accounting": True, "time_accounting_unit": self.time_accounting_unit}

    def _setting_rows(self, request: Request) -> Response:
        # From the source of 6.5, not recorded.
        self._admins_only(request)
        settings = enumerate(self._settings().items(), 1)
        rows = [
            {"id": number, "name": name, "state_current": {"value": value}}
            for number, (name, value) in settings
        ]
        return _index(request, rows)


def _index(request: Request, rows: Iterable[Row]) -> Response:
    return answered(page(ordered(rows, request.args, ("id", "asc")), request.args, usual=500, most=1000))


def _one(rows: Mapping[int, Row], kind: str, number: str) -> Row:
    if not number.isdigit() or int(number) not in rows:
        raise _error(404, f"Couldn't find {kind} with 'id'={number}")  # 201, 202
    return rows[int(number)]


def _flag(parameters: Mapping[str, Any], name: str) -> bool:
    return parameters.get(name) in (True, "true")


def _states() -> list[Row]:
    flags = {"next_state_id": None, "note": None, "active": True}
    return [
        {
            "id": number,
            "name": name,
            "state_type_id": kind,
            "ignore_escalation": name not in ("new", "open"),
            "default_create": name == "new",
            "default_follow_up": name == "open",
            **flags,
            **_STAMPS,
        }
        for number, name, kind in STATES
    ]  # 169


def _priorities() -> list[Row]:
    looks = {"ui_icon": None, "ui_color": None, "note": None, "active": True}
    return [
        {"id": number, "name": name, "default_create": name == "2 normal", **looks, **_STAMPS}
        for number, name in PRIORITIES
    ]  # 170


def _no_route(request: Request) -> Response:
    return _error(404, f"No route matches [{request.method}] {request.path}").response  # 203
