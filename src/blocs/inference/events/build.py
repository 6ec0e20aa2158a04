"""From terms to effects: which networks and attributes each one reads, and whether it fits the model."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from blocs.ground.errors import bad_input
from blocs.inference.events.aliases import plain
from blocs.inference.events.effects import CATALOGUE, Custom, Effect, World
from blocs.inference.events.history import History
from blocs.inference.events.layers import Layer, Model
from blocs.inference.events.terms import Term
from blocs.inference.events.views import TieView

ViewKey = tuple[str, float | None, float | None]
Functions = Mapping[str, Callable[..., object]]
_BY_NAME = {name.lower(): name for name in CATALOGUE}
_SIDES = {"rate": ("sender",), "choice": ("receiver", "dyad"), "tie": ("sender", "receiver", "dyad")}
_VALUED = ("window", "halflife", "unit", "transform", "summary", "type", "history")
_FLAGGED = {"weighted": True, "ignore_rep": True, "unique": True, "symmetric": False, "absolute": False}


@dataclass(frozen=True)
class Built:
    """The parts of one run through a history: layers in the order of the terms, and the views they share."""

    layers: tuple[Layer, ...]
    views: dict[ViewKey, TieView]
    world: World


def build(history: History, terms: Sequence[Term], functions: Functions, model: Model) -> Built:
    """Build fresh effects for `model` at the start of the history.

    Raises:
        InputError: an unknown effect, network or attribute, an option the effect does not have, or an effect that has
            no meaning in this model.
    """
    sender = {k: v.copy() for k, v in history.sender_values.items()}
    receiver = sender if history.one_mode else {k: v.copy() for k, v in history.receiver_values.items()}
    world = World(
        history.senders,
        history.receivers,
        history.one_mode,
        history.directed,
        sender,
        receiver,
        history.words,
        functions,
    )
    views: dict[ViewKey, TieView] = {}
    layers: list[Layer] = []
    for term in terms:
        if term.effect != "intercept":
            effects = tuple(_effect(t, history, world, views, model, product=bool(term.factors)) for t in term.parts)
            layers.append(Layer(term, effects, world, model))
    for (name, _, _), view in views.items():
        view.load(history.networks[name].initial, first_time(history))
    for layer in layers:
        for effect in layer.effects:
            effect.start()
            _check_shape(effect, world, model)
            for view in dict.fromkeys(effect.views):
                view.listeners.append(effect)
        if model == "choice" and all(e.kind == "sender" for e in layer.effects):
            raise bad_input("terms", layer.term.text, "is the same for all receivers", "a factor that tells them apart")
    return Built(tuple(layers), views, world)


def first_time(history: History) -> float:
    """Return the time of the earliest event or change of a network."""
    return min([float(history.time[0]), *(float(n.time[0]) for n in history.networks.values() if n.time.size)])


def expand(terms: Sequence[Term], senders: Sequence[str], receivers: Sequence[str]) -> tuple[Term, ...]:
    """Return the terms with one for each actor but the first in place of `fixed` without an actor."""
    found: list[Term] = []
    for term in terms:
        if term.effect != "fixed" or term.objects:
            found.append(term)
            continue
        labels = receivers if term.type in (None, "alter") else senders
        found += [replace(term, objects=(x,), text=f"{term.text} {x}", label=f"{term.label} {x}") for x in labels[1:]]
    return tuple(found)


def _effect(
    term: Term, history: History, world: World, views: dict[ViewKey, TieView], model: Model, product: bool
) -> Effect:
    kind = CATALOGUE.get(_BY_NAME.get(term.effect, ""))
    function = None if kind else next((f for n, f in world.functions.items() if plain(n) == term.effect), None)
    if function is not None:
        kind = Custom
    if kind is None:
        raise bad_input("terms", term.text, "unknown effect", ", ".join(CATALOGUE))
    term = _on_side(term, kind, model, product)
    term = _check_options(term, kind, model)
    if kind.one_mode_only and not history.one_mode:
        raise bad_input("terms", term.text, "needs one set of actors", "an effect for two modes")
    if kind.directed_only and not history.directed:
        raise bad_input("terms", term.text, "needs events with a direction", "an effect of pairs")
    if kind is Custom:
        return _custom(term, function, history, world, views)
    split = max(0, len(term.objects) - kind.attributes - kind.words) if not kind.networks else kind.networks
    nets, names = term.objects[:split], term.objects[split:]
    if kind.networks and len(term.objects) <= kind.attributes and kind.networks == 1:
        nets, names = (history.default,), term.objects
    _check_objects(term, kind, nets, names, history)
    return kind(term, world, tuple(_view(n, term, history, views) for n in nets), names)


def _custom(term: Term, function: object, history: History, world: World, views: dict[ViewKey, TieView]) -> Effect:
    objects = term.objects
    if function is None:
        if not objects or objects[0] not in world.functions:
            known = ", ".join(world.functions) or "one given in functions="
            raise bad_input("terms", term.text, "names no function", known)
        function, objects = world.functions[objects[0]], objects[1:]
    nets = tuple(name for name in objects if name in history.networks)
    names = tuple(name for name in objects if name not in history.networks)
    for name in names:
        if name not in history.sender_values and name not in history.receiver_values:
            raise bad_input("terms", term.text, f"unknown network or attribute {name}", ", ".join(history.networks))
    effect = Custom(term, world, tuple(_view(n, term, history, views) for n in nets), names)
    effect.bind(function, nets)
    return effect


def _on_side(term: Term, kind: type[Effect], model: Model, product: bool) -> Term:
    sides = (*_SIDES[model], "sender") if product else _SIDES[model]
    if not any(side in sides for side in kind.sides):
        raise bad_input("terms", term.text, f"has no meaning in a {model} model", f"an effect of {' or '.join(sides)}")
    if "type" not in kind.options or set(kind.sides) == {"dyad"}:
        return term
    if model == "rate":
        wanted = "ego"
    elif model == "choice" and not product and term.type != "both":
        wanted = "alter"
    else:
        wanted = term.type or "alter"
    if term.type not in (None, wanted) or (wanted == "both" and "dyad" not in kind.sides):
        raise bad_input(
            "terms",
            term.text,
            f"type is {term.type} in a {model} model",
            "ego or alter" if wanted == "both" else wanted,
        )
    return replace(term, type=wanted) if set(kind.sides) & {"sender", "receiver"} else term


def _check_options(term: Term, kind: type[Effect], model: Model) -> Term:
    if term.scaling is not None and "weighted" not in kind.options:
        term = replace(term, weighted=False)
    used = {k for k in _VALUED if getattr(term, k) is not None}
    used |= {k for k, value in _FLAGGED.items() if getattr(term, k) is value}
    used |= {"scaling"} if term.scaling in ("prop", "relevent") else set()
    wrong = sorted(used - kind.options)
    if wrong:
        raise bad_input("terms", term.text, f"has no option {wrong[0]}", ", ".join(sorted(kind.options)) or "none")
    if term.scaling == "relevent" and "type" not in kind.options:
        raise bad_input("terms", term.text, "scaling is 'relevent'", "prop or std")
    if term.ignore_rep and model == "rate":
        raise bad_input("terms", term.text, "ignores repetitions in a rate model", "a model with receivers")
    needs_weights = "weighted" in kind.options and not term.weighted
    if term.halflife is not None and needs_weights:
        raise bad_input("terms", term.text, "has a halflife but no weights", "weighted=True")
    if term.scaling == "std" and ("unit" in kind.options or (term.halflife is not None and term.transform is not None)):
        raise bad_input("terms", term.text, "standardises what fades unevenly", "no scaling")
    counts = kind.__name__.lower().endswith(("deg", "degree"))
    if term.transform is not None and needs_weights and not counts:
        raise bad_input("terms", term.text, "transforms a yes or no", "weighted=True")
    return term


def _check_objects(term: Term, kind: type[Effect], nets: Sequence[str], names: Sequence[str], history: History) -> None:
    if len(nets) != kind.networks:
        raise bad_input("terms", term.text, f"names {len(nets)} networks", f"{kind.networks}")
    bound = {"S": history.senders, "R": history.receivers}
    for name, joins in zip(nets, kind.joins(term.type), strict=True):
        if name not in history.networks:
            raise bad_input("terms", term.text, f"unknown network {name}", ", ".join(history.networks))
        net = history.networks[name]
        for letter, nodes in zip(joins, (net.rows, net.cols), strict=True):
            if bound.setdefault(letter, nodes) != nodes:
                ends = " to ".join(_some(nodes) for nodes in (net.rows, net.cols))
                raise bad_input(
                    "terms", term.text, f"{name} runs from {ends} and does not join the nodes of this effect"
                )
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
    for values in sides:
        for name in names:
            if name not in values:
                known = ", ".join(history.attributes) or "none is given"
                raise bad_input("terms", term.text, f"unknown attribute {name}", known)


def _some(nodes: tuple[str, ...]) -> str:
    return ", ".join(nodes[:2]) + (", ..." if len(nodes) > 2 else "")


def _view(name: str, term: Term, history: History, views: dict[ViewKey, TieView]) -> TieView:
    key = (name, term.window, term.halflife)
    if key not in views:
        views[key] = view_of(name, history, term.window, term.halflife)
    return views[key]


def view_of(name: str, history: History, window: float | None = None, halflife: float | None = None) -> TieView:
    """Return an empty view of a network of the history."""
    net = history.networks[name]
    view = TieView((net.initial.shape[0], net.initial.shape[1]), net.directed, window, halflife)
    view.floor = net.floor and window is None and halflife is None
    return view


def _check_shape(effect: Effect, world: World, model: Model) -> None:
    wanted = {"sender": (world.n1,), "receiver": (world.n2,), "dyad": (world.n1, world.n2)}[effect.kind]
    if effect.stat.shape != wanted:
        raise bad_input("terms", effect.term.text, "its networks do not join the senders to the receivers")
    if model == "rate" and effect.kind != "sender":
        raise bad_input(
            "terms", effect.term.text, "has no meaning in a rate model", "a statistic of senders (type=ego)"
        )
    if not np.isfinite(effect.stat).all():
        raise bad_input("terms", effect.term.text, "is not finite at the start", "a transform that is finite at 0")
