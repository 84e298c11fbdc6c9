"""What the simulated remotes share: routes to methods, and answers in JSON."""

import json
from collections.abc import Callable, Mapping
from typing import Any

from werkzeug.exceptions import HTTPException
from werkzeug.routing import Map, Rule
from werkzeug.wrappers import Request, Response

Handler = Callable[..., Response]


def answered(data: Any, status: int = 200, headers: Mapping[str, str] | None = None) -> Response:
    """Answer with JSON."""
    return Response(json.dumps(data), status, headers, content_type="application/json; charset=utf-8")


class Refusal(Exception):
    """The remote says no, with a status and its own JSON."""

    def __init__(self, status: int, data: Any) -> None:
        super().__init__(f"{status}: {data}")
        self.response = answered(data, status)


class Routes:
    """A table ``"GET /path/<int:id>": handler``; a handler gets the request and the parts of the path."""

    def __init__(self, table: Mapping[str, Handler]) -> None:
        rules = (line.split(" ", 1) for line in table)
        self._map = Map([Rule(path, methods=[method], endpoint=f"{method} {path}") for method, path in rules])
        self._table = table

    def answer(self, request: Request, unknown: Handler) -> Response:
        """Call the handler; ``unknown`` answers where there is none."""
        try:
            endpoint, parts = self._map.bind("desk").match(request.path, request.method)
        except HTTPException:
            return unknown(request)
        try:
            return self._table[endpoint](request, **parts)
        except Refusal as refusal:
            return refusal.response
