"""One scheduled session for the laboratory, as starting values."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

FORM = {"meeting": 1.0, "text": 2.0, "requests": 3.0, "demands": 4.0}
OPENS, DAYS, NOTICE = 56.0, 14.0, 21.0
WEEK = 7
FIRST = int(OPENS) // WEEK
"""Week at whose end the session is open; it closes `DAYS / 7` weeks later."""


def session(
    form: str,
    agenda: Iterable[str],
    seats: Iterable[str] = ("hub", "rim", "plain", "ridge"),
    chair: str = "hub",
    drafter: str = "hub",
    place: int = 0,
    **given: Any,
) -> Mapping[str, Any]:
    """Return starting values that put one session on the schedule.

    Args:
        form: a key of `FORM`.
        agenda: declared issues.
        seats: who is invited.
        chair: who convenes.
        drafter: who writes the draft, or asks.
        place: on the schedule.
        given: other entries of the schedule without their prefix (`day`, `days`, `notice`, `rule`, `dossier`...).
    """
    values = {
        "day": OPENS,
        "days": DAYS,
        "notice": NOTICE,
        "lead": 7.0,
        "rule": 1.0,
        "reserve": 1.0,
        "naming": 1.0,
        **given,
    }
    # the scenario may hold a session of its own at this place
    found: dict[str, Any] = {f"plan_{name}[{place}]": 0.0 for name in ("seat", "chair", "drafter", "agenda", "dossier")}
    found |= {f"plan_rank[{place}]": -1.0, f"plan_form[{place}]": FORM[form]}
    found |= {f"plan_{name}[{place}]": value for name, value in values.items()}
    found |= {f"plan_seat[{place},{who}]": 1.0 for who in seats}
    found |= {f"plan_agenda[{place},{issue}]": 1.0 for issue in agenda}
    return found | {f"plan_chair[{place},{chair}]": 1.0, f"plan_drafter[{place},{drafter}]": 1.0}
