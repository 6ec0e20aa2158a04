"""Every mechanism of the catalogue is what its card says."""

from __future__ import annotations

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from blocs.ground.keys import root
from blocs.mechanisms.catalogue import MECHANISMS, by_name
from blocs.testing.conformance import assert_card, assert_conforms, assert_laws
from blocs.testing.states import acts, make_case, mechanisms, states, worlds

# an example costs tenths of a second: say which one fails, do not spend minutes on making it small
QUICK = settings(deadline=None, phases=(Phase.explicit, Phase.reuse, Phase.generate))
EACH = pytest.mark.parametrize("kind", MECHANISMS, ids=lambda m: m.card.name)


@EACH
def test_card_and_laws_with_default_parameters(kind):
    assert_card(kind.make())
    assert_laws(kind.make(), *make_case(seed=3))


@EACH
@pytest.mark.slow
def test_everything_with_default_parameters(kind):
    assert_conforms(kind.make(), *make_case(seed=3))


@EACH
@pytest.mark.slow
@given(data=st.data(), seed=st.integers(0, 2**32), days=st.sampled_from((7.0, 1.0, 0.25)))
@settings(QUICK, max_examples=40)
def test_laws_in_many_situations(kind, data, seed, days):
    world = data.draw(worlds())
    mechanism = data.draw(mechanisms(kind))
    assert_laws(mechanism, world, data.draw(states(world)), data.draw(acts(world)), root(seed), days)


def test_names_are_unique_and_each_file_is_listed():
    import pkgutil

    from blocs.mechanisms import library

    files = {m.name for m in pkgutil.iter_modules(library.__path__)}
    assert set(by_name()) == files
