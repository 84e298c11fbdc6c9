"""The command that plays the main job on this machine: two desks, one contract, a real accounting system."""

from pathlib import Path

import click

from connector.cli.faults import DIFFERS, FINE, REMOTE
from connector.cli.terminal import Terminal, command
from connector.http import ConfigError


@command("demo", example="deskbill demo")
@click.option(
    "--folder",
    type=click.Path(file_okay=False, path_type=Path),
    default=Path("deskbill-demo"),
    show_default=True,
    help="Where its files stay; a folder of its own.",
)
@click.pass_obj
def demo(terminal: Terminal, folder: Path) -> int:
    """Play the main job once on this machine.

    Two demo desks and a real Tryton start on loopback; March is billed, posted and read back, then corrected.
    The first time it installs Tryton's server in an environment of its own. Nothing is left running.
    """
    # Simulators and server take a while to load, and no other command needs them.
    from connector.demo import story
    from connector.demo.folder import NotOursError
    from connector.demo.tryton_server import TrytonUnavailableError

    lines: list[str] = []
    try:
        story.play(folder.absolute(), lines.append if terminal.as_json else click.echo, terminal.note)
    except NotOursError as error:
        raise ConfigError(str(error)) from None
    except (TrytonUnavailableError, story.DemoFailedError) as error:
        click.echo(str(error), err=True)
        return DIFFERS if isinstance(error, story.DemoFailedError) else REMOTE
    if terminal.as_json:
        terminal.show("", {"folder": str(folder), "story": lines})
    return FINE


COMMANDS = (demo,)
