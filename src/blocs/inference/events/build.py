"""From terms to effects: which networks and attributes each one reads, and whether it fits the model."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from blocs.ground.errors import bad_input
from blocs.inference.events.effects import ALIASES, CATALOGUE, Effect, World
from blocs.inference.events.history import History
from blocs.inference.events.terms import Term
from blocs.inference.events.views import TieView

ViewKey = tuple[str, float | None, float | None]
Functions = Mapping[str, Callable[..., object]]
_BY_NAME = {name.lower(): name for name in CATALOGUE} | ALIASES
_SIDES = {"rate": ("sender",), "choice": ("receiver", "dyad"), "tie": ("sender", "receiver", "dyad")}


@dataclass(frozen=True)
class Built:
    """The parts of one run through a history: effects in the order of the terms, and the views they share."""

    effects: tuple[Effect, ...]
    views: dict[ViewKey, TieView]
    world: World


def build(history: History, terms: Sequence[Term], functions: Functions, model: str) -> Built:
    """Build fresh effects for `model` ("rate", "choice" or "tie") at the start of the history.

    Raises:
        InputError: an unknown effect, network or attribute, an option the effect does not have, or an effect that has
            no meaning in this model.
    """
    sender = {k: v.copy() for k, v in history.sender_values.items()}
    receiver = sender if history.one_mode else {k: v.copy() for k, v in history.receiver_values.items()}
    world = World(history.n1, history.n2, history.one_mode, sender, receiver, frozenset(history.words), functions)
    views: dict[ViewKey, TieView] = {}
    effects = tuple(_effect(t, history, world, views, model) for t in terms if t.effect != "intercept")
    for (name, _, _), view in views.items():
        view.load(history.networks[name].initial, first_time(history))
    for effect in effects:
        effect.start()
        _check_shape(effect, world)
        for view in dict.fromkeys(effect.views):
            view.listeners.append(effect)
    return Built(effects, views, world)


def first_time(history: History) -> float:
    """Return the time of the earliest event or change of a network."""
    return min([float(history.time[0]), *(float(n.time[0]) for n in history.networks.values() if n.time.size)])


def _effect(term: Term, history: History, world: World, views: dict[ViewKey, TieView], model: str) -> Effect:
    kind = CATALOGUE.get(_BY_NAME.get(term.effect, ""))
    if kind is None:
        raise bad_input("terms", term.text, "unknown effect", ", ".join(CATALOGUE))
    term = _on_side(term, kind, model)
    _check_options(term, kind)
    if kind.one_mode_only and not history.one_mode:
        raise bad_input("terms", term.text, "needs one set of actors", "an effect for two modes")
    split = max(0, len(term.objects) - kind.attributes - kind.words) if not kind.networks else kind.networks
    nets, names = term.objects[:split], term.objects[split:]
    if kind.networks and len(term.objects) <= kind.attributes and kind.networks == 1:
        nets, names = (history.default,), term.objects
    _check_objects(term, kind, nets, names, history)
    return kind(term, world, tuple(_view(n, term, history, views) for n in nets), names)


def _on_side(term: Term, kind: type[Effect], model: str) -> Term:
    allowed = [side for side in kind.sides if side in _SIDES[model]]
    if not allowed:
        raise bad_input("terms", term.text, f"has no meaning in a {model} model", f"an effect of {_SIDES[model]}")
    if "type" not in kind.options or set(kind.sides) == {"dyad"}:
        return term
    wanted = {"rate": "ego", "choice": "alter"}.get(model, term.type or "alter")
    if term.type not in (None, wanted):
        raise bad_input("terms", term.text, f"type is {term.type} in a {model} model", wanted)
    return replace(term, type=wanted)


def _check_options(term: Term, kind: type[Effect]) -> None:
    used = {k for k in ("window", "halflife", "transform", "summary", "type") if getattr(term, k) is not None}
    used |= {k for k in ("weighted", "ignore_rep") if getattr(term, k)}
    used |= set() if term.symmetric else {"symmetric"}
    wrong = sorted(used - kind.options)
    if wrong:
        raise bad_input("terms", term.text, f"has no option {wrong[0]}", ", ".join(sorted(kind.options)) or "none")
    if term.halflife is not None and not term.weighted:
        raise bad_input("terms", term.text, "has a halflife but no weights", "weighted=True")
    if (
        term.transform is not None
        and "weighted" in kind.options
        and not term.weighted
        and not kind.__name__.endswith("deg")
    ):
        raise bad_input("terms", term.text, "transforms a yes or no", "weighted=True")


def _check_objects(term: Term, kind: type[Effect], nets: Sequence[str], names: Sequence[str], history: History) -> None:
    if len(nets) != kind.networks:
        raise bad_input("terms", term.text, f"names {len(nets)} networks", f"{kind.networks}")
    for name in nets:
        if name not in history.networks:
            raise bad_input("terms", term.text, f"unknown network {name}", ", ".join(history.networks))
        _check_mode(term, kind, history, name)
    if kind.words:
        return
    least = min(kind.attributes, 1)
    if not least <= len(names) <= kind.attributes:
        raise bad_input("terms", term.text, f"names {len(names)} attributes", f"{kind.attributes}")
    sides = {"ego": [history.sender_values], "alter": [history.receiver_values]}.get(
        kind.__name__.lower(), [history.sender_values, history.receiver_values]
    )
    if kind.networks:
        sides = [history.sender_values]
    for table in sides:
        for name in names:
            if name not in table:
                raise bad_input("terms", term.text, f"unknown attribute {name}", ", ".join(table) or "none is given")


def _check_mode(term: Term, kind: type[Effect], history: History, name: str) -> None:
    if history.one_mode or kind.networks == 2:
        return
    square = history.networks[name].square
    degree = kind.__name__ in ("Indeg", "Outdeg", "Tertius") and term.type == "ego"
    if degree and kind.__name__ == "Outdeg":
        return
    if square != degree or kind.__name__ == "Outdeg":
        raise bad_input("terms", term.text, f"{name} does not join the nodes this effect is about")


def _view(name: str, term: Term, history: History, views: dict[ViewKey, TieView]) -> TieView:
    key = (name, term.window, term.halflife)
    if key not in views:
        net = history.networks[name]
        shape = (net.initial.shape[0], net.initial.shape[1])
        views[key] = TieView(shape, net.directed, term.window, term.halflife)
    return views[key]


def _check_shape(effect: Effect, world: World) -> None:
    wanted = {"sender": (world.n1,), "receiver": (world.n2,), "dyad": (world.n1, world.n2)}[effect.kind]
    if effect.stat.shape != wanted:
        raise bad_input("terms", effect.term.text, "its networks do not join the senders to the receivers")
    if not np.isfinite(effect.stat).all():
        raise bad_input("terms", effect.term.text, "is not finite at the start", "a transform that is finite at 0")
