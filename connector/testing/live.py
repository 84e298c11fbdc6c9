"""A real server behind a plan of faults: the conformance kit runs on it as on a simulated desk."""

from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Any

import requests
from werkzeug.wrappers import Request, Response

from connector.simulators.clock import Clock
from connector.simulators.faults import FaultPlan

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

#: Headers that belong to one connection only (RFC 9110, 7.6.1), and those that this side sets anew.
_OWN = frozenset(
    {
        "connection",
        "content-encoding",
        "content-length",
        "keep-alive",
        "te",
        "trailer",
        "transfer-encoding",
        "upgrade",
    }
)


class LiveServer:
    """Passes each request on to a server and its answer back, unless the plan says otherwise.

    The server sees the address that the client asked, so that the links in its answers lead here again.
    """

    def __init__(
        self, url: str, refusal: Callable[[int], Any] = lambda status: {"error": f"status {status}"}
    ):
        """Stand before the server at ``url``; ``refusal`` is the JSON of its error answers."""
        self.url = url.rstrip("/")
        self.clock = Clock()  #: for the kit; the server goes by its own
        self.faults = FaultPlan(self._answer, refusal)

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        """Answer a request."""
        return self.faults(environ, start_response)

    def _answer(self, request: Request) -> Response:
        query = request.query_string.decode()
        answer = requests.request(
            request.method,
            f"{self.url}{request.environ['RAW_URI'].partition('?')[0]}" + (f"?{query}" if query else ""),
            headers=_passed(dict(request.headers)),
            data=request.get_data(),
            timeout=60,
            allow_redirects=False,
        )
        return Response(answer.content, answer.status_code, _passed(answer.headers))


def _passed(headers: Mapping[str, str]) -> dict[str, str]:
    return {name: value for name, value in headers.items() if name.lower() not in _OWN}
