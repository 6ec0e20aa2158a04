"""The reference page of the effects, made from their docstrings: `python -m blocs.inference.events.reference`."""

from __future__ import annotations

import inspect

from blocs.inference.events.effects import CATALOGUE, Effect

_HEAD = """# Effects of the event models

<!-- Made by `python -m blocs.inference.events.reference`: edit the docstrings, not this page. -->

A term names an effect, the networks or attributes it reads, and options: `indeg(calls, window="5 minutes")`. A network
effect without a network reads the network of the events. i is the sender, j the receiver, x a network, z an attribute;
statistics are those of the state just before the event. `1` or `intercept` makes a rate or tie-oriented model one of
exact time.

| option | what it does |
| --- | --- |
| `weighted=True` | read the weight of ties, not only whether there is one |
| `window=300`, `window="5 minutes"` | count only ties of the last span; ties before the record do not count |
| `halflife=3600` | with `weighted=True`: weights halve every span |
| `transform=log1p` | identity, sqrt, log1p, abs, sign, square, or a function given in `functions` |
| `ignore_rep=True` | 0 for pairs that already have a tie in the network of the events |
| `type="ego"` | of the sender instead of the receiver, in tie-oriented models |
| `summary=max` | how `tertius` pools: mean, sum, max, min, median, or a function given in `functions` |
| `symmetric=False` | the one-sided sum of the mixed common-neighbour effects |

The R spellings `weighted = TRUE`, `transformer_fn`, `ignoreRep`, `actors$floor` are understood, and underscores and
capitals in the names of effects do not matter.
"""


def reference_page() -> str:
    """Return the page as Markdown: one section an effect, with the models it has a meaning in."""
    parts = [_HEAD]
    for name, kind in CATALOGUE.items():
        text = inspect.cleandoc(kind.__doc__ or "")
        parts.append(f"## {name}\n\n{text}\n\nModels: {', '.join(_models(kind))}.\n")
    return "\n".join(parts)


def _models(kind: type[Effect]) -> list[str]:
    models = ["rate"] if "sender" in kind.sides else []
    if set(kind.sides) & {"receiver", "dyad"}:
        models += ["choice", "coordination"]
    return [*models, "tie-oriented"]


if __name__ == "__main__":
    print(reference_page(), end="")
