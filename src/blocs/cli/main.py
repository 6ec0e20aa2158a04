"""The `blocs` command: one module a command, registered here; heavy rooms are imported only when a command runs."""

from __future__ import annotations

import os
import signal
import sys
from types import FrameType

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


TERMINATED = 128 + signal.SIGTERM
"""What a shell reports of a process that was asked to stop."""
INTERRUPTED = 128 + signal.SIGINT
"""What a shell reports of a process that was interrupted from the keyboard."""


def main() -> None:
    """Run the command line; bad input is one line a fault on standard error and exit code 2."""
    signal.signal(signal.SIGTERM, _terminated)
    try:
        app()
    except InputError as error:
        for fault in error.faults:
            print(f"blocs: {fault}", file=sys.stderr)
        raise SystemExit(2) from None
    except BlocsError as error:
        print(f"blocs: {error}", file=sys.stderr)
        raise SystemExit(1) from None
    except SystemExit as left:
        # an interrupt comes here as the code that Typer makes of it
        if left.code == INTERRUPTED:
            print("blocs: interrupted; nothing half-written was kept", file=sys.stderr)
        raise
    except BrokenPipeError:
        # The reader (head, less) has gone: leave quietly, and keep Python from complaining at shutdown.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        raise SystemExit(0) from None


def _terminated(number: int, frame: FrameType | None) -> None:
    """Leave as an interrupted command does: what was being written is taken away first."""
    raise SystemExit(TERMINATED)
