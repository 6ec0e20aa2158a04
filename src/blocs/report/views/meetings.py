"""The great meetings of the period: what the record tells, what the runs give, and the story of one run."""

from __future__ import annotations

import shlex
from dataclasses import dataclass

from blocs.institutions.procedures.codes import OUTCOMES
from blocs.jobs.meetings import MeetingHeld, Seat
from blocs.jobs.result import RunResult
from blocs.report.story import Told, story
from blocs.report.words import Names, counted, long_date, percent
from blocs.scenario.load import where

RANKS = ((0.9, "head"), (0.5, "second rank"), (0.05, "low rank"), (-1.0, "absent"))
"""Words for the mean rank of a delegation, from the highest."""
RESULTS = {
    "none": "no result",
    "text": "an agreed text",
    "deferral": "nothing decided",
    "referral": "referred elsewhere",
    "rupture": "a breach",
}


@dataclass(frozen=True)
class SeatRow:
    """One delegation: texts ready to print; `marked` where the record or the runs single it out."""

    actor: str
    recorded: str
    rank: str
    singled_out: str
    signed: str
    defiant: str
    marked: bool


@dataclass(frozen=True)
class ActRow:
    """One recorded act of a meeting."""

    who: str
    whom: str
    act: str
    summary: str
    pages: str


@dataclass(frozen=True)
class MeetingView:
    """One meeting: its rows by delegation, what was recorded act by act, and the story of one run."""

    id: str
    title: str
    opens: str
    pages: str
    runs: int
    outcomes: str
    added: str
    rows: tuple[SeatRow, ...]
    acts: tuple[ActRow, ...]
    story: tuple[Told, ...]
    command: str


def meeting_views(run: RunResult, names: Names) -> tuple[MeetingView, ...]:
    """Return the meetings of a run as texts, in order of time."""
    return tuple(_view(run, names, m) for m in sorted(run.meetings, key=lambda m: m.opens))


def _view(run: RunResult, names: Names, m: MeetingHeld) -> MeetingView:
    outcomes = ", ".join(f"{RESULTS[o]} in {percent(m.outcomes[o])} of runs" for o in OUTCOMES if o in m.outcomes)
    added = ", ".join(
        f"{names.issue(k)} ({percent(x)} of runs)" for k, x in sorted(m.added.items(), key=lambda i: -i[1])
    )
    return MeetingView(
        m.id,
        m.title,
        long_date(m.opens),
        names.pages(m.pages),
        m.runs,
        outcomes or "the meeting did not take place",
        added or "nothing",
        tuple(_row(names, s) for s in sorted(m.seats, key=lambda s: -(s.singled_out + s.defiant + 0.01 * s.against))),
        tuple(
            ActRow(names.actor(i), names.actor(j), names.act(g), text, _pages(names, pages))
            for i, j, g, text, pages in m.recorded
        ),
        story(m.story, names) if m.story else (),
        _command(run, m),
    )


def _command(run: RunResult, m: MeetingHeld) -> str:
    """The command line that tells the story again: the same model, run, dates and interventions."""
    if m.story is None:
        return ""
    inside, fit = m.story.inside, run.fit
    words = ["blocs", "trace", where(run.scenario), "--run", str(inside.run), "--meeting", m.id]
    words += ["--until", str(fit.until), "--start", str(run.ensemble.start), "--end", str(run.ensemble.end)]
    words += ["--seed", str(inside.seed), "--draws", str(fit.draws)]
    return shlex.join(words + [word for line in inside.do for word in ("--do", line)])


def _pages(names: Names, listed: str) -> str:
    return names.pages(int(page) for page in listed.split(", ") if page)


def _row(names: Names, s: Seat) -> SeatRow:
    told = [
        text
        for n, text in (
            (s.against, f"{s.against} against the convener"),
            (s.friendly, f"{s.friendly} friendly to it"),
            (s.attacked, f"{counted(s.attacked, 'attack')} on it by others"),
        )
        if n
    ]
    return SeatRow(
        names.actor(s.actor),
        "; ".join(told) or "nothing told",
        next(word for least, word in RANKS if s.rank >= least),
        percent(s.singled_out),
        f"{percent(s.signed)} / {percent(s.refused)}",
        percent(s.defiant),
        s.against > 0 or s.singled_out > 0.5,
    )
