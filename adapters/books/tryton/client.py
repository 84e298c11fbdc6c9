"""Talks Tryton's JSON-RPC: logs in, puts calls and values into its form, names its errors.

Shapes: exchanges recorded from Tryton 8.2, tests/recordings/tryton.
"""

import base64
from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from connector.http import Answer, AuthFailed, ConfigError, Refused, RemoteError, Session, Transient

#: A refusal's sentence is cut here: a "domain" error carries 50 kB of field definitions.
_LONGEST = 300
_UNAUTHORIZED, _NOT_FOUND = 401, 404


class Warned(Refused):
    """Tryton asks a person to confirm; it goes on once the warning of this key was skipped."""

    def __init__(self, message: str, key: str) -> None:
        super().__init__(message, status=200)
        self.key = key


class Client:
    """One database of a Tryton server, as one user. It logs in with the first call."""

    def __init__(self, session: Session, *, database: str, user: str, secret: str) -> None:
        self.context: dict[str, Any] = {"language": "en"}  #: goes with every call
        self._session = session
        self._path = f"{database}/rpc/"
        self._user = user
        self._secret = secret
        self._authorization = ""

    def version(self) -> str:
        """Ask for the server's version, as ``8.2``; needs no login."""
        return str(self._exchange(self._session.read, "rpc/", "common.server.version", [], {}))

    def ask(self, method: str, *params: Any) -> Any:
        """Call a method that changes nothing. What may pass is tried again."""
        return self._call(self._session.read, method, params)

    def tell(self, method: str, *params: Any) -> Any:
        """Call a method that changes something, once. After `Transient` it is unknown whether it was done."""
        return self._call(self._session.write, method, params)

    def rows(
        self, model: str, domain: list[Any], fields: list[str], *, limit: int | None = None
    ) -> list[dict[str, Any]]:
        """Search and read, lowest id first."""
        order = [["id", "ASC"]]
        rows: list[dict[str, Any]] = self.ask(f"model.{model}.search_read", domain, 0, limit, order, fields)
        return rows

    def _call(self, send: Callable[..., Answer], method: str, params: tuple[Any, ...]) -> Any:
        fresh = not self._authorization
        if fresh:
            self._log_in()
        try:
            return self._authorized(send, method, params)
        except AuthFailed as error:
            if fresh or error.status != _UNAUTHORIZED:
                raise
        # The session ended, or (post, after 300 s idle) is not fresh: the call was refused unread.
        self._log_in()
        return self._authorized(send, method, params)

    def _authorized(self, send: Callable[..., Answer], method: str, params: tuple[Any, ...]) -> Any:
        headers = {"Authorization": self._authorization}
        return self._exchange(send, self._path, method, [*params, self.context], headers)

    def _log_in(self) -> None:
        params = [self._user, {"password": self._session.secret(self._secret)}]
        try:
            user, token, *_ = self._exchange(
                self._session.read, self._path, "common.db.login", params, headers={}
            )
        except AuthFailed as error:
            message = f"Tryton does not accept '{self._user}' with the password in secret '{self._secret}'"
            raise AuthFailed(f"{self._session.base_url}: {message}", status=error.status) from None
        except Refused as error:
            if error.status != _NOT_FOUND:
                raise
            raise ConfigError(
                f"{self._session.base_url} has no Tryton at /{self._path}; mend url or database"
            ) from None
        session = base64.b64encode(f"{self._user}:{user}:{token}".encode()).decode()
        self._authorization = f"Session {session}"

    def _exchange(
        self, send: Callable[..., Answer], path: str, method: str, params: list[Any], headers: dict[str, str]
    ) -> Any:
        body = {"id": 0, "method": method, "params": encoded(params)}
        answer = send("POST", path, json=body, headers=headers)
        if not isinstance(answer.data, Mapping):
            raise Transient(f"{method}: the answer is no JSON-RPC", status=answer.status)
        if "error" in answer.data:
            raise _named(f"{self._session.base_url}/{path} {method}", answer.data["error"])
        return decoded(answer.data.get("result"))


def _named(where: str, error: Any) -> RemoteError:
    """Tell what an error, which comes with status 200, means for the caller."""
    kind, detail = (error if isinstance(error, list) and len(error) > 1 else (str(error), ""))[:2]
    words = detail if isinstance(detail, list) else [detail]
    if kind == "UserWarning":
        return Warned(f"{where}: {kind}: {words[1]}"[:_LONGEST], key=words[0])
    message = f"{where}: {kind}: {words[0]}"[:_LONGEST].rstrip(": ")
    if kind == "ConcurrencyException":
        return Transient(message, status=200)
    return Refused(message, status=200)


def encoded(value: Any) -> Any:
    """Put decimals and dates into Tryton's JSON. A JSON number for a decimal is refused by its digits."""
    if isinstance(value, Decimal):
        return {"__class__": "Decimal", "decimal": str(value)}
    if isinstance(value, date):
        return {"__class__": "date", "year": value.year, "month": value.month, "day": value.day}
    if isinstance(value, Mapping):
        return {key: encoded(part) for key, part in value.items()}
    if isinstance(value, (list, tuple)):
        return [encoded(part) for part in value]
    return value


def decoded(value: Any) -> Any:
    """Read Tryton's JSON."""
    if isinstance(value, list):
        return [decoded(part) for part in value]
    if not isinstance(value, Mapping):
        return value
    match value.get("__class__"):
        case "Decimal":
            return Decimal(value["decimal"])
        case "date":
            return date(value["year"], value["month"], value["day"])
        case _:
            return {key: decoded(part) for key, part in value.items()}
