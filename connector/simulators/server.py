"""Serves a simulated remote on loopback, on a port of its own, for as long as a `with` block runs."""

from collections.abc import Iterator
from contextlib import contextmanager
from threading import Thread
from typing import TYPE_CHECKING, Any

from werkzeug.serving import ThreadedWSGIServer, WSGIRequestHandler

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication


class _Quiet(WSGIRequestHandler):
    """A connection carries one request, so that none outlives the server; nothing is logged."""

    protocol_version = "HTTP/1.0"

    def send_response(self, code: int, message: str | None = None) -> None:
        """Begin the answer without headers of this server's own: a simulated remote has its own clock."""
        self.send_response_only(code, message)

    def log(self, type: str, message: str, *args: Any) -> None:  # noqa: A002 - werkzeug names it so
        """Say nothing: `FaultPlan.asked` is the log."""


class _Server(ThreadedWSGIServer):
    """Waits at its end for every answer that is under way."""

    daemon_threads = False
    block_on_close = True


@contextmanager
def serving(app: "WSGIApplication") -> Iterator[str]:
    """Serve ``app`` at 127.0.0.1 and a free port; give its base URL without a slash at the end.

    Every thread has ended and the port is closed when the block is left.
    """
    server = _Server("127.0.0.1", 0, app, handler=_Quiet)
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
