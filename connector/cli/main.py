"""The command `deskbill`: all its commands, and the way out with a sentence and an exit code."""

import gc
import os
import sys
from collections.abc import Sequence
from typing import Any

import click
from click.shell_completion import get_completion_class

from connector import __version__
from connector.cli import (
    carry,
    contract,
    database,
    decisions,
    demo,
    plan,
    proofs,
    reports,
    secret,
    setup,
    statements,
    status,
    usage,
)
from connector.cli.faults import FORESEEN, INTERRUPTED, told
from connector.cli.terminal import Terminal, command, shared_options


class Porch(click.Group):
    """The outermost group: a foreseeable fault ends in a sentence and an exit code, not a traceback."""

    def main(self, *args: Any, **extra: Any) -> Any:
        """Run a command line and leave with its exit code."""
        extra["standalone_mode"] = False
        try:
            sys.exit(super().main(*args, **extra) or 0)
        except click.ClickException as error:
            error.show()
            sys.exit(error.exit_code)
        except click.Abort:
            click.echo("Interrupted. What was finished so far is kept.", err=True)
            sys.exit(INTERRUPTED)
        except BrokenPipeError:
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # nobody reads on
            sys.exit(0)
        except FORESEEN as error:
            code, message = told(error)
            click.echo(message, err=True)
            sys.exit(code)


@click.group(cls=Porch, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="deskbill")
@click.pass_context
def cli(ctx: click.Context) -> None:
    """Carry tickets and time from service desks through contracts into explained invoices in the books.

    Exit codes: 0 fine, 1 something is held or differs, 2 configuration or command line,
    3 a remote is down or refuses, 4 another process is at work.
    """
    ctx.ensure_object(Terminal)


cli.params += shared_options(env=True)


@command("completion", example="deskbill completion bash >> ~/.bashrc")
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
def completion(shell: str) -> None:
    """Print the script that completes commands in your shell."""
    kind = get_completion_class(shell)
    if kind:
        click.echo(kind(cli, {}, "deskbill", "_DESKBILL_COMPLETE").source())


for module in (
    *(setup, carry, usage, statements, reports, proofs, decisions, status),
    *(contract, plan, secret, database, demo),
):
    for each in module.COMMANDS:
        cli.add_command(each)
cli.add_command(completion)


def settle_memory() -> None:
    """Let the collector of cycles look less often: a large month is many small facts and no cycle.

    Measured at 100,000 entries, two runs in turn: a close takes 14 and 34 % less time.
    """
    gc.freeze()
    gc.set_threshold(100_000, 50, 100)


def main(args: Sequence[str] | None = None) -> None:
    """Run the command line of this process."""
    settle_memory()
    cli.main(args=args, prog_name="deskbill")
