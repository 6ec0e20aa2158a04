"""The reference page of the effects, made from their docstrings: `python -m blocs.inference.events.reference`."""

from __future__ import annotations

import inspect

from blocs.inference.events.aliases import GOLDFISH, RELEVENT, REMSTATS, Defaults
from blocs.inference.events.effects import CATALOGUE, Effect

_HEAD = """# Effects of the event models

<!-- Made by `python -m blocs.inference.events.reference`: edit the docstrings, not this page. -->

A term names an effect, the networks or attributes it reads, and options: `indeg(calls, window="5 minutes")`. A network
effect without a network reads the network of the events. i is the sender, j the receiver, x a network, z an attribute;
statistics are those of the state just before the event. `1` or `intercept` makes a rate or tie-oriented model one of
exact time. `a:b` is the product of two statistics, each as it stands: `inertia:same(floor)`. In a tie-oriented model of
pairs (`directed=False`) a statistic of one side counts both sides, their sum, and one of pairs is the mean of its two
directions.

| option | what it does |
| --- | --- |
| `weighted=True` | read the weight of ties, not only whether there is one |
| `window=300`, `window="5 minutes"` | count only ties of the last span; ties before the record do not count |
| `halflife=3600` | with `weighted=True`: weights halve every span |
| `unit="1 day"` | of the recencies: the time that halves them at first; 1 of the time column (a second) if not given |
| `transform=log1p` | identity, sqrt, log1p, abs, sign, square, or a function given in `functions` |
| `scaling=prop` | a share instead of a count; implies weights |
| `scaling=std` | z-score over those who could be drawn then (n - 1 in the standard deviation); of any effect; implies weights |
| `ignore_rep=True` | 0 for pairs that already have a tie in the network of the events |
| `type="ego"` | of the sender instead of the receiver, in tie-oriented models |
| `summary=max` | how `tertius` pools: mean, sum, max, min, median, or a function given in `functions` |
| `symmetric=False` | the one-sided sum of the mixed common-neighbour effects |
| `unique=True` | each third party once in `otp`, `itp`, `osp`, `isp` |
| `history=sequential` | only paths whose ties appeared in order, in `trans` and `cycle` |

The R spellings `weighted = TRUE`, `transformer_fn`, `ignoreRep`, `isTwoMode`, `actors$floor`, `call.network` are
understood, and underscores and capitals in the names of effects do not matter. Networks may run to other nodes than the
actors, such as clubs (`Ties(columns=...)`). Names of other programs stand for these terms:

"""


def reference_page() -> str:
    """Return the page as Markdown: one section an effect, with the models it has a meaning in."""
    parts = [_HEAD + _names()]
    for name, kind in CATALOGUE.items():
        text = inspect.cleandoc(kind.__doc__ or "")
        parts.append(f"## {name}\n\n{text}\n\nModels: {', '.join(_models(kind))}.\n")
    return "\n".join(parts)


def _names() -> str:
    rows = ["| program | name | term |", "| --- | --- | --- |"]
    for program, table in {"goldfish": GOLDFISH, "relevent": RELEVENT, "remstats": REMSTATS}.items():
        rows += [f"| {program} | `{name}` | {_meaning(*meaning)} |" for name, meaning in table.items()]
    return "\n".join(rows) + "\n"


def _meaning(effect: str, defaults: Defaults) -> str:
    objects = defaults.get("objects", ())
    words = [str(x) for x in objects] if isinstance(objects, tuple) else []
    words += [f"{k}={v}" for k, v in defaults.items() if k != "objects"]
    return f"`{effect}({', '.join(words)})`" if words else f"`{effect}`"


def _models(kind: type[Effect]) -> list[str]:
    models = ["rate"] if "sender" in kind.sides else []
    if set(kind.sides) & {"receiver", "dyad"}:
        models += ["choice", "coordination"]
    return [*models, "tie-oriented"]


if __name__ == "__main__":
    print(reference_page(), end="")
