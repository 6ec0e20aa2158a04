"""The observation layer: what the record says apart from what happened.

The source saw what its narrator saw. In log odds a recorded act is conduct plus visibility, and one source identifies
only their sum. The statistics of `conduct.effects.observation` carry what depends on the narrator's presence; an
assumption says which share of their coefficients is visibility. `RECORD` leaves them: the forecast is about what the
source would record. `SHARED` takes half of them for visibility, `LIKE_ACT_ALIKE` all: dyads that are alike in everything
else act alike, and the narrator's stand out only because he tells. The tempo of unrecorded acts is not identified
under any of them, so forecasts are of the same number of acts, shared out otherwise.
"""

from __future__ import annotations

from enum import Enum

import jax.numpy as jnp
import numpy as np
import polars as pl

from blocs.conduct.base import LEVELS, Level
from blocs.engine.model import Coefficients
from blocs.ground.errors import bad_input
from blocs.inference.fit import Fit
from blocs.inference.tape import usable_acts
from blocs.scenario.build import Built

FAMILY = "observation"


class Assumption(Enum):
    """What share of the narrator's prominence is visibility rather than conduct."""

    RECORD = "the record"
    SHARED = "acts, half of the narrator's prominence being visibility"
    LIKE_ACT_ALIKE = "acts, all of the narrator's prominence being visibility"

    @property
    def visibility(self) -> float:
        """Share of the observation coefficients taken out of conduct, 0..1."""
        return {"RECORD": 0.0, "SHARED": 0.5, "LIKE_ACT_ALIKE": 1.0}[self.name]


def adjust(fit: Fit, assumption: Assumption) -> Coefficients:
    """Return the coefficients of conduct with the assumed share of visibility taken out.

    At level "source" and "target" the coefficients of the observation family are scaled by one minus the share, and the
    pooled intercept of the narrator is moved toward the mean of the others by the same share.

    Raises:
        InputError: the scenario has no narrator, and another assumption than that of the record is asked for.
    """
    whole = fit.coefficients()
    share = assumption.visibility
    if share == 0.0:
        return whole
    narrator = np.asarray(fit.built.model.world.narrator)
    if not narrator.any():
        raise bad_input(
            "--about", "about", f"{fit.built.scenario.id} has no narrator whose sight could be assumed", "record"
        )
    beta = dict(whole.beta)
    tables = dict(whole.tables)
    levels: tuple[Level, ...] = ("source", "target")
    for level in levels:
        effects, _ = fit.specification.at(level)
        keep = jnp.asarray([1.0 - share if e.family == FAMILY else 1.0 for e in effects])
        beta[level] = whole.beta[level] * keep
        tables[level] = tuple(_toward_others(t, narrator, share) for t in whole.tables[level])
    assert set(beta) == set(LEVELS)
    return Coefficients(beta, tables, whole.tempo)


def _toward_others(table: jnp.ndarray, narrator: np.ndarray, share: float) -> jnp.ndarray:
    others = (table * (1 - narrator)).sum(axis=1, keepdims=True) / max(float((1 - narrator).sum()), 1.0)
    return jnp.where(narrator > 0, (1 - share) * table + share * others, table)


def how_known(built: Built) -> pl.DataFrame:
    """Return how the source knew of dated acts: by whether its narrator was a side to them, channel and basis.

    This is the evidence on visibility that the record itself holds: acts of others reach it in public or by hearsay,
    acts with the narrator through his presence. Columns: narrator (side, present, absent), channel, basis, acts, share
    (within `narrator`). Presence is read from the audience of the act and from the basis coded for it.
    """
    named = built.scenario.roles.get("narrator", ())
    side = pl.col("source").is_in(named) | pl.col("target").is_in(named)
    listening = pl.col("audience").list.set_intersection(list(named)).list.len() > 0
    present = listening | pl.col("basis").is_in(("narrator_present", "narrator_participant"))
    where = pl.when(side).then(pl.lit("side")).when(present).then(pl.lit("present")).otherwise(pl.lit("absent"))
    frame = usable_acts(built).with_columns(where.alias("narrator"))
    counted = frame.group_by("narrator", "channel", "basis").agg(pl.len().alias("acts"))
    share = (pl.col("acts") / pl.col("acts").sum().over("narrator")).alias("share")
    return counted.with_columns(share).sort("narrator", "acts", descending=[False, True])
