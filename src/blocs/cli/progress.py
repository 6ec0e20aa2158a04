"""Progress on standard error, one line a stage, gone when the work is done."""

from __future__ import annotations

from collections.abc import Callable, Generator
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rich.progress import Progress, TaskID


@contextmanager
def progress() -> Generator[Callable[[str, int, int], None]]:
    """Yield a function of (stage, done, total) that draws a bar, or a spinner where the total is 0."""
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

    columns = (
        SpinnerColumn(),
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
    )
    console = Console(stderr=True)
    # where nobody watches, rich would leave an empty line
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as bars:
        yield _Stages(bars)


class _Stages:
    """Tasks of a bar by stage; a new stage ends the one before."""

    def __init__(self, bars: Progress) -> None:
        self.bars = bars
        self.tasks: dict[str, TaskID] = {}
        self.now = ""

    def __call__(self, stage: str, done: int, total: int) -> None:
        if stage != self.now:
            self._end()
            self.now = stage
        if stage not in self.tasks:
            self.tasks[stage] = self.bars.add_task(stage, total=total or None)
        self.bars.update(self.tasks[stage], completed=done, total=total or None)

    def _end(self) -> None:
        if task := self.tasks.get(self.now):
            self.bars.stop_task(task)
            self.bars.update(task, visible=False)
