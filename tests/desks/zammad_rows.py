"""A Zammad of recorded rows: tickets and time as recorded; filter, order, paging computed as measured."""

import json
import re
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import requests
import responses

from tests.replay import recorded

Row = dict[str, Any]


class RecordedZammad:
    """Tests change the rows as people change a desk. What it answers is measured in recordings 056 to 262."""

    def __init__(self, mock: responses.RequestsMock, base: str, *, lists_time: bool = True) -> None:
        rows = recorded("zammad", "rows.json")
        self.tickets: dict[int, Row] = {one["row"]["id"]: one["row"] for one in rows["tickets"]}
        self.time: dict[int, Row] = {one["row"]["id"]: one["row"] for one in rows["time"]}
        self.masters = {each["request"]["path"]: each["response"]["json"] for each in recorded("zammad")[:5]}
        self.lists_time = lists_time
        self.asked: list[str] = []
        for method in ("GET", "POST"):
            mock.add_callback(method, re.compile(re.escape(base)), callback=self._answer)

    def _answer(self, request: requests.PreparedRequest) -> tuple[int, dict[str, str], str]:
        parts = urlsplit(str(request.url))
        self.asked.append(f"{request.method} {parts.path.removeprefix('/api/v1/')}")
        query = dict(parse_qsl(parts.query)) | json.loads(request.body or "{}")
        status, data = self._data(parts.path, query)
        return status, {"Content-Type": "application/json; charset=utf-8"}, json.dumps(data)

    def _data(self, path: str, query: Row) -> tuple[int, Any]:
        if path in self.masters:
            return 200, self.masters[path]
        if path == "/api/v1/tickets/search":
            bound = query["condition"]["ticket.updated_at"]["value"]
            found = [row for row in self.tickets.values() if row["updated_at"] >= bound]
            return 200, _page(sorted(found, key=lambda row: row["updated_at"]), query)
        if path == "/api/v1/tickets":
            return 200, _page(sorted(self.tickets.values(), key=lambda row: row["id"]), query)
        if path == "/api/v1/time_accountings":
            if not self.lists_time:
                return 403, {"error": "Not authorized", "error_human": "Not authorized"}
            newest_first = sorted(self.time.values(), key=lambda row: row["updated_at"], reverse=True)
            return 200, _page(newest_first, query)
        if path == "/api/v1/signshow":  # nobody recorded it; unknown routes answer so (203)
            return 404, {"error": "No route matches [GET] /api/v1/signshow"}
        return self._one(path)

    def _one(self, path: str) -> tuple[int, Any]:
        match = re.fullmatch(r"/api/v1/tickets/(\d+)(/time_accountings)?", path)
        assert match, f"nobody recorded {path}"
        number = int(match[1])
        if match[2]:
            return 200, [row for row in self.time.values() if row["ticket_id"] == number]
        if number not in self.tickets:
            text = f"Couldn't find Ticket with 'id'={number}"
            return 404, {"error": text, "error_human": text}
        return 200, self.tickets[number]


def _page(rows: list[Row], query: Row) -> list[Row]:
    size, page = int(query["per_page"]), int(query.get("page", 1))
    return rows[size * (page - 1) : size * page]
