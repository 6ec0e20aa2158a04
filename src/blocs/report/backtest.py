"""The folder of a benchmark: `scores.json` and a self-contained `report.html`, whole or absent."""

from __future__ import annotations

import json
from dataclasses import dataclass
from html import escape
from pathlib import Path
from typing import Any

from markupsafe import Markup

from blocs.ground.errors import bad_input
from blocs.jobs.backtest.base import Backtest, Score, cell_text
from blocs.jobs.backtest.page import COLUMNS, rows
from blocs.jobs.bench import machine
from blocs.report.figures.style import BASELINE, FORECAST, blank, hover
from blocs.report.html import environment, plotly_script, template_text
from blocs.store.folder import draft_folder

FORMAT = "blocs-backtest"
SCORES, REPORT = "scores.json", "report.html"


@dataclass(frozen=True)
class Picture:
    """A figure with what a page says of it."""

    id: str
    title: str
    alt: str
    height: int
    figure: Any


def free(out: Path, force: bool) -> None:
    """Check that a folder may be written, before the work.

    Raises:
        InputError: something that is no earlier backtest is there, or one is and `force` is False.
    """
    if not out.exists() or (out.is_dir() and not any(out.iterdir())):
        return
    if not _is_ours(out):
        raise bad_input(str(out), "--out", "exists and holds something other than a backtest", "a name that is free")
    if not force:
        raise bad_input(str(out), "--out", "already holds a backtest", "--force to replace it, or another name")


def write(result: Backtest, out: Path, force: bool = False) -> None:
    """Write the folder in one step; an interrupted run leaves nothing under its name.

    Raises:
        InputError: the folder may not be replaced or cannot be written.
    """
    whole = {"format": FORMAT, "version": 1, **result.to_json()}
    with draft_folder(out, force, _is_ours) as folder:
        (folder / SCORES).write_text(json.dumps(whole, ensure_ascii=False, allow_nan=False, indent=1) + "\n", "utf-8")
        (folder / REPORT).write_text(render_backtest(result), "utf-8")


def _is_ours(out: Path) -> bool:
    try:
        return json.loads((out / SCORES).read_text("utf-8")).get("format") == FORMAT
    except (OSError, ValueError, AttributeError):
        return False


def render_backtest(result: Backtest) -> str:
    """Return the report of a benchmark as one HTML document that fetches nothing."""
    page = environment().get_template("backtest.html.j2")
    return page.render(
        result=result,
        columns=COLUMNS,
        rows=rows(result),
        tables=[(t, [[cell_text(c) for c in row] for row in t.rows]) for t in result.tables],
        pictures=pictures(result),
        machine=machine(),
        style=Markup(template_text("report.css")),
        script=Markup(template_text("report.js")),
        plotly=Markup(plotly_script()),
    )


def pictures(result: Backtest) -> list[Picture]:
    """Return one dot plot for each metric of the main sample (that of the model's first score)."""
    own = [s for s in result.scores if s.of == result.model and not s.against]
    if not own:
        return []
    sample = own[0].sample
    metrics = dict.fromkeys(s.metric for s in own if s.sample == sample)
    found: list[Picture] = []
    for n, metric in enumerate(metrics):
        shown = [s for s in result.scores if (s.metric, s.sample, s.against) == (metric, sample, "")]
        title = f"{metric}, {sample}: {shown[0].better} is better"
        alt = f"Dot plot of {metric} by forecaster; the same numbers are in the table of scores."
        found.append(Picture(f"metric-{n}", title, alt, 70 + 28 * len(shown), _dots(shown, result.model)))
    return found


def _dots(shown: list[Score], model: str) -> Any:
    fig = blank(height=70 + 28 * len(shown), legend=False)
    ordered = sorted(shown, key=lambda s: s.value, reverse=shown[0].better == "lower")
    for s in ordered:
        colour = FORECAST if s.of == model else BASELINE
        lo, hi = s.value if s.lo is None else s.lo, s.value if s.hi is None else s.hi
        fig.add_scatter(
            x=[s.value], y=[escape(s.of)], mode="markers", marker={"color": colour, "size": 10},
            error_x={"type": "data", "symmetric": False, "color": colour, "thickness": 2, "width": 0,
                     "array": [hi - s.value], "arrayminus": [s.value - lo]},
            text=[hover([s.of, f"{s.value:.4g} ({lo:.4g} to {hi:.4g})"])], hovertemplate="%{text}<extra></extra>",
        )  # fmt: skip
    fig.update_xaxes(title_text=escape(shown[0].metric))
    return fig
