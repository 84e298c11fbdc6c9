"""A Zammad adapter for tests."""

from typing import Any

import adapters.desks.zammad as adapter
from adapters.desks.zammad import Settings, Zammad
from connector.http import Session

BASE = "https://desk.example"
TIME = {"timezone": "Europe/Berlin", "unit": [{"from": "2020-01-01", "unit": "1m"}], "entry": "end"}


def settings(**time: Any) -> Settings:
    return Settings.model_validate(
        {"name": "zammad", "url": BASE, "secret": "zammad", "time": {**TIME, **time}}
    )


def desk(**time: Any) -> Zammad:
    session = Session(BASE, secrets={"zammad": "t-1234567"}, attempts=1)
    return adapter.connect(settings(**time), session)
