"""Zammad's REST API: what is asked page by page, and what its answers mean (measured on a 5.5-6.5 server)."""

from collections.abc import Iterator, Mapping
from typing import Any

from connector.http import AuthFailed, Headers, Params, Refused, Session, Transient

Row = dict[str, Any]

#: Before any ticket.
BEGINNING = "1970-01-01T00:00:00.000Z"
#: What the search, the list of tickets and the other lists hand out at most, in every version read.
FOUND_A_PAGE, TICKETS_A_PAGE, ROWS_A_PAGE = 200, 100, 500
#: Without the right; without the route.
_ABSENT = (403, 404)
#: Kinds of states by their ids, the same in every installation: closed, merged, removed.
FINAL = frozenset({5, 6, 7})
#: No version cuts a page of the search to fewer rows than this (its default): a shorter page is the last.
SURELY_LAST = 50


class Api:
    """Zammad over a session, with a token of an administrator or agent."""

    def __init__(self, session: Session, secret: str) -> None:
        self._session = session
        self._secret = secret

    def get(self, path: str, params: Params | None = None, expect: tuple[int, ...] = (200,)) -> Any:
        """Read something below /api/v1."""
        return self._session.read(
            "GET", f"api/v1/{path}", params=params, headers=self._headers(), expect=expect
        ).data

    def allowed(self, path: str, params: Params | None = None) -> Any:
        """Read what the token may lack the right to, or this version the route: then None."""
        try:
            return self.get(path, params)
        except (AuthFailed, Refused) as failure:
            if failure.status not in _ABSENT:
                raise
        return None

    def _headers(self) -> Headers:
        return {"Authorization": f"Token token={self._session.secret(self._secret)}"}

    def changed(self, since: str) -> Iterator[list[Row]]:
        """Yield the expanded tickets changed at or after a moment, oldest change first.

        Rows move while one pages, so each page begins at the last change of the page before; the bound is
        inclusive. Only where a whole page changed at one moment is the second page of that moment asked for.

        Raises:
            Refused: the desk does not heed the bound.
            Transient: it repeats a page.
        """
        bound, page, seen = since, 1, set[tuple[int, str]]()
        while True:
            rows = self._search(bound, page)
            fresh = [row for row in rows if (row["id"], row["updated_at"]) not in seen]
            seen |= {(row["id"], row["updated_at"]) for row in fresh}
            if fresh:
                yield fresh
            elif page > 1 and rows:
                raise Transient("tickets/search: the desk repeats a page")
            if len(rows) < min(SURELY_LAST, FOUND_A_PAGE):
                return
            last = rows[-1]["updated_at"]
            bound, page = (last, 1) if last > bound else (bound, page + 1)

    def _search(self, bound: str, page: int) -> list[Row]:
        # Without a `query` key the database answers; with one a search index that may lag or be missing.
        # The bound is in UTC with Z: an offset is ignored (zammad recordings 341-343).
        body = {
            "condition": {"ticket.updated_at": {"operator": "after (absolute)", "value": bound}},
            "sort_by": "updated_at",
            "order_by": "asc",
            "page": page,
            "per_page": FOUND_A_PAGE,
            "expand": True,
        }
        answer = self._session.read("POST", "api/v1/tickets/search", json=body, headers=self._headers())
        rows: list[Row] = answer.data
        if any(row["updated_at"] < bound for row in rows):
            raise Refused("tickets/search: the desk does not heed the condition on updated_at")
        return rows

    def every(self) -> Iterator[list[Row]]:
        """Yield all expanded tickets by ascending id."""
        return self._pages("tickets", TICKETS_A_PAGE, {"expand": "true"})

    def ticket(self, number: str) -> Row | None:
        """Return an expanded ticket; None: it is gone.

        Raises:
            AuthFailed: this one may not be read.
        """
        data: Row = self.get(f"tickets/{number}", {"expand": "true"}, expect=(200, 404))
        if "error" not in data:
            return data
        # Only the record may be missing: a 404 of the route must not delete anything (recordings 201, 203).
        if "find Ticket" not in data["error"]:
            raise Refused(f"tickets/{number}: {data['error']}", status=404)
        return None

    def time_of(self, number: str) -> list[Row]:
        """Return a ticket's time rows.

        Raises:
            Refused: this version has no time rows at all.
        """
        try:
            rows: list[Row] = self.get(f"tickets/{number}/time_accountings")
        except Refused as refusal:
            if "No route" not in refusal.body:
                raise
            message = "this Zammad is too old to hand out single time entries; version 6.1 or later can"
            raise Refused(message, status=refusal.status) from None
        return rows

    def time_since(self, since: str) -> list[Row] | None:
        """Return the time rows of all tickets made or edited at or after a moment; None: the token may not.

        They are read from the newest on, as the list knows no bound. A row edited meanwhile comes twice.
        """
        found: list[Row] = []
        order = {"sort_by": "updated_at", "order_by": "desc"}
        try:
            for rows in self._pages("time_accountings", ROWS_A_PAGE, order):
                found += [row for row in rows if row["updated_at"] >= since]
                if rows[-1]["updated_at"] < since:
                    break
        except (AuthFailed, Refused) as failure:
            if failure.status not in _ABSENT:
                raise
            return None
        return found

    def pages(self, path: str) -> Iterator[list[Row]]:
        """Yield a list of masters by ascending id."""
        return self._pages(path, ROWS_A_PAGE, {})

    def _pages(self, path: str, size: int, params: Mapping[str, str]) -> Iterator[list[Row]]:
        page, seen = 1, set[int]()
        while rows := self.get(path, {"page": page, "per_page": size, **params}):
            ids = {row["id"] for row in rows}
            if ids <= seen:
                raise Transient(f"{path}: the desk repeats a page")
            yield rows
            if len(rows) < size:
                return
            page, seen = page + 1, seen | ids


class Names:
    """The words behind Zammad's ids, read when they are first needed."""

    def __init__(self, api: Api) -> None:
        self._api = api
        self._users: dict[int, str] = {}
        self.forget()

    def forget(self) -> None:
        """Read types and states anew at the next need: people rename them."""
        self._types: dict[int, str] | None = None
        self._closed: frozenset[int] | None = None

    def type(self, number: int | None) -> str:
        """Name an activity type; empty: none given, or the token may not read types."""
        if self._types is None:
            self._types = {row["id"]: row["name"] for row in self._api.allowed("time_accounting/types") or ()}
        return self._types.get(number or 0, "")

    def closed(self, state: int) -> bool:
        """Tell whether a state is final. Its kind tells, which nobody can rename (recording 169)."""
        if self._closed is None:
            rows = self._api.get("ticket_states")
            self._closed = frozenset(row["id"] for row in rows if row["state_type_id"] in FINAL)
        return state in self._closed

    def learn(self, users: Mapping[int, str]) -> None:
        """Take names that were read before."""
        self._users = {**users, **self._users}

    def users(self, wanted: set[int]) -> Mapping[int, str]:
        """Name users. The list is read only for ids that are new, and no further than to the last of them."""
        if wanted - self._users.keys():
            for rows in self._api.pages("users"):
                self._users |= {row["id"]: f"{row['firstname']} {row['lastname']}".strip() for row in rows}
                if wanted <= self._users.keys():
                    break
        # Who is not in the list is not looked for again.
        self._users = dict.fromkeys(wanted, "") | self._users
        return self._users
