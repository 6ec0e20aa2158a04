"""A readable model of typed events among many actors: who will be the other side of an act.

For each act of a day the known actor faces all others. A first guess (a mixture of simple distributions) picks
candidates; a conditional logit of named effects ranks them. Everything is computed from days before the day in question.
"""

from blocs.forecast.typed.record import Moves, TypedRecord

__all__ = ["Moves", "TypedRecord"]
