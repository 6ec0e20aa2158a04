"""A row of `blocs bench`, and the clock that fills it."""

from __future__ import annotations

import resource
from collections.abc import Callable
from dataclasses import asdict, dataclass
from statistics import median
from time import perf_counter

from blocs.jobs.peak import peak_mb


@dataclass(frozen=True)
class Row:
    """One timing: median wall-clock `seconds` of the repeats, `spread` (least, most), processor seconds, peak memory.

    `peak_mb` is the largest resident memory so far of this process, or of the fresh processes where the row times
    those, in MB. `ratio` is how many times as fast as `against` this is, by the run on the same input: the median over
    turns. `note` says why a figure is missing.
    """

    name: str
    seconds: float | None
    spread: tuple[float, float] | None
    peak_mb: float | None
    ratio: float | None = None
    against: str | None = None
    cpu_seconds: float | None = None
    note: str = ""

    def to_dict(self) -> dict[str, object]:
        """Return the row as JSON holds it."""
        return asdict(self)


class Clock:
    """Wall-clock and processor seconds of each call of some work; `children` counts processes that it waited for."""

    def __init__(self, children: bool = False) -> None:
        self.who = resource.RUSAGE_CHILDREN if children else resource.RUSAGE_SELF
        self.wall: list[float] = []
        self.cpu: list[float] = []

    def __call__(self, work: Callable[[], object]) -> None:
        """Run the work once and note what it took."""
        begin, used = perf_counter(), self._used()
        work()
        self.wall.append(perf_counter() - begin)
        self.cpu.append(self._used() - used)

    def row(self, name: str, share: float = 1.0, ratio: float | None = None, against: str | None = None) -> Row:
        """Return the row of what was timed, its seconds times `share`."""
        wall, cpu = [share * x for x in self.wall], [share * x for x in self.cpu]
        return Row(name, median(wall), (min(wall), max(wall)), peak_mb(), ratio, against, median(cpu))

    def _used(self) -> float:
        used = resource.getrusage(self.who)
        return used.ru_utime + used.ru_stime


def timed(name: str, work: Callable[[], object], repeats: int) -> Row:
    """Return the row of some work done `repeats` times."""
    clock = Clock()
    for _ in range(repeats):
        clock(work)
    return clock.row(name)


__all__ = ["Clock", "Row", "timed"]
