"""Words and rounded numbers for people: short names, percentages, factors, dates, pages."""

from __future__ import annotations

import math
import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from markupsafe import Markup, escape

from blocs.scenario.scenario import ROLES, Scenario

LONGEST = 18
"""Letters of a short name at most; a longer one gives way to the actor's id where that is an abbreviation."""
ABBREVIATION = 3
ROLE_WORDS = {
    "patron": "the patron",
    "second_power": "the second power",
    "breakaway": "the breakaway",
    "narrator": "the narrator's side",
}
CITED = {"pages": ("p.", "pp."), "entries": ("reference", "references")}
"""Words before one number and before several, by kind of what is cited."""
NONE = "–"


@dataclass(frozen=True)
class Names:
    """Short names of everything a scenario names, by id; an id that nobody knows stands for itself.

    `cited` says what page numbers of the record are: pages of its source, or entries of its bibliography.
    """

    actors: Mapping[str, str]
    acts: Mapping[str, str]
    issues: Mapping[str, str]
    roles: Mapping[str, str]
    cited: str = "pages"

    @classmethod
    def of(cls, scenario: Scenario) -> Names:
        """Return the short names of a scenario."""
        roles = {who: ROLE_WORDS[role] for role in ROLES for who in scenario.roles.get(role, ())}
        return cls(
            short_names({a.id: a.name for a in scenario.actors.values()}, scenario.collectives),
            {a.id: a.name.lower() for a in scenario.acts.values()},
            {i.id: i.name for i in scenario.issues.values()},
            roles,
            scenario.spec.pages.kind if scenario.spec.pages else "pages",
        )

    def actor(self, who: str | None) -> str:
        """Return the short name of an actor, or a dash for none."""
        return NONE if who is None else self.actors.get(who, who)

    def act(self, what: str) -> str:
        """Return the name of a kind of act."""
        return self.acts.get(what, what)

    def issue(self, what: str) -> str:
        """Return the name of an issue."""
        return self.issues.get(what, what)

    def pages(self, pages: Iterable[int] | None) -> str:
        """Return where the record's sources tell of something: `pp. 5–7`, or `references 5–7`; empty for nowhere."""
        return page_list(pages, *CITED[self.cited])

    def plain(self, text: str, ids: Iterable[str]) -> str:
        """Return a text with whole-word ids of actors replaced by their short names."""
        known = [i for i in ids if i in self.actors]
        if not known:
            return text
        pattern = r"(?<![\w-])(" + "|".join(re.escape(i) for i in sorted(known, key=len, reverse=True)) + r")(?![\w-])"
        return re.sub(pattern, lambda found: self.actors[found.group()], text)


def short_names(full: Mapping[str, str], first: Collection[str] = ()) -> dict[str, str]:
    """Return a short name for each id: what stands before a bracket or comma, or the id in capitals if still long.

    Two ids never share a short name: those that would keep their full names, except that one id in `first` (the sides
    that a report is about) goes before those that are not.
    """
    found = {key: _short(key, name) for key, name in full.items()}
    holders: dict[str, list[str]] = {}
    for key, name in found.items():
        holders.setdefault(name, []).append(key)
    return {key: name if _owner(holders[name], first) == key else f"{full[key]} [{key}]" for key, name in found.items()}


def _owner(keys: Sequence[str], first: Collection[str]) -> str | None:
    """The id that may bear a short name: the only one, or the only one that goes first."""
    ahead = keys if len(keys) == 1 else [key for key in keys if key in first]
    return ahead[0] if len(ahead) == 1 else None


def _short(key: str, name: str) -> str:
    head = name.split(" (", maxsplit=1)[0].strip() or name
    if len(head) > LONGEST:
        head = head.split(",", maxsplit=1)[0].strip() or head
    return key.upper() if len(head) > LONGEST and len(key) <= ABBREVIATION else head


