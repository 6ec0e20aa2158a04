"""Stylised facts: measure them, count those that hold, and write them as a page."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence

from blocs.facts.base import Finding
from blocs.facts.measure import chosen, measure_all
from blocs.store.cache import use_cache

COLUMNS = ("fact", "says", "expected", "simulated", "99% interval", "holds")
Tell = Callable[[str, int, int], None]


def facts(
    systems: Collection[str] = (),
    ids: Collection[str] = (),
    broken: bool = False,
    together: bool = False,
    workers: int | None = None,
    tell: Tell = lambda stage, done, total: None,
) -> list[Finding]:
    """Measure stylised facts on simulated histories of the teaching scenario.

    Args:
        systems: such as `S10`; all where none is given.
        ids: such as `F10.1`.
        broken: also measure each fact's broken variant, in which it must not hold.
        together: switch every mechanism on, and not those of the fact's system alone.
        workers: processes; the number of processors by default.
        tell: hears of stage, facts done, facts in all.

    Raises:
        InputError: a system or a fact that does not exist.
    """
    families = chosen(systems, ids)
    total = sum(len(f.facts) for f in families)
    done = 0

    def told(finding: Finding) -> None:
        nonlocal done
        done += 1
        tell("facts", done, total)

    tell("facts", 0, total)
    return measure_all(families, broken, together, workers, told, use_cache)


def cells(finding: Finding) -> tuple[str, ...]:
    """Return a finding as a row of `COLUMNS`; a broken variant that passed is said beside `holds`."""
    fact = finding.fact
    holds = "yes" if finding.holds else "NO"
    if finding.caught is not None:
        holds += ", broken variant caught" if finding.caught else ", BROKEN VARIANT PASSES"
    interval = f"{finding.lo:.3g} to {finding.hi:.3g}"
    return fact.id, fact.says, fact.expected, f"{finding.simulated:.3g}", interval, holds


def summary(findings: Sequence[Finding]) -> str:
    """Return how many facts hold, and how many broken variants were caught, in one line."""
    held = sum(f.holds for f in findings)
    text = f"{held} of {len(findings)} facts hold ({100 * held / max(1, len(findings)):.0f}%)"
    tried = [f for f in findings if f.caught is not None]
    if tried:
        text += f"; {sum(bool(f.caught) for f in tried)} of {len(tried)} broken variants are caught"
    return text


def markdown(findings: Sequence[Finding]) -> str:
    """Return the findings as a table with a line that counts them."""
    lines = [f"{summary(findings)}.", "", "| " + " | ".join(COLUMNS) + " |", "|" + " --- |" * len(COLUMNS)]
    lines += ["| " + " | ".join(c.replace("|", "\\|") for c in cells(f)) + " |" for f in findings]
    notes = [f"- {f.fact.id}: {f.fact.note}" for f in findings if f.fact.note]
    return "\n".join(lines + (["", *notes] if notes else []))
