"""The report of a run: one HTML file that needs no network, for readers who know the history and not the model."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from blocs.jobs.result import RunResult
from blocs.report import pictures
from blocs.report.views import about
from blocs.report.views.acts import explained
from blocs.report.views.effects import effect_groups
from blocs.report.views.known import known_view
from blocs.report.views.meetings import meeting_views
from blocs.report.views.outcomes import outcome_groups
from blocs.report.views.questions import questions, sensitivity_view, unanswered
from blocs.report.views.scores import score_view
from blocs.report.words import Names, coded, counted

SECTIONS = (
    ("asked", "What was asked"),
    ("map", "The bloc, recorded and forecast"),
    ("timeline", "What was recorded, act by act"),
    ("outcomes", "Outcomes"),
    ("effects", "What moves conduct"),
    ("acts", "Key acts explained"),
    ("questions", "What would have changed it"),
    ("meetings", "Meetings, recorded and simulated"),
    ("sensitivity", "If the source saw only part"),
    ("scores", "How good the forecast was"),
    ("sources", "What the source is and is not"),
    ("method", "Method and limits"),
    ("reproduce", "How to reproduce"),
)


@dataclass(frozen=True)
class Section:
    """A heading of the report: anchor and title."""

    id: str
    title: str


def render_report(run: RunResult) -> str:
    """Return the report as one self-contained HTML document (SYSTEM section 5 names the questions it answers).

    Styles, script and plotly are inlined once; nothing is fetched. Text of the scenario is escaped everywhere.

    Args:
        run: what `blocs run` leaves in memory.
    """
    names = Names.of(run.scenario)
    answered, gone = questions(run, names), unanswered(run)
    absent = _absent(run, bool(answered or gone.rows))
    page = environment().get_template("report.html.j2")
    return page.render(
        spec=run.scenario.spec,
        names=names,
        sections=[Section(*s) for s in SECTIONS if s[0] not in absent],
        brief=about.brief(run, names),
        asked=about.asked(run),
        roles=about.who_is_who(run, names),
        outcomes=outcome_groups(run, names),
        effects=effect_groups(run.fit),
        acts=[explained(run.scenario, names, e) for e in run.explanations],
        questions=answered,
        unanswered=gone,
        meetings=meeting_views(run, names),
        sensitivity=sensitivity_view(run, names),
        scores=score_view(run.scores) if run.scores else None,
        sources=tuple(run.scenario.sources.values()),
        known=known_view(run),
        limits=about.limits(run),
        reproduce=about.reproduce(run),
        pictures=pictures.draw(run, names),
        style=Markup(template_text("report.css")),
        script=Markup(template_text("report.js")),
        plotly=Markup(plotly_script()),
    )


def _absent(run: RunResult, asked: bool) -> set[str]:
    missing = {
        "acts": run.explanations,
        "questions": asked,
        "meetings": run.meetings,
        "scores": run.scores is not None,
    }
    gone = {section for section, there in missing.items() if not there}
    return gone | ({"sensitivity"} if run.sensitivity.height == 0 else set())


@cache
def environment() -> Environment:
    """Return the templates of this package, everything escaped, with the filters `figure_json`, `coded` and `counted`."""
    env = Environment(
        loader=PackageLoader("blocs.report"), autoescape=True, undefined=StrictUndefined, trim_blocks=True,
        lstrip_blocks=True,
    )  # fmt: skip
    filters: dict[str, Any] = env.filters
    filters.update(figure_json=figure_json, coded=coded, counted=counted)
    return env


def figure_json(figure: Any) -> Markup:
    """Return a figure as JSON that may stand inside a script element: no `<`, so no end tag, in any string of it."""
    text = json.dumps(json.loads(figure.to_json()), separators=(",", ":"), allow_nan=False)
    return Markup(text.replace("<", "\\u003c").replace("\u2028", "\\u2028").replace("\u2029", "\\u2029"))


def template_text(name: str) -> str:
    """Return a template, style or script as it stands."""
    return resources.files("blocs.report").joinpath("templates", name).read_text(encoding="utf-8")


def plotly_script() -> str:
    """Return plotly's script, to be inlined."""
    from plotly.offline import get_plotlyjs  # pyright: ignore[reportMissingTypeStubs]

    return str(get_plotlyjs())