def percent(share: float) -> str:
    """Return a share (0..1) as a percentage: one decimal below 10 and above 90, so that rare things stay visible."""
    if not math.isfinite(share):
        return NONE
    value = 100.0 * share
    if value in (0.0, 100.0):
        return f"{value:.0f}%"
    if value < 0.1:
        return "<0.1%"
    if value > 99.9:
        return ">99.9%"
    return f"{value:.1f}%" if value < 10 or value > 90 else f"{value:.0f}%"


def points(difference: float) -> str:
    """Return a difference of shares in percentage points, with its sign."""
    return f"{100.0 * difference:+.1f}".replace("-", "−") if math.isfinite(difference) else NONE


def signed(value: float, digits: int = 2) -> str:
    """Return a number with its sign, or a dash where it is none."""
    return f"{value:+.{digits}f}".replace("-", "−") if math.isfinite(value) else NONE


def number(value: float, digits: int = 2) -> str:
    """Return a number with a fixed number of decimals, or a dash where it is none."""
    return f"{value:.{digits}f}".replace("-", "−") if math.isfinite(value) else NONE


def times(log_factor: float) -> str:
    """Return exp(log_factor) as a factor of two significant digits: 1.8, 0.43, 12."""
    value = math.exp(min(max(log_factor, -20.0), 20.0))
    if value >= 1000:
        return ">1000"
    if value < 0.001:
        return "<0.001"
    if value >= 9.95:
        return f"{value:.0f}"
    return f"{value:.2f}" if value < 1 else f"{value:.1f}" if value >= 1.95 else f"{value:.2f}"


def long_date(day: date | None) -> str:
    """Return a day as `4 June 1954`, or a dash for none."""
    return NONE if day is None else f"{day.day} {day:%B} {day.year}"


def month(day: date | None) -> str:
    """Return a day as `June 1954`, or a dash for none: what a forecast date is good for."""
    return NONE if day is None else f"{day:%B} {day.year}"


def dated(start: date, end: date) -> str:
    """Return the bounds of a date in words, as coarse as they are: `1956`, `June 1956 to May 1957`."""
    if start == end:
        return long_date(start)
    if (start.month, start.day, end.month, end.day) == (1, 1, 12, 31):
        return str(start.year) if start.year == end.year else f"{start.year} to {end.year}"
    if start.day == 1 and (end + timedelta(days=1)).day == 1:
        first, last = month(start), month(end)
        return first if first == last else f"{first} to {last}"
    return f"{long_date(start)} to {long_date(end)}"


def page_list(pages: Iterable[int] | None, one: str = "p.", several: str = "pp.") -> str:
    """Return page numbers as `p. 5` or `pp. 5–7, 12`, with other words for other numbers; empty for none."""
    kept = sorted(set(pages or ()))
    if not kept:
        return ""
    runs: list[list[int]] = []
    for page in kept:
        if runs and page == runs[-1][-1] + 1:
            runs[-1].append(page)
        else:
            runs.append([page])
    text = ", ".join(str(r[0]) if len(r) == 1 else f"{r[0]}–{r[-1]}" for r in runs)
    return f"{one if len(kept) == 1 else several} {text}"


def joined(parts: Iterable[str]) -> str:
    """Return `a`, `a and b` or `a, b and c`."""
    found = list(parts)
    return " and ".join([", ".join(found[:-1]), found[-1]]) if len(found) > 1 else "".join(found)


def counted(n: int, one: str, several: str = "") -> str:
    """Return a number with its noun: `1 act`, `2 acts`; `several` where that is not `one` with an s."""
    return f"{n} {one if n == 1 else several or one + 's'}"


def ordinal(n: int) -> str:
    """Return `1st`, `2nd`, `3rd`, `4th`, `11th`, `21st`."""
    ending = "th" if n % 100 in (11, 12, 13) else {1: "st", 2: "nd", 3: "rd"}.get(n % 10, "th")
    return f"{n}{ending}"


def coded(text: str) -> Markup:
    """Return a text for a page, escaped, with what stands between backticks as code."""
    return Markup(re.sub(r"`([^`]+)`", r"<code>\1</code>", str(escape(text))))


def capital(text: str) -> str:
    """Return a text with its first letter in capitals."""
    return text[:1].upper() + text[1:]
