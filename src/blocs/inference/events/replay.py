"""Moving the state of an event model through time: one queue of changes, read from the record or made by simulation."""

from __future__ import annotations

import heapq
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from blocs.inference.events.attributes import EVERYONE, NodeChange
from blocs.inference.events.build import Functions, ViewKey, build, view_of
from blocs.inference.events.columns import Ints
from blocs.inference.events.effects import Custom, Effect, Turn
from blocs.inference.events.history import History
from blocs.inference.events.layers import Layer, Model
from blocs.inference.events.risk import RiskSet
from blocs.inference.events.terms import Term
from blocs.inference.events.views import TieView

Bools = NDArray[np.bool_]
# (time, rank, order, what, where, a, b, value): rank 0 comes before an event of the same time, rank 1 after it
Change = tuple[float, int, int, int, object, int, int, float]

_ADD, _PUT, _NODE, _PRESENT, _RISK = range(5)


class Replay:
    """The state just before a time: effects of the terms, who is present, and what is still to come.

    Events of one time all see the state before that time; changes of presence and of the risk set at that time come
    first. `here_moved` is set when the options may have changed; who reads them may clear it.
    """

    def __init__(self, history: History, terms: Sequence[Term], functions: Functions, model: Model) -> None:
        built = build(history, terms, functions, model)
        self.history = history
        self.model = model
        self.layers: tuple[Layer, ...] = built.layers
        self.effects: tuple[Effect, ...] = tuple(e for layer in built.layers for e in layer.effects)
        self.terms = tuple(t for t in terms if t.effect != "intercept")
        self.here_senders: Bools = history.present_senders.copy()
        self.here_receivers: Bools = self.here_senders if history.one_mode else history.present_receivers.copy()
        self.risk: Bools | None = None if history.risk is None else history.risk.initial.copy()
        self.here_moved = True
        self.row = 0
        self._world = built.world
        self._turns = [e for e in self.effects if isinstance(e, Turn)]
        self._ticking = [e for e in self.effects if e.lazy and isinstance(e, Turn | Custom)]
        self._decaying = [v for v in built.views.values() if v.halflife is not None]
        self._blank(built.views)
        self._own = [(view, history.own[name]) for (name, _, _), view in built.views.items() if name in history.own]
        self._order = 0
        self._soon: list[Change] = []
        self._later = self._exogenous(built.views)
        self._next = 0

    def _blank(self, views: dict[ViewKey, TieView]) -> None:
        """Give layers that ignore repetitions a view of the network of the events without a window."""
        ignoring = [layer for layer in self.layers if any(t.ignore_rep for t in layer.term.parts)]
        if not ignoring:
            return
        key = (self.history.default, None, None)
        if key not in views:
            views[key] = view_of(self.history.default, self.history)
            views[key].load(self.history.networks[self.history.default].initial, 0.0)
        for layer in ignoring:
            layer.blank = views[key]

    def _exogenous(self, views: dict[ViewKey, TieView]) -> list[Change]:
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
        if self.history.risk is not None:
            changes += self._risk_changes(self.history.risk)
        changes.sort(key=lambda c: c[:3])
        return changes

    def _node_changes(self, change: NodeChange) -> list[Change]:
        what, rank = (_PRESENT, 0) if change.name == "present" else (_NODE, 1)
        rows = zip(change.time.tolist(), change.node.tolist(), change.value.tolist(), strict=True)
        return [(t, rank, self._count(), what, change, k, 0, x) for t, k, x in rows]

    def _risk_changes(self, risk: RiskSet) -> list[Change]:
        rows = zip(risk.time.tolist(), risk.i.tolist(), risk.j.tolist(), risk.open.tolist(), strict=True)
        return [(t, 0, self._count(), _RISK, risk, i, j, float(x)) for t, i, j, x in rows]

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

    def next_comes_first(self) -> bool:
        """Return whether the next change comes before an event of its time: of presence or of the risk set."""
        return self._next < len(self._later) and self._peek()[1] == 0

    def next_is_presence(self) -> bool:
        """Return whether the next change is of who is present, and of nothing a statistic or risk set reads."""
        return self.next_comes_first() and self._peek()[3] == _PRESENT

    def next_opens_nothing(self) -> bool:
        """Return whether the next change is of receivers that come or go while only senders are options."""
        change = self._peek()[4]
        return self.model == "rate" and isinstance(change, NodeChange) and change.side == "receiver"

    def _peek(self) -> Change:
        if self._soon and (self._next >= len(self._later) or self._soon[0][:3] < self._later[self._next][:3]):
            return self._soon[0]
        return self._later[self._next]

    def advance(self, time: float) -> None:
        """Apply all changes before `time`, and the changes of presence and of the risk set at `time`."""
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
        """Let what moves with time alone move to `time`; nothing else moves."""
        for view in self._decaying:
            view.move_to(time)
        for effect in self._ticking:
            effect.tick(time)

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
        elif self.risk is not None:
            self.risk[a, b] = value > 0
            self.here_moved = True

    def _apply_node(self, change: NodeChange, what: int, k: int, value: float) -> None:
        if what == _PRESENT:
            here = self.here_senders if change.side == "sender" else self.here_receivers
            here[k] = value > 0
            self.here_moved = True
            return
        values = (self._world.sender if change.side == "sender" else self._world.receiver)[change.name]
        for node in range(values.size) if k == EVERYONE else (k,):
            new = float(np.delete(values, node).mean()) if np.isnan(value) else value
            if values[node] == new:
                continue
            values[node] = new
            for effect in self.effects:
                if change.name in effect.names:
                    effect.node(change.name, change.side, node)
                    if self.history.one_mode:
                        effect.node(change.name, "receiver", node)

    def record(self, time: float, i: int, j: int, amount: float, kind: int = 0) -> None:
        """Let i act toward j: the networks of the events take it up after `time`, turn effects at once."""
        what = _PUT if self.history.puts else _ADD
        for view, wanted in self._own:
            if wanted is not None and wanted != kind:
                continue
            heapq.heappush(self._soon, (time, 1, self._count(), what, view, i, j, amount))
            if view.window is not None:
                end = 0.0 if self.history.puts else -amount
                heapq.heappush(self._soon, (time + view.window, 1, self._count(), what, view, i, j, end))
        for effect in self._turns:
            effect.happened(time, i, j)
        self._world.last[:] = [(i, j)]

    def refresh(self) -> None:
        """Recompute the effects that move with time alone; call before reading them."""
        for effect in self.effects:
            if effect.lazy:
                effect.refresh()

    def open_nodes(self) -> Ints | None:
        """Return the opportunity set of the event that comes next, or None where all are open."""
        sets = self.history.opportunities
        return None if sets is None else sets[min(self.row, len(sets) - 1)]

    def open_options(self) -> Bools:
        """Return the options of a rate model [n1] or of a tie model [n1, n2] (each pair once, without direction)."""
        if self.model == "rate":
            here = self.here_senders.copy()
            nodes = self.open_nodes()
            return here if nodes is None else here & np.isin(np.arange(here.size, dtype=np.intp), nodes)
        here = np.outer(self.here_senders, self.here_receivers)
        if self.risk is not None:
            here &= self.risk
        if not self.history.one_mode:
            return here
        return here & ~np.eye(len(here), dtype=bool) if self.history.directed else np.triu(here, 1)

    def move_to_row(self, row: int) -> None:
        """Let recorded event `row` be the one that comes next."""
        self.here_moved = self.here_moved or (self.history.opportunities is not None and row != self.row)
        self.row = row
