"""A GLPI adapter for tests, and a ticket as recorded after a merge."""

from typing import Any

import adapters.desks.glpi as adapter
from adapters.desks.glpi import Glpi, Settings
from adapters.desks.glpi.parse import task_fields
from connector.desk import Raw
from connector.http import Session
from tests.replay import exchanges

BASE = "https://glpi.example"


def settings(timezone: str = "Europe/Berlin", **options: Any) -> Settings:
    names = {"name": "glpi", "url": BASE, "secret": "user", "app_secret": "app"}
    return Settings.model_validate(names | {"time": {"timezone": timezone}} | options)


def session() -> Session:
    return Session(BASE, secrets={"user": "user-token-1", "app": "app-token-1"}, attempts=1)


def desk(timezone: str = "Europe/Berlin", **options: Any) -> Glpi:
    return adapter.connect(settings(timezone, **options), session())


def merged_ticket(*, source_live: bool) -> Raw:
    """Make ticket 15 with its tasks as recorded after ticket 16 was merged into it."""
    (target,) = exchanges("glpi", "242")
    names = {"technician": "Carla Ruiz", "category": ""}
    tasks = [
        task_fields(row) | names | {"source_live": source_live and bool(row["sourceitems_id"])}
        for row in target["response"]["json"]
    ]
    ticket = {"name": "Mail slow", "date": "2026-11-18 09:00:00", "date_mod": "2026-11-22 07:59:05"}
    return Raw(ticket="15", payload={"ticket": ticket, "entries": tasks, "survey": {}})
