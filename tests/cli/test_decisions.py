"""Decisions by the command line: who, when and why, seen in the preview, undoable until the close."""

import pytest

from tests.cli.conftest import Office

MARCH = ("--period", "2026-03")
WHY = ("--by", "kim", "--why", "agreed")


def net(office: Office, code: int = 0) -> str:
    (shown,) = office.ask("preview", "acme", *MARCH, code=code)["previews"]
    return str(shown["invoices"][0]["net"] if shown["invoices"] else "0.00")


@pytest.fixture
def synced(office: Office) -> Office:
    office.run("sync")
    return office


def test_waive_and_undo(synced: Office) -> None:
    decision = synced.ask("decide", "waive", "zammad/1", *WHY)
    assert (decision["id"], decision["kind"], decision["by"], decision["why"]) == (
        "D-1",
        "waive",
        "kim",
        "agreed",
    )
    assert net(synced) == "0.00"
    synced.run("decide", "undo", "D-1", *WHY)
    assert net(synced) == "75.00"
    rows = synced.ask("decide", "list")
    assert [(row["id"], row["kind"], row["undone"]) for row in rows] == [
        ("D-1", "waive", "yes"),
        ("D-2", "undo", ""),
    ]


@pytest.mark.parametrize("kind", ["hold", "dispute"])
def test_hold_and_release(synced: Office, kind: str) -> None:
    synced.run("decide", kind, "zammad/1/2", *WHY)
    assert net(synced, code=1) == "0.00"
    assert "agreed" in synced.run("preview", *MARCH, code=1).stdout
    synced.run("decide", "release", "zammad/1/2", *WHY)
    assert net(synced) == "75.00"


def test_discount_and_credit(synced: Office) -> None:
    synced.run("decide", "discount", "acme", *MARCH, "--percent", "10%", *WHY)
    assert net(synced) == "67.50"
    synced.run("decide", "credit", "acme", *MARCH, "--amount", "7.50", *WHY)
    assert net(synced) == "60.00"
    both = ("--amount", "1.00", "--percent", "1%")
    assert "exactly one" in synced.run("decide", "discount", "acme", *MARCH, *both, *WHY, code=2).stderr


def test_transfer(synced: Office) -> None:
    synced.run("decide", "transfer", "acme", *MARCH, "--amount", "25.00", *WHY)
    assert net(synced) == "50.00"


def test_approval_names_what_was_seen(synced: Office) -> None:
    customer = synced.folder / "customers" / "acme.yaml"
    text = customer.read_text(encoding="utf-8").replace("{tax: DE-19}", "{tax: DE-19, approval: required}")
    customer.write_text(text, encoding="utf-8")
    assert synced.ask("close", *MARCH, code=1)[0]["invoices"] == []
    wrong = synced.run("decide", "approve", "acme", *MARCH, "--digest", "0000", *WHY, code=2)
    assert "look at the preview" in wrong.stderr
    asked = synced.run("decide", "approve", "acme", *MARCH, *WHY, answer="y\n")
    assert "net 75.00 EUR?" in asked.stderr
    assert synced.ask("close", *MARCH)[0]["invoices"][0]["net"] == "75.00"


def test_closed_tickets_are_approved_and_billed_before_the_month_closes(synced: Office) -> None:
    customer = synced.folder / "customers" / "acme.yaml"
    terms = "{tax: DE-19, cycle: on_close, approval: required}"
    text = customer.read_text(encoding="utf-8").replace("{tax: DE-19}", terms)
    customer.write_text(text, encoding="utf-8")
    synced.desk.close_ticket(1)
    synced.run("sync")
    month, waits = synced.ask("close", code=1)
    assert (month["early"], month["skipped"][:13]) == (False, "2026-03 waits")
    assert (waits["early"], waits["invoices"]) == (True, [])
    assert "deskbill decide approve acme --period 2026-03 --on-close" in waits["skipped"]
    nothing = synced.run("decide", "approve", "acme", "--period", "2026-02", "--on-close", *WHY, code=2)
    assert "acme: nothing of 2026-02 is open to approve" in nothing.stderr
    asked = synced.run("decide", "approve", "acme", *MARCH, "--on-close", *WHY, answer="y\n")
    assert "net 75.00 EUR?" in asked.stderr
    month, billed = synced.ask("close", code=1)  # the month still waits; then its rest is nothing
    assert (billed["early"], billed["invoices"][0]["net"]) == (True, "75.00")
    again = synced.ask("close")
    assert {tuple(each["invoices"]) for each in again} == {()}


