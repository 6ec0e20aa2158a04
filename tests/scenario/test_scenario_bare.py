"""A scenario written from the page alone, with nothing in it that may be left out, is traced whole: record and forecast."""

from __future__ import annotations

import os
import re
import subprocess
from datetime import date
from pathlib import Path

import jax
import jax.numpy as jnp
import pytest

from blocs.engine.control import nothing
from blocs.engine.loop import _runs, span_of  # pyright: ignore[reportPrivateUsage]
from blocs.engine.model import zero_coefficients
from blocs.forecast.watch import default_watch
from blocs.inference.sets import _replayed  # pyright: ignore[reportPrivateUsage]
from blocs.inference.tape import draw_chronology, usable_acts
from blocs.scenario.build import Built, build
from blocs.scenario.load import load

PAGE = Path(__file__).parents[2] / "docs/how-to/make-a-scenario.md"
BARE = {
    "ties.csv": "source,target,tie,value,from,to,basis,pages\n",
    "levers.csv": "id,name,description\n",
    "positions.jsonl": "",
    "state.yaml": "[]\n",
}
"""Files as empty as the format lets them be."""


@pytest.fixture(scope="module")
def bare(tmp_path_factory: pytest.TempPathFactory) -> Built:
    folder = tmp_path_factory.mktemp("bare")
    steps = re.findall(r"^```bash\n(.*?)^```", PAGE.read_text(encoding="utf-8"), re.M | re.S)
    writes = "\n".join(step for step in steps if "cat >" in step)
    subprocess.run(["bash", "-ec", writes], cwd=folder, env=os.environ, check=True)
    events = folder / "river" / "events.jsonl"
    events.write_text(events.read_text(encoding="utf-8").replace('"lever": "grain", ', ""), encoding="utf-8")
    for name, text in BARE.items():
        (folder / "river" / name).write_text(text, encoding="utf-8")
    return build(load(folder / "river"))


@pytest.mark.slow
def test_the_record_is_replayed_without_levers_ties_or_positions(bare: Built) -> None:
    until = date(2011, 12, 31)
    tape = draw_chronology(bare, usable_acts(bare), 0, until, until).tape
    _, _, sets = jax.eval_shape(_replayed, bare.model, bare.state, tape, jnp.uint32(0))
    assert bare.model.world.levers == ()
    assert sets.decayed.shape[0] == len(tape.kind)


def test_a_forecast_is_drawn_without_levers_ties_or_positions(bare: Built) -> None:
    world, watch = bare.model.world, default_watch(bare)
    control, conduct = nothing(len(world.actors), len(world.acts)), zero_coefficients(bare.model)
    keys = jnp.zeros((4, 2), jnp.uint32)
    span = span_of(bare.state, 3, bare.model.step_days)
    track = jax.eval_shape(
        lambda state: _runs.__wrapped__(
            bare.model, conduct, state, control, watch, keys, span, jnp.int32(3), 256, 8, 1
        ),
        bare.state,
    )
    assert track.act.shape == (4, 8, 4)
    assert "reserve_days" not in {watched.name for watched in watch}
