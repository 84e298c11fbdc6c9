"""Commands that prove: trace an amount to its work and contract line, compute a document anew."""

from collections.abc import Callable
from typing import TypeVar

import click

from connector.cli.faults import DIFFERS, FINE
from connector.cli.terminal import Terminal, command
from connector.report.explain import explanation_data, explanation_text
from connector.report.invoices import totals
from connector.workflow import explain as explaining

T = TypeVar("T")


@command("explain", example="deskbill explain db-2026-0001:3")
@click.argument("what", metavar="REFERENCE[:LINE]|DESK/TICKET[/ENTRY]|SOURCE/RECORD|CUSTOMER/PERIOD")
@click.option("--html", "as_html", is_flag=True, help="Answer as one HTML page.")
@click.pass_obj
def explain(terminal: Terminal, what: str, as_html: bool) -> int:
    """Trace an amount to the cent.

    From the work over the contract's lines and rules; computed again from what was stored, as the proof.
    """
    with terminal.house() as house:
        found = explaining.explain(house, what)
        whole = "/" not in what and ":" not in what
        document = explaining.document(house, what).invoice if whole else None
    if as_html and not terminal.as_json:
        from connector.report.explain_html import explanations_html

        click.echo(explanations_html(what, found, document))
    else:
        texts = [_told(explanation_text, each) for each in found]
        texts += ["\n".join(totals(document))] if document else []
        terminal.show("\n\n".join(texts), [_told(explanation_data, each) for each in found])
    return FINE if found and all(each.proven for each in found) else DIFFERS


def _told(report: Callable[..., T], each: explaining.Explanation) -> T:
    facts = (each.title, each.line, each.items, each.amount, each.currency)
    return report(*facts, proven=each.proven, before=each.before, usage=each.usage)


@command("replay", example="deskbill replay db-2026-0001")
@click.argument("reference")
@click.pass_obj
def replay(terminal: Terminal, reference: str) -> int:
    """Compute a document anew from what was stored at its close, and compare byte for byte.

    From the terms that the period keeps, and from facts and decisions as they were known then. Exit codes:
    0 the same, 1 it differs: then the first difference is named.
    """
    from connector.report.replay import replay_data, replay_text
    from connector.workflow.replay import replay as replayed

    with terminal.house() as house:
        found = replayed(house, reference)
    facts = (found.reference, found.stored, found.computed, found.digests)
    terminal.show(replay_text(*facts), replay_data(*facts))
    return FINE if found.proven else DIFFERS


COMMANDS = (explain, replay)
