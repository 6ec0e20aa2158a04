"""Terms of an event model, such as `indeg(calls, window=300)` or `inertia:same(floor)`, as plain data."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from blocs.ground.errors import bad_input
from blocs.inference.events.aliases import ALIASES, OWN_NAMED, plain
from blocs.inference.events.formula import EXAMPLE, Call, Value, read_formula

_UNITS = {
    "second": 1.0,
    "sec": 1.0,
    "minute": 60.0,
    "min": 60.0,
    "hour": 3600.0,
    "day": 86400.0,
    "week": 604800.0,
    "month": 2629800.0,
    "year": 31557600.0,
}
_OPTIONS = {
    "window": "window",
    "weighted": "weighted",
    "transform": "transform",
    "transformfn": "transform",
    "transformfun": "transform",
    "transformerfn": "transform",
    "summary": "summary",
    "summarizerfn": "summary",
    "aggregatefun": "summary",
    "ignorerep": "ignore_rep",
    "ignorerepetitions": "ignore_rep",
    "type": "type",
    "halflife": "halflife",
    "symmetric": "symmetric",
    "scaling": "scaling",
    "unique": "unique",
    "unit": "unit",
    "history": "history",
    "absolute": "absolute",
    "istwomode": "is_two_mode",
}
_FLAGS = ("weighted", "ignore_rep", "symmetric", "unique", "absolute", "is_two_mode")
_SPANS = ("window", "halflife", "unit")
_CHOICES = {
    "type": ("ego", "alter", "both"),
    "scaling": ("as.is", "none", "prop", "std", "relevent"),
    "history": ("pooled", "sequential"),
}
# of what a person has not set; set to one of these, an option says nothing new
_PLAIN = {"scaling": ("as.is", "none"), "history": ("pooled",)}


@dataclass(frozen=True)
class Term:
    """One term of a model: the effect, the networks or attributes it reads, and its options.

    `window`, `halflife` and `unit` are in seconds (or in the unit of a numeric time column). A product has `factors` and
    no effect of its own. Two terms are equal if they mean the same, whatever their text.
    """

    text: str = field(compare=False)
    effect: str
    objects: tuple[str, ...] = ()
    window: float | None = None
    halflife: float | None = None
    unit: float | None = None
    weighted: bool = False
    ignore_rep: bool = False
    symmetric: bool = True
    unique: bool = False
    absolute: bool = True
    type: str | None = None
    transform: str | None = None
    summary: str | None = None
    scaling: str | None = None
    history: str | None = None
    factors: tuple[Term, ...] = ()
    label: str = field(default="", compare=False)

    @property
    def parts(self) -> tuple[Term, ...]:
        """Return the factors of a product, or the term itself."""
        return self.factors or (self,)


def parse_terms(terms: Sequence[str] | str) -> tuple[Term, ...]:
    """Read terms, given as a list or as one formula `"inertia + recip"`; what stands left of a `~` is dropped.

    Raises:
        InputError: a term that cannot be read, an unknown option, or a term that stands there twice.
    """
    items = [terms] if isinstance(terms, str) else terms
    if not isinstance(items, list | tuple) or not all(isinstance(item, str) for item in items):  # pyright: ignore[reportUnnecessaryIsInstance]
        raise bad_input("terms", "terms", f"is {terms!r}", "a formula such as 'inertia + recip', or a list of terms")
    parsed = [_term(factors) for item in items for factors in read_formula(item)]
    if not parsed:
        raise bad_input("terms", "terms", "no term given", "at least one, e.g. inertia")
    for k, term in enumerate(parsed):
        if term in parsed[:k]:
            raise bad_input("terms", term.text, "stands there twice")
    return tuple(parsed)


def seconds(value: object, where: str, name: str) -> float:
    """Return a span in seconds from a number or a string such as "5 minutes" (month 30.4375 days, year 365.25)."""
    if isinstance(value, str):
        match = re.fullmatch(r"\s*(\d+(?:\.\d+)?)\s*([a-z]+?)s?\s*", value.lower())
        if match is None or match[2] not in _UNITS:
            raise bad_input(where, name, f"cannot read {value!r}", "a number, or e.g. '5 minutes'")
        return float(match[1]) * _UNITS[match[2]]
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0.0 < value < float("inf"):
        raise bad_input(where, name, f"is {value!r}", "a span above 0")
    return float(value)


def _term(factors: tuple[Call, ...]) -> Term:
    parts = tuple(_factor(call) for call in factors)
    if len(parts) == 1:
        return parts[0]
    text = ":".join(p.text for p in parts)
    for part in parts:
        if part.effect == "intercept":
            raise bad_input("terms", text, "multiplies by an intercept", "a product of effects")
        if part.scaling == "std":
            raise bad_input("terms", text, "standardises a factor", "a product of statistics as they are")
    return Term(text=text, effect="", factors=parts, label=":".join(p.label for p in parts))


def _factor(call: Call) -> Term:
    name = plain(call.name)
    if name in ("1", "intercept") and not call.arguments and not call.options:
        return Term(text=call.text, effect="intercept", label="intercept")
    if name.isdecimal():
        raise bad_input("terms", call.text, "cannot be read", EXAMPLE)
    effect, defaults = ALIASES.get(name, (call.name, {}))
    objects = [word for value in call.arguments for word in _words(value, call.text)]
    options: dict[str, Value] = {}
    for key, value in call.options:
        option = _OPTIONS.get(plain(key))
        if key in ("network", "attribute", "variable", "x"):
            objects.extend(_words(value, call.text))
        elif option is None:
            raise bad_input("terms", call.text, f"unknown option {key}", ", ".join(sorted(set(_OPTIONS.values()))))
        else:
            options[option] = value
    if not objects and name in OWN_NAMED:
        objects = [call.name]
    label = _label(call.name, objects, options)
    given = {k: v for k, v in defaults.items() if k != "objects"}
    objects = [*objects, *_strings(defaults.get("objects", ()))]
    term = Term(text=call.text, effect=plain(effect), objects=tuple(objects), label=label)
    return _with_options(term, {**given, **options})


def _strings(value: object) -> list[str]:
    return [str(v) for v in value] if isinstance(value, tuple) else []


def _with_options(term: Term, options: dict[str, object]) -> Term:
    for key in _FLAGS:
        if key in options and not isinstance(options[key], bool):
            raise bad_input("terms", term.text, f"{key} is {options[key]!r}", "True or False")
    for key, allowed in _CHOICES.items():
        if options.get(key) is not None and options[key] not in allowed:
            raise bad_input("terms", term.text, f"{key} is {options[key]!r}", " or ".join(allowed[:2] + allowed[3:]))
    options.pop("is_two_mode", None)
    for key, usual in _PLAIN.items():
        if options.get(key) in usual:
            options[key] = None
    if options.get("scaling") is not None:
        options.setdefault("weighted", True)
    changes: dict[str, object] = {k: v for k, v in options.items() if v is not None}
    for key in _SPANS:
        if key in changes and changes[key] == float("inf") and key == "window":
            del changes[key]
        elif key in changes:
            changes[key] = seconds(changes[key], "terms", f"{term.text}: {key}")
    if "window" in changes and "halflife" in changes:
        raise bad_input("terms", term.text, "has a window and a halflife", "one of them")
    for key in ("transform", "summary"):
        if key in changes and not isinstance(changes[key], str):
            raise bad_input("terms", term.text, f"{key} is {changes[key]!r}", "the name of a function")
    return replace(term, **changes)  # pyright: ignore[reportArgumentType]


def _label(effect: str, objects: list[str], options: dict[str, Value]) -> str:
    extras = [f"{k}={_shown(v)}" for k, v in options.items() if v not in (False, None, float("inf"))]
    inner = ", ".join([*objects, *extras])
    return f"{effect}({inner})" if inner else effect


def _shown(value: Value) -> str:
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)


def _words(value: Value, text: str) -> list[str]:
    if isinstance(value, str):
        return [value]
    if isinstance(value, tuple):
        return [word for item in value for word in _words(item, text)]
    raise bad_input("terms", text, "cannot be read", "names of networks or attributes, then options")
