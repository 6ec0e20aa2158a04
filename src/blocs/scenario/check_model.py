"""Checks of what `scenario.yaml` asks of the model: mechanisms and their parameters, effects, the end of training."""

from __future__ import annotations

import math
from collections.abc import Callable, Collection
from typing import Any

from blocs.conduct.catalogue import full
from blocs.conduct.catalogue import without as leave_out
from blocs.ground.errors import Fault, InputError
from blocs.mechanisms.base import Card
from blocs.mechanisms.catalogue import by_name
from blocs.scenario.faults import Faults, near, shown
from blocs.scenario.folder import SPEC, Folder

Told = Callable[[tuple[str, ...], str, str], None]
"""Told of a place in the file (keys from the outside in), what is wrong there, and what was expected."""
LONGEST_STRIDE = 52


def model_faults(folder: Folder) -> tuple[Fault, ...]:
    """Return every mechanism, parameter, effect or day of `scenario.yaml` that no model of the scenario could have."""
    if folder.spec is None or not folder.spec.whole:
        return ()
    faults, spec = Faults(str(folder.path / SPEC)), folder.spec.value

    def told(at: tuple[str, ...], problem: str, expected: str) -> None:
        faults.add(folder.spec_lines.line(at), ".".join(at), problem, expected)

    if not spec.period.start <= spec.training.until <= spec.period.end:
        told(("training", "until"), f"is {spec.training.until}", f"{spec.period.start} to {spec.period.end}")
    known = by_name()
    for name, params in spec.mechanisms.items():
        if name in known:
            _parameters(known[name].card, params, told)
        else:
            told(("mechanisms", name), f"is an unknown {shown(name)}", _one_of(name, known, "mechanism"))
    _choice(("model",), spec.model, told)
    light = spec.model.get("light", {})
    if isinstance(light, dict):
        _choice(("model", "light"), light, told)  # pyright: ignore[reportUnknownArgumentType]
    else:
        told(("model", "light"), f"is {shown(light)}", "what the light default has: only, without, stride")
    return faults.all()


def _parameters(card: Card, params: dict[str, Any], told: Told) -> None:
    known = {p.name: p for p in card.params}
    for key, value in params.items():
        at = ("mechanisms", card.name, key)
        if key not in known:
            told(at, f"is an unknown {shown(key)}", _one_of(key, known, f"parameter of {card.name}"))
            continue
        p = known[key]
        number = isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)
        if not number or not p.lo <= value <= p.hi:
            told(at, f"is {shown(value)}", f"{p.lo:g} to {p.hi:g} ({p.unit})")


def _choice(at: tuple[str, ...], model: dict[str, Any], told: Told) -> None:
    """Check `only`, `without` and `stride` of `model` or of its light default."""
    known = by_name()
    only, without, stride = model.get("only", []), model.get("without", []), model.get("stride", 1)
    for key, value in (("only", only), ("without", without)):
        if not isinstance(value, list):
            told((*at, key), f"is {shown(value)}", "a list of names")
    for name in only if isinstance(only, list) else ():  # pyright: ignore[reportUnknownVariableType]
        if str(name) not in known:
            told((*at, "only"), f"names {shown(name)}", _one_of(str(name), known, "mechanism"))  # pyright: ignore[reportUnknownArgumentType]
    for name in without if isinstance(without, list) else ():  # pyright: ignore[reportUnknownVariableType]
        try:
            leave_out(full(), [str(name)])  # pyright: ignore[reportUnknownArgumentType]
        except InputError as error:
            told((*at, "without"), error.faults[0].problem, error.faults[0].expected)
    if isinstance(stride, bool) or not isinstance(stride, int) or not 1 <= stride <= LONGEST_STRIDE:
        told((*at, "stride"), f"is {shown(stride)}", f"a number of steps, 1 to {LONGEST_STRIDE}")


def _one_of(name: str, known: Collection[str], kind: str) -> str:
    return f"a {kind}{near(name, known) or ': ' + ', '.join(known)}"
