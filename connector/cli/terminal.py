"""What every command shares: the configuration, how answers are shown, how far a pull has come."""

import json
import logging
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click
from rich.console import Console
from rich.progress import Progress, TaskID

from connector.workflow.house import House, open_house

LOG = "%(asctime)s %(levelname)s %(name)s: %(message)s"
#: Told after each page: what, how far, out of how many if that is known.
Told = Callable[[str, int, int | None], object]


@dataclass
class Terminal:
    """One call of the command: its shared options and its way to the person or script that called it."""

    config: Path = Path("config.yaml")
    as_json: bool = False
    quiet: bool = False
    verbose: bool = False

    def show(self, text: str, data: Any) -> None:
        """Give the answer: text for people, or one JSON document for scripts."""
        click.echo(json.dumps(data, ensure_ascii=False, indent=2) if self.as_json else text)

    def note(self, text: str) -> None:
        """Tell a person something beside the answer."""
        if not (self.quiet or self.as_json):
            click.echo(text, err=True)

    @contextmanager
    def progress(self) -> Iterator[Told]:
        """Show bars while a person watches; silent in a pipe, with --quiet and with --json."""
        hidden = self.quiet or self.as_json or not sys.stderr.isatty()
        with Progress(console=Console(stderr=True), transient=True, disable=hidden) as bars:
            tasks: dict[str, TaskID] = {}

            def told(name: str, done: int, total: int | None) -> None:
                if name not in tasks:
                    tasks[name] = bars.add_task(name, total=total)
                bars.update(tasks[name], completed=done, total=total)

            yield told

    @contextmanager
    def house(self, actor: str = "deskbill", *, tell: bool = True) -> Iterator[House]:
        """Open the house of the configuration file, and close it again; ``tell`` what its files lack."""
        house = open_house(self.config, actor=actor)
        try:
            for problem in house.problems if tell and not self.quiet else ():
                click.echo(f"{problem.source or problem.about}: {problem.message}", err=True)
            yield house
        finally:
            house.close()


def _set(ctx: click.Context, param: click.Parameter, value: Any) -> None:
    if value is not None and param.name:
        setattr(ctx.ensure_object(Terminal), param.name, value)


def shared_options(*, env: bool) -> list[click.Parameter]:
    """Make the options that stand before or after any command; ``env``: the environment counts too."""

    def flag(names: list[str], text: str) -> click.Option:
        return click.Option(names, is_flag=True, default=None, expose_value=False, callback=_set, help=text)

    return [
        click.Option(
            ["--config"],
            type=click.Path(dir_okay=False, path_type=Path),
            envvar="DESKBILL_CONFIG" if env else None,
            expose_value=False,
            callback=_set,
            help="The configuration file (default: config.yaml; or DESKBILL_CONFIG).",
        ),
        flag(["--json", "as_json"], "Answer as one JSON document."),
        flag(["-q", "--quiet"], "Only the answer."),
        flag(["-v", "--verbose"], "Show the log."),
    ]


class Command(click.Command):
    """A command with the shared options."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.params = [*self.params, *shared_options(env=False)]

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command, with the log on standard error if that is asked for."""
        if ctx.ensure_object(Terminal).verbose:
            logging.basicConfig(level=logging.INFO, format=LOG, force=True)
        return super().invoke(ctx)


def command(
    name: str, *, example: str, under: click.Group | None = None
) -> Callable[[Callable[..., int | None]], click.Command]:
    """Make a command. It returns its exit code (None: 0); ``example`` ends its help."""

    def made(function: Callable[..., int | None]) -> click.Command:
        result = click.command(name, cls=Command, epilog=f"Example: {example}")(function)
        if under is not None:
            under.add_command(result)
        return result

    return made


def demand_yes(question: str, instead: str) -> None:
    """Ask a person, and go on with a yes only; ``instead`` says what a script does where nobody answers."""
    try:
        agreed = click.confirm(question, err=True)
    except click.Abort:
        if sys.stdin.isatty():
            raise
        click.echo(err=True)
        raise click.ClickException(f"Nobody is here to answer, so nothing was done; {instead}") from None
    if not agreed:
        raise click.ClickException("Nothing was done")
