"""Reading formula-like terms such as `indeg(calls, window=300)` into plain data."""

from __future__ import annotations

import ast
import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from blocs.ground.errors import bad_input

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
}


@dataclass(frozen=True)
class Term:
    """One term of a model: the effect, the networks or attributes it reads, and its options.

    `window` and `halflife` are in seconds (or in the unit of a numeric time column).
    """

    text: str
    effect: str
    objects: tuple[str, ...] = ()
    window: float | None = None
    halflife: float | None = None
    weighted: bool = False
    ignore_rep: bool = False
    symmetric: bool = True
    type: str | None = None
    transform: str | None = None
    summary: str | None = None
    label: str = field(default="", compare=False)


def parse_terms(terms: Sequence[str] | str) -> tuple[Term, ...]:
    """Read terms, given as a list or as one formula `"inertia + recip"`; what stands left of a `~` is dropped.

    Raises:
        InputError: a term that cannot be read, an unknown option, or a term that stands there twice.
    """
    texts = _split(terms) if isinstance(terms, str) else [t for item in terms for t in _split(item)]
    if not texts:
        raise bad_input("terms", "terms", "no term given", "at least one, e.g. inertia")
    parsed = [_parse(text) for text in texts]
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


def _split(text: str) -> list[str]:
    body = text.split("~", 1)[-1]
    parts: list[str] = []
    depth = last = 0
    for k, sign in enumerate(body):
        depth += (sign in "([") - (sign in ")]")
        if sign == "+" and depth == 0:
            parts.append(body[last:k])
            last = k + 1
    parts.append(body[last:])
    return [p.strip() for p in parts if p.strip()]


def _parse(text: str) -> Term:
    if text == "1" or text.lower() == "intercept":
        return Term(text=text, effect="intercept", label="intercept")
    source = re.sub(r"\b[\w.]+\$", "", text)
    try:
        node = ast.parse(source, mode="eval").body
    except SyntaxError:
        raise bad_input("terms", text, "cannot be read", "a term such as indeg(calls, window=300)") from None
    if isinstance(node, ast.Name):
        return Term(text=text, effect=_plain(node.id), label=node.id)
    if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Name)):
        raise bad_input("terms", text, "cannot be read", "a term such as indeg(calls, window=300)")
    objects = [name for arg in node.args for name in _objects(arg, text)]
    options: dict[str, object] = {}
    for keyword in node.keywords:
        key = _OPTIONS.get(_plain(keyword.arg or ""))
        if keyword.arg in ("network", "attribute"):
            objects.extend(_objects(keyword.value, text))
        elif key is None:
            raise bad_input("terms", text, f"unknown option {keyword.arg}", ", ".join(sorted(set(_OPTIONS.values()))))
        else:
            options[key] = _literal(keyword.value, text)
    return _with_options(text, node.func.id, tuple(objects), options)


def _with_options(text: str, effect: str, objects: tuple[str, ...], options: dict[str, object]) -> Term:
    for key in ("weighted", "ignore_rep", "symmetric"):
        if not isinstance(options.get(key, False), bool):
            raise bad_input("terms", text, f"{key} is {options[key]!r}", "True or False")
    spans = {k: seconds(options[k], "terms", f"{text}: {k}") for k in ("window", "halflife") if k in options}
    if len(spans) == 2:
        raise bad_input("terms", text, "has a window and a halflife", "one of them")
    words = {k: str(options[k]) for k in ("transform", "summary") if k in options}
    side = options.get("type")
    if side not in (None, "ego", "alter"):
        raise bad_input("terms", text, f"type is {side!r}", "ego or alter")
    return Term(
        text=text,
        effect=_plain(effect),
        objects=objects,
        weighted=bool(options.get("weighted", False)),
        ignore_rep=bool(options.get("ignore_rep", False)),
        symmetric=bool(options.get("symmetric", True)),
        type=None if side is None else str(side),
        label=_label(effect, objects, options),
        window=spans.get("window"),
        halflife=spans.get("halflife"),
        transform=words.get("transform"),
        summary=words.get("summary"),
    )


def _label(effect: str, objects: tuple[str, ...], options: dict[str, object]) -> str:
    extras = [f"{k}={v}" for k, v in options.items() if v is not False]
    inner = ", ".join([*objects, *extras])
    return f"{effect}({inner})" if inner else effect


def _objects(node: ast.expr, text: str) -> list[str]:
    if isinstance(node, ast.Name):
        return [node.id]
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return [node.value]
    if isinstance(node, ast.List | ast.Tuple):
        return [name for item in node.elts for name in _objects(item, text)]
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in ("list", "c"):
        return [name for item in node.args for name in _objects(item, text)]
    raise bad_input("terms", text, "cannot be read", "names of networks or attributes, then options")


def _literal(node: ast.expr, text: str) -> object:
    if isinstance(node, ast.Name):
        return {"TRUE": True, "T": True, "FALSE": False, "F": False}.get(node.id, node.id)
    try:
        return ast.literal_eval(node)
    except ValueError:
        raise bad_input("terms", text, f"cannot read {ast.unparse(node)}", "a number, a word or True/False") from None


def _plain(name: str) -> str:
    return name.replace("_", "").replace(".", "").lower()
