"""Moving the state of an event model through time: one queue of changes, read from the record or made by simulation."""

from __future__ import annotations

import heapq
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from blocs.inference.events.build import Functions, build
from blocs.inference.events.effects import Effect, Turn
from blocs.inference.events.history import History, NodeChange
from blocs.inference.events.terms import Term
from blocs.inference.events.views import TieView

Bools = NDArray[np.bool_]
# (time, rank, order, what, where, a, b, value): rank 0 comes before an event of the same time, rank 1 after it
Change = tuple[float, int, int, int, object, int, int, float]

_ADD, _PUT, _NODE, _PRESENT = range(4)


class Replay:
    """The state just before a time: effects of the terms, who is present, and what is still to come.

    Events of one time all see the state before that time; presence changes of that time come first.
    """

    def __init__(self, history: History, terms: Sequence[Term], functions: Functions, model: str) -> None:
        built = build(history, terms, functions, model)
        self.history = history
        self.effects: tuple[Effect, ...] = built.effects
        self.terms = tuple(t for t in terms if t.effect != "intercept")
        self.here_senders: Bools = history.present_senders.copy()
        self.here_receivers: Bools = self.here_senders if history.one_mode else history.present_receivers.copy()
        self.presence_moved = True
        self._world = built.world
        self._turns = [e for e in self.effects if isinstance(e, Turn)]
        self._decaying = [v for v in built.views.values() if v.halflife is not None]
        self._own = [v for (name, _, _), v in built.views.items() if name == history.default and history.builds]
        self.default = self._default_view(built.views)
        self._order = 0
        self._soon: list[Change] = []
        self._later = self._exogenous(built.views)
        self._next = 0

    def _default_view(self, views: dict[tuple[str, float | None, float | None], TieView]) -> TieView | None:
        """Return an unwindowed view of the default network, where some term ignores repetitions."""
        if not any(t.ignore_rep for t in self.terms):
            return None
        key = (self.history.default, None, None)
        if key in views:
            return views[key]
        net = self.history.networks[self.history.default]
        view = TieView((net.initial.shape[0], net.initial.shape[1]), net.directed, None, None)
        view.load(net.initial, 0.0)
        views[key] = view
        if self.history.builds:
            self._own.append(view)
        return view

    def _exogenous(self, views: dict[tuple[str, float | None, float | None], TieView]) -> list[Change]:
        changes: list[Change] = []
        for (name, window, _), view in views.items():
            net = self.history.networks[name]
            what = _PUT if net.replace else _ADD
            rows = list(zip(net.time.tolist(), net.i.tolist(), net.j.tolist(), net.value.tolist(), strict=True))
            changes += [(t, 1, self._count(), what, view, i, j, x) for t, i, j, x in rows]
            if window is not None:
                end = 0.0 if net.replace else -1.0
                changes += [(t + window, 1, self._count(), what, view, i, j, end * x) for t, i, j, x in rows]
        read = {name for e in self.effects for name in e.names}
        for change in self.history.changes:
            if change.name == "present" or change.name in read:
                changes += self._node_changes(change)
        changes.sort(key=lambda c: c[:3])
        return changes

    def _node_changes(self, change: NodeChange) -> list[Change]:
        what, rank = (_PRESENT, 0) if change.name == "present" else (_NODE, 1)
        rows = zip(change.time.tolist(), change.node.tolist(), change.value.tolist(), strict=True)
        return [(t, rank, self._count(), what, change, k, 0, x) for t, k, x in rows]

    def _count(self) -> int:
        self._order += 1
        return self._order

    def next_time(self) -> float:
        """Return the time of the next change, or infinity."""
        later = self._later[self._next][0] if self._next < len(self._later) else np.inf
        return min(later, self._soon[0][0]) if self._soon else later

    def first_time(self) -> float:
        """Return the time of the first event or change that a term reads; presence does not start the clock."""
        changes = (c[0] for c in self._later if c[1] == 1)
        return min(float(self.history.time[0]), next(changes, np.inf))

    def next_is_presence(self) -> bool:
        """Return whether the next change is of who is present."""
        return self._next < len(self._later) and self._peek()[1] == 0

    def _peek(self) -> Change:
        if self._soon and (self._next >= len(self._later) or self._soon[0][:3] < self._later[self._next][:3]):
            return self._soon[0]
        return self._later[self._next]

    def advance(self, time: float) -> None:
        """Apply all changes before `time`, and the changes of presence at `time`."""
        self._apply_below((time, 1))
        self.fade(time)

    def pass_time(self, time: float) -> None:
        """Apply all changes up to and at `time`."""
        self._apply_below((time, 2))
        self.fade(time)

    def _apply_below(self, limit: tuple[float, int]) -> None:
        soon, later = self._soon, self._later
        while True:
            if soon and (self._next >= len(later) or soon[0][:3] < later[self._next][:3]):
                if soon[0][:2] >= limit:
                    return
                self._apply(heapq.heappop(soon))
            else:
                if self._next >= len(later) or later[self._next][:2] >= limit:
                    return
                self._apply(later[self._next])
                self._next += 1

    def fade(self, time: float) -> None:
        """Let decaying weights fade up to `time`; nothing else moves."""
        for view in self._decaying:
            view.move_to(time)

    def _apply(self, change: Change) -> None:
        time, _, _, what, where, a, b, value = change
        if isinstance(where, TieView):
            where.move_to(time)
            if what == _ADD:
                where.add(a, b, value)
            else:
                where.put(a, b, value)
        elif isinstance(where, NodeChange):
            self._apply_node(where, what, a, value)

    def _apply_node(self, change: NodeChange, what: int, k: int, value: float) -> None:
        if what == _PRESENT:
            here = self.here_senders if change.side == "sender" else self.here_receivers
            here[k] = value > 0
            self.presence_moved = True
            return
        values = (self._world.sender if change.side == "sender" else self._world.receiver)[change.name]
        if np.isnan(value):
            value = float(np.delete(values, k).mean())
        if values[k] == value:
            return
        values[k] = value
        for effect in self.effects:
            if change.name in effect.names:
                effect.node(change.name, change.side, k)
                if self.history.one_mode:
                    effect.node(change.name, "receiver", k)

    def record(self, time: float, i: int, j: int, amount: float) -> None:
        """Let i act toward j: the network of the events takes it up after `time`, turn effects at once."""
        for view in self._own:
            heapq.heappush(self._soon, (time, 1, self._count(), _ADD, view, i, j, amount))
            if view.window is not None:
                heapq.heappush(self._soon, (time + view.window, 1, self._count(), _ADD, view, i, j, -amount))
        for effect in self._turns:
            effect.happened(i, j)

    def refresh(self) -> None:
        """Recompute the effects that move with time alone; call before reading them."""
        for effect in self.effects:
            if effect.lazy:
                effect.refresh()
