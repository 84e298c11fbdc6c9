"""GLPI's REST API (apirest.php): log-in, lists by ranges, and what its answers mean (measured: 10.0.19)."""

from collections.abc import Iterator, Mapping
from typing import Any

from adapters.desks.glpi.settings import Settings
from connector.http import Answer, AuthFailed, Refused, Session, Transient

Row = dict[str, Any]
Params = Mapping[str, str | int]

#: Rows of the first range of a list read from its newest row on, and of any range at most.
FIRST, MOST = 50, 1000
#: How often a list is read a range back, because rows were removed meanwhile.
_PATIENCE = 10


class Api:
    """GLPI over a session. It logs in by itself, and again where the desk has forgotten the log-in."""

    def __init__(self, session: Session, settings: Settings) -> None:
        self._session = session
        self._settings = settings
        self._token = ""
        self.totals: dict[str, int] = {}  #: rows of a list when its last range was read

    def get(self, path: str, params: Params | None = None, expect: tuple[int, ...] = (200,)) -> Answer:
        """Read something below apirest.php.

        Raises:
            AuthFailed: the tokens or their rights do not suffice.
        """
        if not self._token:
            self.login()
        try:
            return self._read(path, params, expect)
        except AuthFailed as failure:
            # Killed and expired log-ins look the same (glpi recordings 211, 212).
            if "ERROR_SESSION_TOKEN_INVALID" not in failure.body:
                raise
        self.login()
        return self._read(path, params, expect)

    def login(self) -> None:
        """Log in and look at all entities, which is a state of the log-in.

        Raises:
            AuthFailed: the tokens do not suffice, or the API is closed for this address.
        """
        self._token = ""
        token = self._session.secret(self._settings.secret)
        try:
            data = self._read("initSession", None, (200,), token).data
        except Refused as refusal:
            # A missing or wrong App-Token and an address that is not let in answer 400 (07, 08, 216).
            raise AuthFailed(refusal.message, status=refusal.status, body=refusal.body) from None
        self._token = data["session_token"]
        entities = {"entities_id": "all", "is_recursive": True}
        path, headers = "apirest.php/changeActiveEntities", self._headers()
        if self._session.read("POST", path, json=entities, headers=headers).data is not True:
            raise Refused("changeActiveEntities: GLPI does not let the user see all its entities")

    def ticket(self, number: str) -> Row | None:
        """Return a ticket, from the trash too; None: it is gone for good.

        Raises:
            AuthFailed: this one may not be read.
        """
        try:
            row: Row = self.get(f"Ticket/{number}", {"get_hateoas": "false"}).data
        except Refused as refusal:
            if "ERROR_ITEM_NOT_FOUND" not in refusal.body:
                raise
            return None
        return row

    def newest(self, path: str, by: str, since: str, **filters: int) -> Iterator[Row]:
        """Yield a list's rows whose ``by`` is at or after a wall time, newest first, some perhaps twice."""
        for rows in self.pages(path, FIRST, {"sort": by, "order": "DESC", **filters}):
            yield from (row for row in rows if (row.get(by) or "") >= since)
            if (rows[-1].get(by) or "") < since:
                return

    def pages(self, path: str, size: int | None = None, params: Params | None = None) -> Iterator[list[Row]]:
        """Yield a list by ranges that grow.

        Each range begins with the last row of the one before. If it is not among the new rows, then rows were
        removed and others moved up: the list is read a range back, so a row may come twice.

        Raises:
            Transient: the desk repeats a range, or its rows do not come to rest.
        """
        start, size, last, patience = 0, size or MOST, None, _PATIENCE
        seen: set[int] = set()
        while patience:
            rows = self._range(path, start, size, params or {})
            ids = [row["id"] for row in rows]
            if last is not None and last not in ids:
                start, last, patience = max(0, start - size), None, patience - 1
                continue
            if last is not None and len(ids) > 1 and seen.issuperset(ids):
                raise Transient(f"{path}: the desk repeats a range")
            if rows:
                yield rows
            seen.update(ids)
            if not rows or start + size >= self.totals[path]:
                return
            start, last = start + max(1, len(ids) - 1), ids[-1] if len(ids) > 1 else None
            size = min(2 * size, MOST)
        raise Transient(f"{path}: the desk's rows do not come to rest")

    def _range(self, path: str, start: int, size: int, params: Params) -> list[Row]:
        # Always an explicit range: without one the header names a row more than is sent (110).
        asked = {**params, "range": f"{start}-{start + size - 1}", "get_hateoas": "false"}
        try:
            answer = self.get(path, asked, expect=(200, 206))
        except Refused as refusal:
            if "ERROR_RANGE_EXCEED_TOTAL" in refusal.body:  # rows were removed: this is the end (35)
                return []
            raise
        self.totals[path] = int(answer.headers.get("Content-Range", "/0").rpartition("/")[2])
        rows: list[Row] = answer.data
        return rows

    def _read(
        self, path: str, params: Params | None, expect: tuple[int, ...], login: str | None = None
    ) -> Answer:
        headers = self._headers() | ({"Authorization": f"user_token {login}"} if login else {})
        path = f"apirest.php/{path}"
        return self._session.read("GET", path, params=params, headers=headers, expect=expect)

    def _headers(self) -> dict[str, str]:
        # The last one takes away the layer of entities that GLPI stores its texts in (220-223).
        headers = {"X-GLPI-Sanitized-Content": "false"}
        if self._settings.app_secret:
            headers["App-Token"] = self._session.secret(self._settings.app_secret)
        if self._token:
            headers["Session-Token"] = self._token
        return headers


class Names:
    """The words behind GLPI's ids, read when they are first needed."""

    def __init__(self, api: Api) -> None:
        self._api = api
        self._users: dict[int, str] = {}
        self._lists: dict[str, dict[int, str]] = {}

    def forget(self) -> None:
        """Read entities, categories and places anew at the next need: people rename them."""
        self._lists.clear()

    def of(self, kind: str, number: int) -> str:
        """Name an entity, category or place by its whole path; empty: none, or it may not be seen."""
        if not number and kind != "Entity":  # only the root entity has the id 0
            return ""
        if kind not in self._lists:
            rows = (row for page in self._api.pages(kind) for row in page)
            self._lists[kind] = {row["id"]: row["completename"] for row in rows}
        return self._lists[kind].get(number, "")

    def learn(self, users: Mapping[int, str]) -> None:
        """Take names that were read before."""
        self._users = {**users, **self._users}

    def users(self, wanted: set[int]) -> Mapping[int, str]:
        """Name users. The list is read only for ids that are new, and no further than to the last of them."""
        if wanted - self._users.keys():
            for rows in self._api.pages("User"):
                self._users |= {row["id"]: _name(row) for row in rows}
                if wanted <= self._users.keys():
                    break
        # Who is not in the list, such as a user in the trash, is not looked for again.
        self._users = dict.fromkeys(wanted, "") | self._users
        return self._users


def _name(row: Row) -> str:
    return " ".join(part for part in (row["firstname"], row["realname"]) if part) or row["name"]
