"""Commands for the secrets in this machine's keyring."""

import sys

import click

from connector.cli.terminal import Terminal, command
from connector.config import secrets


@click.group("secret")
def secret() -> None:
    """Keep secrets in this machine's keyring.

    The environment (DESKBILL_SECRET_NAME) and a credentials file of mode 0600 count before it.
    """


@command("set", example="deskbill secret set zammad-token", under=secret)
@click.argument("name")
@click.pass_obj
def set_(terminal: Terminal, name: str) -> None:
    """Ask for a secret and keep it; in a pipe it is read from standard input."""
    value = (
        click.prompt(f"Secret '{name}'", hide_input=True, err=True)
        if sys.stdin.isatty()
        else sys.stdin.read()
    )
    secrets.store(name, value.strip())
    terminal.show(f"Secret '{name}' is kept", {"set": name})


@command("list", example="deskbill secret list", under=secret)
@click.pass_obj
def list_(terminal: Terminal) -> None:
    """List the names of the secrets in the keyring, never their values."""
    names = secrets.names()
    terminal.show("\n".join(names) or "The keyring has no secrets of ours", {"secrets": names})


@command("delete", example="deskbill secret delete zammad-token", under=secret)
@click.argument("name")
@click.pass_obj
def delete(terminal: Terminal, name: str) -> None:
    """Take a secret out of the keyring."""
    secrets.delete(name)
    terminal.show(f"Secret '{name}' is deleted", {"deleted": name})


COMMANDS = (secret,)
