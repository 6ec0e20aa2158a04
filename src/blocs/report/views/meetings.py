"""The great meetings of the period: what the record tells, what the runs give, and the story of one run."""

from __future__ import annotations

from dataclasses import dataclass

from blocs.institutions.procedures.codes import OUTCOMES
from blocs.jobs.meetings import MeetingHeld, Seat
from blocs.jobs.result import RunResult
from blocs.report.story import Told, story
from blocs.report.words import Names, long_date, percent

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
        tuple(ActRow(names.actor(i), names.actor(j), names.act(g), text, pages) for i, j, g, text, pages in m.recorded),
        story(m.story, names) if m.story else (),
        f"blocs trace {run.scenario.id} --run 0 --meeting {m.id} --seed {run.ensemble.seed}",
    )


def _row(names: Names, s: Seat) -> SeatRow:
    told = [
        text
        for n, text in (
            (s.against, f"{s.against} against the convener"),
            (s.friendly, f"{s.friendly} friendly to it"),
            (s.attacked, f"{s.attacked} attacks on it by others"),
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
