"""Replays recorded exchanges strictly: a request that nobody recorded fails and says what was asked."""

import json
import re
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import requests
import responses

RECORDINGS = Path(__file__).parent / "recordings"


def recorded(desk: str, file: str = "exchanges.json") -> Any:
    """Read a file of recordings; its form is told in tests/recordings/README.md."""
    return json.loads((RECORDINGS / desk / file).read_text("utf-8"))


def exchanges(desk: str, *numbers: str) -> list[dict[str, Any]]:
    """Pick recorded exchanges by the numbers that their names begin with."""
    found = {re.split("[-_]", each["from"])[0]: each for each in recorded(desk)}
    return [found[number] for number in numbers]


class Replay:
    """Answers requests to a base address from exchanges. Those of one request are played in their order."""

    def __init__(self, mock: responses.RequestsMock, base: str, exchanges: list[dict[str, Any]]) -> None:
        self.asked: list[str] = []
        self._left = list(exchanges)
        self._last: dict[str, dict[str, Any]] = {}
        for method in ("GET", "POST", "PUT", "DELETE"):
            mock.add_callback(method, re.compile(re.escape(base)), callback=self._answer)

    def _answer(self, request: requests.PreparedRequest) -> tuple[int, dict[str, str], str]:
        parts = urlsplit(str(request.url))
        query = dict(parse_qsl(parts.query))
        line = _line(str(request.method), parts.path, query, json.loads(request.body or "null"))
        self.asked.append(line)
        for exchange in self._left:
            if _line_of(exchange) == line:
                self._left.remove(exchange)
                self._last[line] = exchange
                break
        if line not in self._last:
            raise AssertionError(
                f"nobody recorded:\n{line}\nleft are:\n" + "\n".join(map(_line_of, self._left))
            )
        response = self._last[line]["response"]
        body = response["text"] if "text" in response else json.dumps(response["json"])
        return response["status"], response["headers"], body


def _line_of(exchange: dict[str, Any]) -> str:
    request = exchange["request"]
    return _line(request["method"], request["path"], request["query"], request.get("json"))


def _line(method: str, path: str, query: dict[str, str], body: Any) -> str:
    asked = "&".join(f"{name}={value}" for name, value in sorted(query.items()))
    return f"{method} {path}?{asked} {json.dumps(body, sort_keys=True)}"
