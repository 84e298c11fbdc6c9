"""Tryton adapters connected to a server that a test runs."""

from typing import Any

from adapters.books.tryton import Settings, Tryton, connect
from connector.http import Session

TAXES = {"DE-19": "VAT 19%", "DE-7": "VAT 7%", "DE-0": "VAT 0%"}


def tryton(url: str, *, password: str = "demo-password-1", **options: Any) -> Tryton:
    settings = Settings(
        name="erp",
        url=url,
        database="tryton",
        user="connector",
        secret="tryton-password",
        **{"taxes": TAXES, **options},
    )
    session = Session(url, secrets={"tryton-password": password}, sleep=lambda _: None)
    return connect(settings, session)
