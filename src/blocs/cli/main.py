"""The `blocs` command: one module a command, registered here; heavy rooms are imported only when a command runs."""

from __future__ import annotations

import os
import signal
import sys
from types import FrameType
from typing import Annotated, Any

import typer

from blocs.cli import (
    ablate,
    ask,
    backtest,
    bench,
    check,
    cite,
    decide,
    effects,
    events,
    explain,
    facts,
    fit,
    forecast,
    imports,
    report,
    run,
    score,
    show,
    trace,
    tune,
)
from blocs.cli.quiet import without_alarms
from blocs.ground.errors import BlocsError, InputError

app = typer.Typer(
    name="blocs",
    help="A laboratory for bloc politics: record, fit, simulate and question alliances.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode="rich",
    context_settings={"help_option_names": ["-h", "--help"]},
)

# The order here is the order of `blocs --help`.
COMMANDS = (
    show,
    check,
    run,
    fit,
    forecast,
    score,
    explain,
    trace,
    ask,
    tune,
    ablate,
    decide,
    events,
    effects,
    facts,
    cite,
    imports,
    report,
    backtest,
    bench,
)

for _module in COMMANDS:
    _module.register(app)


def _version(asked: bool) -> None:
    if asked:
        from blocs.store.versions import blocs_version

        typer.echo(f"blocs {blocs_version()}")
        raise typer.Exit


@app.callback()
def options(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version and exit.")
    ] = False,
) -> None:
    """Take the options that stand before a command."""


TERMINATED = 128 + signal.SIGTERM
"""What a shell reports of a process that was asked to stop."""
INTERRUPTED = 128 + signal.SIGINT
"""What a shell reports of a process that was interrupted from the keyboard."""


BAD_USE = 2
"""The exit code of bad usage, bad input, and files that cannot be read or written."""

_Usage: type[Exception] = next(kind for kind in typer.BadParameter.mro() if kind.__name__ == "ClickException")
"""What is wrong with the words of a command line; Typer keeps the class to itself."""


def main() -> None:
    """Run the command line; bad input is one line a fault on standard error and exit code 2."""
    with without_alarms():
        _main()


def _main() -> None:
    signal.signal(signal.SIGTERM, _terminated)
    try:
        code = app(prog_name="blocs", standalone_mode=False)
        sys.stdout.flush()
    except InputError as error:
        for fault in error.faults:
            _say(str(fault))
        raise SystemExit(BAD_USE) from None
    except BlocsError as error:
        _say(str(error))
        raise SystemExit(1) from None
    except _Usage as error:
        if told := _usage(error):
            _say(told)
        raise SystemExit(BAD_USE) from None
    except BrokenPipeError:
        _close_output()  # the reader (head, less) has gone: leave quietly
        raise SystemExit(0) from None
    except OSError as error:
        _close_output()
        _say(f"{error.filename or 'output'}: file: cannot be read or written ({error.strerror or error})")
        raise SystemExit(BAD_USE) from None
    # an interrupt comes here as the code that Typer makes of it
    if code == INTERRUPTED:
        _say("interrupted; nothing half-written was kept")
    raise SystemExit(code or 0)


def _say(text: str) -> None:
    print(f"blocs: {text}", file=sys.stderr)


def _usage(error: Any) -> str:
    """Return in one line what is wrong with a command line and where its words are listed; nothing where help was shown."""
    told = " ".join(error.format_message().split()).rstrip(".")
    command = error.ctx.command_path if error.ctx else " ".join(["blocs", *sys.argv[1:2]])
    place = command.removeprefix("blocs").strip()
    return f"{place and place + ': '}{told}, see `{command} --help`" if told else ""


def _close_output() -> None:
    """Keep Python from writing again, at its end, what could not be written."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _terminated(number: int, frame: FrameType | None) -> None:
    """Leave as an interrupted command does: what was being written is taken away first."""
    raise SystemExit(TERMINATED)
