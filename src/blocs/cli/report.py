"""`blocs report`: draw the report of a stored run again."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from blocs.cli.progress import progress


def register(app: typer.Typer) -> None:
    """Add the command to the application."""
    app.command("report")(report)


def report(
    run_dir: Annotated[Path, typer.Argument(metavar="RUN_DIR", help="A folder that `blocs run` wrote.")],
    out: Annotated[Path | None, typer.Option(help="Write here instead of RUN_DIR/report.html.")] = None,
) -> None:
    """Draw the report of a stored run again; its forecast is repeated from the stored fit and seed, and compared.

    Example: blocs report runs/camp --out camp.html
    """
    from blocs.jobs.rebuild import rebuild
    from blocs.report.html import render_report
    from blocs.store.file import draft_file
    from blocs.store.read import open_run
    from blocs.store.spec import REPORT

    open_run(run_dir)
    path = out or run_dir / REPORT
    with draft_file(path) as draft, progress() as tell:
        result = rebuild(run_dir, tell)
        tell("drawing the report", 0, 0)
        draft.write_text(render_report(result), encoding="utf-8")
    typer.echo(str(path))
