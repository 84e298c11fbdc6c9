"""Faults planned for a simulated remote: refusals, cut connections, shifting pages; and a log of requests."""

import json
import re
import socket
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from threading import RLock
from typing import TYPE_CHECKING, Any, Literal
from urllib.parse import unquote_plus

from werkzeug.wrappers import Request, Response

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

#: Asks the simulated remote itself.
Ask = Callable[[], Response]

_MAINTENANCE = "<!DOCTYPE html><html><body><h1>Service is down for maintenance</h1></body></html>"


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A request that arrived. Its headers are left out: they carry secrets."""

    method: str
    path: str
    query: Mapping[str, str]
    body: str
    status: int  #: of the answer; 0: the connection was cut


@dataclass(slots=True, kw_only=True)
class _Fault:
    """What happens to the next requests that match."""

    where: re.Pattern[str]
    act: Callable[[Request, Ask], Response]
    times: int
    skip: int

    def strikes(self, text: str) -> bool:
        """Count a matching request; say whether it is one of those to be struck."""
        if self.times == 0 or not self.where.search(text):
            return False
        if self.skip:
            self.skip -= 1
            return False
        self.times -= 1
        return True


class _Cut(Exception):
    """The connection ends without an answer."""


class FaultPlan:
    """A WSGI application around ``answer``, which does what the test planned and else only answers.

    Each verb takes ``where``, a regular expression that is searched in ``METHOD /path?query`` (decoded), a
    line break, and the request's body. It strikes the next ``times`` matching requests (-1: all) after
    ``skip`` more. What was planned first strikes first; a request is struck once, and only one is answered
    at a time.
    """

    def __init__(
        self,
        answer: Callable[[Request], Response],
        refusal: Callable[[int], Any] = lambda status: {"error": f"planned status {status}"},
    ):
        """Wrap ``answer``; ``refusal`` gives the JSON that this product sends with an error status."""
        self.asked: list[Asked] = []  #: in the order of their answers
        self.lock = RLock()  #: held while a request is answered; hold it to change the state from outside
        self._answer = answer
        self._refusal = refusal
        self._faults: list[_Fault] = []

    def plan(
        self, where: str, act: Callable[[Request, Ask], Response], *, times: int = 1, skip: int = 0
    ) -> None:
        """Let ``act`` answer the requests that match."""
        self._faults.append(_Fault(where=re.compile(where), act=act, times=times, skip=skip))

    def status(
        self, where: str, code: int, *, retry_after: str | None = None, times: int = 1, skip: int = 0
    ) -> None:
        """Refuse with an error status; nothing is done. ``retry_after``: seconds, or an HTTP date."""
        headers = {"Retry-After": retry_after} if retry_after else None
        body = json.dumps(self._refusal(code))
        self.plan(
            where,
            lambda _, __: Response(body, code, headers, content_type="application/json; charset=utf-8"),
            times=times,
            skip=skip,
        )

    def html(self, where: str, *, times: int = 1, skip: int = 0) -> None:
        """Answer 200 with a maintenance page; nothing is done."""
        self.plan(
            where, lambda _, __: Response(_MAINTENANCE, 200, mimetype="text/html"), times=times, skip=skip
        )

    def cut(self, where: str, when: Literal["before", "after"], *, times: int = 1, skip: int = 0) -> None:
        """Cut the connection before anything is done, or after all is done but before the answer goes out."""

        def act(_: Request, ask: Ask) -> Response:
            if when == "after":
                ask()
            raise _Cut

        self.plan(where, act, times=times, skip=skip)

    def delay(self, where: str, seconds: float, *, times: int = 1, skip: int = 0) -> None:
        """Answer late."""

        def act(_: Request, ask: Ask) -> Response:
            time.sleep(seconds)
            return ask()

        self.plan(where, act, times=times, skip=skip)

    def meanwhile(self, where: str, change: Callable[[], object], *, times: int = 1, skip: int = 0) -> None:
        """Change something just before the request is answered: a row comes or goes while a client pages."""

        def act(_: Request, ask: Ask) -> Response:
            change()
            return ask()

        self.plan(where, act, times=times, skip=skip)

    def repeat(self, where: str, *, times: int = -1, skip: int = 0) -> None:
        """Give the first answer again to every later request: a page that never ends."""
        kept: list[Response] = []

        def act(_: Request, ask: Ask) -> Response:
            if not kept:
                kept.append(ask())
            return kept[0]

        self.plan(where, act, times=times, skip=skip)

    def rewrite(self, where: str, change: Callable[[Any], Any], *, times: int = -1, skip: int = 0) -> None:
        """Send ``change(JSON)`` for the JSON of the answer: fields that are new, or gone, or nonsense."""

        def act(_: Request, ask: Ask) -> Response:
            response = ask()
            response.set_data(json.dumps(change(response.get_json())))
            return response

        self.plan(where, act, times=times, skip=skip)

    def clear(self) -> None:
        """Forget what was planned; the log stays."""
        self._faults.clear()

    def count(self, where: str) -> int:
        """How many requests ``METHOD /path`` arrived that match."""
        return sum(1 for asked in self.asked if re.search(where, f"{asked.method} {asked.path}"))

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        """Answer a request, by the plan."""
        request = Request(environ)
        body = request.get_data(as_text=True)
        with self.lock:
            status, response = 0, None
            try:
                response = self._struck(request, body)
                status = response.status_code
            except _Cut:
                pass  # the line is cut below, once the request is in the log: the client may look at once
            finally:
                self.asked.append(
                    Asked(
                        method=request.method,
                        path=request.path,
                        query=request.args.to_dict(),
                        body=body,
                        status=status,
                    )
                )
        if response is None:
            environ["werkzeug.socket"].shutdown(socket.SHUT_RDWR)
            raise ConnectionResetError("planned")
        return response(environ, start_response)

    def _struck(self, request: Request, body: str) -> Response:
        query = unquote_plus(request.query_string.decode())
        text = f"{request.method} {request.path}?{query}\n{body}"
        fault = next((fault for fault in self._faults if fault.strikes(text)), None)
        return fault.act(request, lambda: self._answer(request)) if fault else self._answer(request)
