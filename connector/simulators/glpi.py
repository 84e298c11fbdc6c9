"""A simulated GLPI: its REST API (apirest.php) over `GlpiState`, in the shapes of recorded exchanges.

What it stands for: GLPI 10.0.19, for a user who sees all entities; recordings are cited by number.
"""

from collections.abc import Iterable
from datetime import datetime
from itertools import count
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from werkzeug.http import http_date
from werkzeug.wrappers import Request, Response

from connector.simulators.clock import Clock
from connector.simulators.faults import FaultPlan
from connector.simulators.glpi_lists import listed, ranged, refusal, searched, shown
from connector.simulators.glpi_state import GlpiState, Row
from connector.simulators.routes import Refusal, Routes, answered

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

_API = "/apirest.php"
_ESCAPES = {"&": "&#38;", "<": "&#60;", ">": "&#62;"}
# Lists that are cut to the session's entities; TicketTask and TicketSatisfaction are not (172, 189).
_BY_ENTITY = {"Ticket": "entities_id", "Entity": "id"}


class SimulatedGlpi(GlpiState):
    """A WSGI application with the routes that a connector reads. `faults` plans what goes wrong."""

    def __init__(
        self,
        *,
        clock: Clock | None = None,
        user_token: str = "glpi-user-token",  # noqa: S107 - opens nothing but this simulator
        app_token: str = "glpi-app-token",  # noqa: S107 - as above
        timezone: str = "UTC",
        tickets: Iterable[int] = (),
    ) -> None:
        """Install a desk. ``timezone``: of the user whose token it is; all wall times are in it."""
        super().__init__(clock=clock, tickets=tickets)
        self.faults = FaultPlan(self._answer, lambda code: [f"ERROR_{code}", f"planned status {code}"])
        self.zone = ZoneInfo(timezone)
        self._user_token, self._app_token = user_token, app_token
        self._sessions: dict[str, set[int]] = {}  # the entities that each looks at
        self._numbers = count(1)
        self._routes = Routes(
            {
                f"GET {_API}/initSession": self._login,
                f"POST {_API}/initSession": self._login,
                f"GET {_API}/killSession": self._logout,
                f"GET {_API}/getFullSession": lambda _: answered({"session": self._session()}),
                f"GET {_API}/getActiveProfile": lambda _: answered({"active_profile": _PROFILE}),
                f"GET {_API}/getGlpiConfig": lambda _: answered({"cfg_glpi": {"version": "10.0.19"}}),
                f"GET {_API}/getMyEntities": self._my_entities,
                f"POST {_API}/changeActiveEntities": self._change_entities,
                f"GET {_API}/search/Ticket": self._search,
                f"GET {_API}/<kind>": self._list,
                f"GET {_API}/<kind>/<int:number>": self._one,
                f"GET {_API}/Ticket/<int:number>/<kind>": self._parts,
            }
        )

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        """Answer a request, by the plan of faults."""
        return self.faults(environ, start_response)

    def expire_sessions(self) -> None:
        """End all sessions, as the server does after some time without use (212)."""
        self._sessions.clear()

    def _answer(self, request: Request) -> Response:
        try:
            self._admit(request)
            response = self._routes.answer(request, _unknown)
        except Refusal as refused:
            response = refused.response
        response.headers["Date"] = http_date(self.clock.now)  # of the same clock as glpi_currenttime
        return response

    def _admit(self, request: Request) -> None:
        if request.method == "GET" and request.get_data():
            text = "GET Request should not have json payload (http body)"
            raise refusal(400, "ERROR_JSON_PAYLOAD_FORBIDDEN", text)  # 54
        app = request.headers.get("App-Token")
        if app is None:
            raise refusal(400, "ERROR_APP_TOKEN_PARAMETERS_MISSING", "missing parameter app_token")  # 07, 20
        if app != self._app_token:
            raise refusal(400, "ERROR_WRONG_APP_TOKEN_PARAMETER", "parameter app_token seems wrong")  # 08
        if request.path == f"{_API}/initSession":
            return
        session = request.headers.get("Session-Token")
        if not session:
            text = "parameter session_token is missing or empty"
            raise refusal(400, "ERROR_SESSION_TOKEN_MISSING", text)  # 18
        if session not in self._sessions:
            raise Refusal(401, ["ERROR_SESSION_TOKEN_INVALID", "session_token seems invalid"])  # 19, 211

    def _login(self, request: Request) -> Response:
        scheme, _, token = request.headers.get("Authorization", "").partition(" ")
        if scheme != "user_token":
            text = "parameter(s) login, password or user_token are missing"
            raise refusal(400, "ERROR_LOGIN_PARAMETERS_MISSING", text)  # 06, 09
        if token != self._user_token:
            raise Refusal(401, ["ERROR_GLPI_LOGIN_USER_TOKEN", "parameter user_token seems invalid"])  # 04
        session = f"session-{next(self._numbers)}"
        self._sessions[session] = set(self.rows["Entity"])  # root, and all below (14)
        whole = request.args.get("get_full_session") == "true"
        return answered(
            {"session_token": session} | ({"session": self._session()} if whole else {})
        )  # 01, 03

    def _logout(self, request: Request) -> Response:
        del self._sessions[request.headers["Session-Token"]]
        return answered(True)  # 210

    def _session(self) -> Row:
        name = {"glpiID": 2, "glpiname": "glpi", "glpilist_limit": 20}
        return {"glpi_currenttime": self._wall(self.clock.now), "glpiactiveprofile": _PROFILE, **name}  # 11

    def _my_entities(self, request: Request) -> Response:
        whole = request.args.get("is_recursive") == "true"
        rows = [row for row in self.rows["Entity"].values() if whole or row["id"] == 0]
        names = [{"id": row["id"], "name": _escaped(row["completename"])} for row in rows]
        return answered({"myentities": names})  # 12, 13

    def _change_entities(self, request: Request) -> Response:
        body = request.get_json()
        root = 0 if body.get("entities_id") == "all" else body.get("entities_id")
        if root not in self.rows["Entity"]:
            return answered(False)  # 178
        # "all" without is_recursive looks at the root only (177).
        below = self._below(root) if body.get("is_recursive") else {root}
        self._sessions[request.headers["Session-Token"]] = below
        return answered(True)

    def _below(self, root: int) -> set[int]:
        found = {root}
        for row in self.rows["Entity"].values():  # a parent comes before its children
            if row["entities_id"] in found:
                found.add(row["id"])
        return found

    def _list(self, request: Request, kind: str) -> Response:
        if kind not in self.rows:
            return _unknown(request)
        rows = self._visible(request, kind, [*self.rows[kind].values()])
        return self._part(request, kind, listed(rows, request.args, f"glpi_{kind.lower()}s"))

    def _parts(self, request: Request, number: int, kind: str) -> Response:
        self._find("Ticket", number, "id")
        rows = [row for row in self.rows.get(kind, {}).values() if row.get("tickets_id") == number]
        return self._part(request, kind, listed(rows, request.args, f"glpi_{kind.lower()}s"))

    def _part(self, request: Request, kind: str, rows: list[Row]) -> Response:
        only = request.args.get("only_id") == "true"  # 45
        return ranged(
            kind,
            rows,
            request.args.get("range"),
            lambda part, _: [{"id": row["id"]} if only else self._sent(request, kind, row) for row in part],
        )

    def _visible(self, request: Request, kind: str, rows: list[Row]) -> list[Row]:
        active = self._sessions[request.headers["Session-Token"]]
        if kind in _BY_ENTITY:
            rows = [row for row in rows if row[_BY_ENTITY[kind]] in active]
        # The trash is listed by itself (52); tasks have none, the parameter is ignored (117).
        trash = request.args.get("is_deleted", "0") in ("1", "true")
        return [row for row in rows if row.get("is_deleted", trash) == trash]

    def _one(self, request: Request, kind: str, number: int) -> Response:
        if kind not in self.rows:
            return _unknown(request)
        key = "tickets_id" if kind == "TicketSatisfaction" else "id"  # 159, 160: the ticket's id
        row = self._find(kind, number, key)
        active = self._sessions[request.headers["Session-Token"]]
        if kind in _BY_ENTITY and row[_BY_ENTITY[kind]] not in active:
            text = "You don't have permission to perform this action."
            raise Refusal(403, ["ERROR_RIGHT_MISSING", text])  # 174
        changed = {"Last-Modified": http_date(row["date_mod"])} if "date_mod" in row else {}
        return answered(self._sent(request, kind, row), headers=changed)

    def _find(self, kind: str, number: int, key: str) -> Row:
        row = next((row for row in self.rows[kind].values() if row[key] == number), None)
        if row is None:
            raise Refusal(404, ["ERROR_ITEM_NOT_FOUND", "Item not found"])  # 82
        return row

    def _search(self, request: Request) -> Response:
        tickets = self._visible(request, "Ticket", [*self.rows["Ticket"].values()])
        rows, order = searched([self._joined(row) for row in tickets], request.args, self.zone)

        def body(part: list[Row], said: str) -> Row:
            counts = {"totalcount": len(rows), "count": len(part), **order}
            data = [self._sanitized(shown(row, request.args)) for row in part]
            return counts | ({"data": data} if data else {}) | {"content-range": said}  # 62, 65

        return ranged("Ticket", rows, request.args.get("range"), body)

    def _joined(self, row: Row) -> Row:
        places = {"entity": ("Entity", "entities_id"), "location": ("Location", "locations_id")}
        places["category"] = ("ITILCategory", "itilcategories_id")
        names = {name: self._path(kind, row[key]) for name, (kind, key) in places.items()}
        return row | names

    def _path(self, kind: str, number: int) -> str | None:
        return self.rows[kind][number]["completename"] if number in self.rows[kind] else None

    def _sent(self, request: Request, kind: str, row: Row) -> Row:
        plain = request.headers.get("X-GLPI-Sanitized-Content") == "false"  # 220, 221
        sent = self._wall_times(row) if plain else self._sanitized(row)
        if "completename" in row:
            sent["completename"] = _half_escaped(row["completename"])  # with or without the header (155, 223)
        if request.args.get("get_hateoas") == "false":
            return sent
        href = f"{request.host_url.rstrip('/')}{_API}/{kind}/{row['id']}"
        return sent | {"links": [{"rel": kind, "href": href}]}

    def _sanitized(self, row: Row) -> Row:
        """Encode the strings; paths of entities, places and categories keep their own ``>`` (62)."""
        encoded = {
            key: _half_escaped(value) if key in ("80", "83", "7") else _escaped(value)
            for key, value in row.items()
            if isinstance(value, str)
        }
        return self._wall_times(row | encoded)

    def _wall_times(self, row: Row) -> Row:
        return {
            key: self._wall(value) if isinstance(value, datetime) else value for key, value in row.items()
        }

    def _wall(self, at: datetime) -> str:
        return f"{at.astimezone(self.zone):%Y-%m-%d %H:%M:%S}"  # without offset (200-202)


_PROFILE: dict[str, Any] = {"id": 4, "name": "Super-Admin", "interface": "central", "is_default": 0}  # 16
_PROFILE |= {"ticket": 261151, "task": 13329}  # bits, among them to see all tickets and the private tasks: 11


def _escaped(text: str) -> str:
    return "".join(_ESCAPES.get(sign, sign) for sign in text)


def _half_escaped(path: str) -> str:
    return " > ".join(_escaped(part) for part in path.split(" > "))


def _unknown(_: Request) -> Response:
    text = "resource not found or not an instance of CommonDBTM"
    return refusal(400, "ERROR_RESOURCE_NOT_FOUND_NOR_COMMONDBTM", text).response  # 83, 84