def test_part_of_the_next_grant_is_borrowed(synced: Office) -> None:
    facts = ("--allowance", "phone", "--time", "30m")
    synced.run("decide", "borrow", "acme", *MARCH, *facts, *WHY)
    assert net(synced) == "37.50"


def test_opening_balance(synced: Office) -> None:
    synced.run("opening", "acme", "--allowance", "phone", "--time", "1h", "--until", "2026-03", *WHY)
    assert net(synced) == "0.00"


def test_a_decision_about_nothing_is_refused(synced: Office) -> None:
    assert "zammad/99" in synced.run("decide", "waive", "zammad/99", *WHY, code=2).stderr
    assert "--why" in synced.run("decide", "waive", "zammad/1", code=2).stderr


def test_the_other_words_reach_the_hall(synced: Office) -> None:
    assert synced.ask("decide", "charge", "zammad/1/1", "--hourly", "10.00", *WHY)["amount"] == "10.00"
    assert synced.ask("decide", "keep", "zammad/1", *WHY)["kind"] == "keep"
    assert "nobody" in synced.run("decide", "reassign", "zammad/1", "--to", "nobody", *WHY, code=2).stderr


def test_a_difference_of_a_period_is_accepted_by_decision(synced: Office) -> None:
    decision = synced.ask("decide", "accept", "acme/2026-03", *WHY)
    assert (decision["kind"], decision["customer"], decision["target"]) == ("accept", "acme", "acme/2026-03")


def test_books_are_the_object_of_accept_and_rebill(synced: Office) -> None:
    config = synced.config.read_text(encoding="utf-8")
    at_once = config.replace("adapter: folder,", "adapter: folder, longest_request: 0s,")
    synced.config.write_text(at_once, encoding="utf-8")
    for kind in ("accept", "rebill"):
        assert "db-2026-0001" in synced.run("decide", kind, "db-2026-0001", *WHY, code=2).stderr
    synced.run("close", *MARCH)
    synced.run("push", "--yes")
    for name in ("db-2026-0001.json", "db-2026-0001.txt"):
        (synced.folder / "invoices" / name).unlink()
    (row,) = synced.ask("reconcile", code=1)["differences"]
    assert (row["kind"], row["about"]) == ("missing_in_books", "db-2026-0001")
    assert synced.ask("decide", "rebill", "db-2026-0001", *WHY)["reference"] == "db-2026-0002"
    synced.run("push")
    assert (synced.folder / "invoices" / "db-2026-0002.txt").exists()


def test_what_a_person_changed_in_the_books_is_held_until_one_decides(synced: Office) -> None:
    synced.run("close", *MARCH)
    synced.run("push", "--yes")
    page = synced.folder / "invoices" / "db-2026-0001.txt"
    page.write_text(page.read_text(encoding="utf-8") + "Paid in cash\n", encoding="utf-8")
    (row,) = synced.ask("reconcile", "--fix", code=1)["differences"]
    assert (row["kind"], row["about"]) == ("changed_in_books", "db-2026-0001")
    assert [one["status"] for one in synced.ask("report", "documents")] == ["held"]
    assert synced.ask("push") == []
    assert "decide rebill" in synced.run("status", code=1).stdout
    synced.run("decide", "accept", "db-2026-0001", *WHY)
    assert synced.ask("reconcile")["differences"] == []
    assert "Paid in cash" in page.read_text(encoding="utf-8")
    assert [one["status"] for one in synced.ask("report", "documents")] == ["pushed"]


def test_a_document_that_was_handed_over_is_corrected_by_the_next_and_never_changed(synced: Office) -> None:
    synced.run("close", *MARCH)
    synced.run("push", "--yes")
    sent = {path.name: path.read_bytes() for path in (synced.folder / "invoices").iterdir()}
    synced.desk.delete_time(2)
    synced.run("sync", "--sweep")
    (closed,) = synced.ask("close", "--period", "2026-04")
    (line,) = closed["invoices"][0]["lines"]
    assert (closed["invoices"][0]["kind"], line["amount"], line["role"]) == (
        "credit_note",
        "-75.00",
        "correction",
    )
    assert "our reference db-2026-0001" in line["text"]
    synced.run("push")
    after = {path.name: path.read_bytes() for path in (synced.folder / "invoices").iterdir()}
    assert {name: after[name] for name in sent} == sent
    assert sorted(after.keys() - sent.keys()) == ["db-2026-0002.json", "db-2026-0002.txt"]
