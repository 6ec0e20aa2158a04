"""The observation layer: which acts could reach the source.

A recorded act is an act times the chance that the narrator learnt of it. In log odds the two add, and only the sum is
identified from one source; `blocs.inference.observation` splits it under stated assumptions. These statistics carry the
part that depends on the narrator's presence. They are zero where a source has no narrator.
"""

from __future__ import annotations

from blocs.bloc.observe import SCENE, View
from blocs.conduct.base import Chosen, Effect
from blocs.ground.axes import Options
from blocs.ground.sums import product


def narrator_acts(view: View, chosen: Chosen) -> Options:
    """The source knows its own side's acts: 1 at the narrator. SYSTEM S28."""
    return view.world.narrator


def narrator_partner_acts(view: View, chosen: Chosen) -> Options:
    """The source knows best those it deals with: M_i,narrator / (1 + sum_j M_ij) over the middle memory, 0..1. SYSTEM S28."""
    toward = product(view.state.recent[1], view.world.narrator)
    return toward / (1.0 / view.fade[1] + view.state.sent[1])


def narrator_addressed(view: View, chosen: Chosen) -> Options:
    """The source knows what is done to its own side: 1 at the narrator as target. SYSTEM S28."""
    return view.world.narrator


def narrator_present(view: View, chosen: Chosen) -> Options:
    """In a scene with the narrator, those present are seen acted on: presence of j times that of the narrator. SYSTEM S28."""
    here = (view.sent()[SCENE] + view.received()[SCENE]).clip(0.0, 1.0)
    return here * product(here, view.world.narrator)


EFFECTS = (
    Effect("narrator_acts", "source", "observation", narrator_acts),
    Effect("narrator_partner_acts", "source", "observation", narrator_partner_acts),
    Effect("narrator_addressed", "target", "observation", narrator_addressed),
    Effect("narrator_present", "target", "observation", narrator_present),
)
