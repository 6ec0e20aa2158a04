"""Terms of relevent and remstats under their own names, products, scaling, types, pairs and statistics of one's own."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from blocs.ground.errors import InputError
from blocs.inference.events import Ties, dynam, rem
from blocs.inference.events.aliases import ALIASES
from blocs.inference.events.effects import CATALOGUE
from blocs.inference.events.history import read_history
from blocs.inference.events.replay import Replay
from blocs.inference.events.terms import parse_terms

N = 5
LABELS = [f"a{k}" for k in range(N)]
Z = np.array([1.0, -2.0, 0.5, 3.0, 0.0])
ACTORS = pl.DataFrame({"label": LABELS, "z": Z, "camp": list("xxyyx"), "CovInt": Z})
AWAY = ~np.eye(N, dtype=bool)


@st.composite
def acts(draw, size=12):
    pairs = st.tuples(st.integers(0, N - 1), st.integers(0, N - 1)).filter(lambda p: p[0] != p[1])
    return [(float(t), *draw(pairs)) for t in range(size)]


def frame(events):
    return pl.DataFrame(
        [(t, LABELS[i], LABELS[j]) for t, i, j in events], schema=["time", "sender", "receiver"], orient="row"
    )


def butts(past):
    """Statistics of relevent's rem.dyad by their printed definitions, summed anew from all past acts [n, n]."""
    x, m = np.zeros((N, N)), len(past)
    for _, i, j in past:
        x[i, j] += 1
    into, out = x.sum(axis=0), x.sum(axis=1)
    one = np.ones(N)
    norm = {"NID": into, "NOD": out, "NTDeg": (into + out) / 2}
    found = {}
    for name, degree in norm.items():
        share = degree / m if m else one / (N - 1)
        found[f"{name}Snd"], found[f"{name}Rec"] = np.outer(share, one), np.outer(one, share)
    part = [(x[i] / out[i] if out[i] else one / (N - 1)) for i in range(N)]
    back = [(x[:, i] / into[i] if into[i] else one / (N - 1)) for i in range(N)]
    found["FrPSndSnd"], found["FrRecSnd"] = np.array(part), np.array(back)
    for name in ("OTPSnd", "ITPSnd", "OSPSnd", "ISPSnd", "RSndSnd", "RRecSnd"):
        found[name] = np.zeros((N, N))
    for i in range(N):
        sent = list(dict.fromkeys(b for _, a, b in reversed(past) if a == i))
        came = list(dict.fromkeys(a for _, a, b in reversed(past) if b == i))
        for j in range(N):
            others = [k for k in range(N) if k not in (i, j)]
            found["OTPSnd"][i, j] = sum(min(x[i, k], x[k, j]) for k in others)
            found["ITPSnd"][i, j] = sum(min(x[j, k], x[k, i]) for k in others)
            found["OSPSnd"][i, j] = sum(min(x[i, k], x[j, k]) for k in others)
            found["ISPSnd"][i, j] = sum(min(x[k, i], x[k, j]) for k in others)
            found["RSndSnd"][i, j] = 1 / (1 + sent.index(j)) if j in sent else 0.0
            found["RRecSnd"][i, j] = 1 / (1 + came.index(j)) if j in came else 0.0
    found["CovInt"] = Z[:, None] + Z[None, :]
    found["PSAB-BA"] = np.zeros((N, N))
    if past:
        found["PSAB-BA"][past[-1][2], past[-1][1]] = 1.0
    return found, x


def walk(terms, events, model="tie", **options):
    """Yield the layers' statistics [n, n] of each term before each event."""
    history = read_history(frame(events), ACTORS, **options)
    replay = Replay(history, parse_terms(terms), {}, model)
    for t, i, j in events:
        replay.advance(t)
        replay.refresh()
        yield [np.broadcast_to(layer.value(), layer.shape).copy() for layer in replay.layers]
        replay.record(t, i, j, 1.0)


@settings(max_examples=15, deadline=None)
@given(acts())
def test_terms_of_relevent_by_their_printed_names(events):
    names = list(butts([])[0])
    for e, layers in enumerate(walk(names, events)):
        want = butts(events[:e])[0]
        for name, got in zip(names, layers, strict=True):
            np.testing.assert_allclose(got[AWAY], want[name][AWAY], atol=1e-12, err_msg=name)


@settings(max_examples=15, deadline=None)
@given(acts())
def test_scaling_as_in_remstats_and_products(events):
    terms = [
        "inertia(scaling=prop)",
        "indeg(scaling=prop, type=ego)",
        "degree(scaling=prop)",
        "inertia:same(camp)",
        "ego(z):recip(weighted=True):indeg(weighted=True)",
        "spUnique",
        "degreeSum",
        "degreeMin",
    ]
    same = np.array([[a == b for b in "xxyyx"] for a in "xxyyx"])
    for e, layers in enumerate(walk(terms, events)):
        want, x = butts(events[:e])
        into, out, m = x.sum(axis=0), x.sum(axis=1), e
        b = (x > 0).astype(float)
        np.testing.assert_allclose(layers[0][AWAY], want["FrPSndSnd"][AWAY])
        np.testing.assert_allclose(layers[1], np.tile((into / m if m else np.full(N, 1 / N))[:, None], (1, N)))
        np.testing.assert_allclose(layers[2][0], (into + out) / (2 * m) if m else np.full(N, 1 / N))
        np.testing.assert_allclose(layers[3], b * same)
        np.testing.assert_allclose(layers[4], Z[:, None] * x.T * into[None, :])
        np.testing.assert_allclose(layers[5][AWAY], (b @ b)[AWAY])
        total = into + out
        np.testing.assert_allclose(layers[6], total[:, None] + total[None, :])
        np.testing.assert_allclose(layers[7], np.minimum.outer(total, total))


def record(E=60, seed=0):
    rng = np.random.default_rng(seed)
    rows, time = [], 0.0
    for _ in range(E):
        time += rng.exponential()
        i, j = rng.choice(N, 2, replace=False)
        rows.append((time, int(i), int(j)))
    return rows


def ordinal(X, chosen, beta):
    """Log-likelihood of the order of events from statistics [E, options, P]."""
    u = X @ beta
    return (u[np.arange(len(u)), chosen] - np.log(np.exp(u).sum(axis=1))).sum()


def test_a_published_formula_typed_as_printed_has_the_likelihood_of_relevent():
    events = record()
    effects = ["CovInt", "PSAB-BA", "NTDegRec", "FrPSndSnd", "RRecSnd", "OTPSnd"]
    fit = rem(frame(events), ACTORS, effects)
    X = np.array([np.stack([butts(events[:e])[0][n][AWAY] for n in effects], axis=1) for e in range(len(events))])
    place = {(int(i), int(j)): k for k, (i, j) in enumerate(np.argwhere(AWAY))}
    assert fit.loglik == pytest.approx(ordinal(X, [place[i, j] for _, i, j in events], fit.coef), abs=1e-9)
    assert fit.converged


def test_standardised_statistics_have_mean_0_and_sd_1_among_those_at_risk():
    events = record(30)
    entry = {"present": pl.DataFrame({"time": [events[9][0]], "node": ["a4"], "replace": [True]})}
    early = [e if 4 not in e[1:] or e[0] >= events[9][0] else (e[0], 0, 1) for e in events]
    people = ACTORS.with_columns(pl.Series("present", [True] * 4 + [False]))
    order = rem(frame(early), people, "inertia(scaling=std)", changes=entry)
    choice = dynam(frame(early), people, "alter(z, scaling=std)", changes=entry)
    x = np.zeros((N, N))
    want = np.zeros(len(early))
    for e, (t, i, j) in enumerate(early):
        here = np.arange(N) < (N if t >= events[9][0] else N - 1)
        at_risk = x[np.outer(here, here) & AWAY]
        spread = at_risk.std(ddof=1)
        want[e] = (x[i, j] - at_risk.mean()) / spread if spread > 0 else 0.0
        options = choice.likelihood.X[e, choice.likelihood.mask[e], 0]
        assert options.mean() == pytest.approx(0.0, abs=1e-12)
        assert options.std(ddof=1) == pytest.approx(1.0)
        x[i, j] += 1
    np.testing.assert_allclose(order.likelihood.spells.chosen[:, 0], want, atol=1e-12)


@settings(max_examples=8, deadline=None)
@given(acts(16), st.lists(st.booleans(), min_size=16, max_size=16))
def test_a_tie_model_of_pairs_does_not_know_their_sides(events, flips):
    turned = [(t, j, i) if f else (t, i, j) for (t, i, j), f in zip(events, flips, strict=True)]
    terms = "1 + inertia(weighted=True) + degree + both(z) + otp + degreeDiff + pshift(ABAY)"
    fits = [rem(frame(e), ACTORS, terms, directed=False, penalty=[1.0] * 7) for e in (events, turned)]
    np.testing.assert_allclose(fits[0].coef, fits[1].coef, atol=1e-9)
    one, other = (f.gof(3, seed=1) for f in fits)
    for family in one.levels:
        np.testing.assert_allclose(one.observed[family], other.observed[family])
        np.testing.assert_allclose(one.simulated[family], other.simulated[family])


def test_a_tie_model_of_pairs_by_its_definition():
    events = record(40)
    fit = rem(frame(events), ACTORS, "inertia(weighted=True) + degree(weighted=True) + alter(z)", directed=False)
    triangle = np.triu_indices(N, 1)
    X, chosen, x = [], [], np.zeros((N, N))
    place = {(int(i), int(j)): k for k, (i, j) in enumerate(zip(*triangle, strict=True))}
    for _, i, j in events:
        d = x.sum(axis=0)
        X.append(np.stack([x[triangle], (d[:, None] + d)[triangle], (Z[:, None] + Z)[triangle]], axis=1))
        chosen.append(place[min(i, j), max(i, j)])
        x[i, j] += 1
        x[j, i] += 1
    assert fit.loglik == pytest.approx(ordinal(np.array(X), chosen, fit.coef), abs=1e-9)
    runs = fit.simulate(3, seed=2)
    assert (runs["sender"] < runs["receiver"]).all()


def test_fixed_effects_are_one_dummy_for_each_actor_but_the_first():
    events = record(80)
    fit = rem(frame(events), ACTORS, "FESnd")
    assert fit.names == tuple(f"FESnd {x}" for x in LABELS[1:])
    sent = np.bincount([i for _, i, _ in events], minlength=N)
    np.testing.assert_allclose(fit.coef, np.log(sent[1:] / sent[0]), atol=1e-8)
    assert dynam(frame(events), ACTORS, "FERec").names[0] == "FERec a1"


def test_a_statistic_of_ones_own():
    events = record(40)

    def shared(state):
        x = (state.networks["calls"] > 0).astype(float)
        return x @ x * (state.sender["z"][:, None] > 0)

    fit = dynam(frame(events), ACTORS, "custom(shared, calls, z) + inertia", functions={"shared": shared})
    same = dynam(frame(events), ACTORS, "shared(calls, z) + inertia", functions={"shared": shared})
    np.testing.assert_allclose(fit.coef, same.coef)
    x = np.zeros((N, N))
    for e, (_, i, j) in enumerate(events):
        keep = np.arange(N) != i
        np.testing.assert_array_equal(fit.likelihood.X[e, keep, 0], ((x @ x)[i] * (Z[i] > 0))[keep])
        x[i, j] = 1.0
    exact = rem(frame(events), ACTORS, "1 + shared(calls, z)", functions={"shared": shared})
    up = ACTORS.with_columns((pl.col("z") > 0).cast(pl.Float64).alias("up"))
    np.testing.assert_allclose(exact.coef, rem(frame(events), up, "1 + trans:ego(up)").coef, atol=1e-8)
    assert exact.simulate(2, seed=1).height > 0
    ego = dynam(frame(events), ACTORS, "1 + weight(z, type=ego)", "rate", functions={"weight": lambda s: s.sender["z"]})
    np.testing.assert_allclose(ego.coef, dynam(frame(events), ACTORS, "1 + ego(z)", "rate").coef)


def test_a_statistic_that_moves_with_time_is_followed_by_a_grid():
    events = record(30)
    exact = rem(frame(events), ACTORS, "1 + inertia(weighted=True, halflife=2)")
    own = {"mine": lambda state: state.networks["calls"]}
    cut = rem(frame(events), ACTORS, "1 + mine(calls, halflife=2)", functions=own, grid=0.02)
    assert cut.nobs == exact.nobs
    np.testing.assert_allclose(cut.coef, exact.coef, atol=1e-3)


@pytest.mark.parametrize(
    ("functions", "terms", "said"),
    [
        ({"f": lambda s: np.zeros((2, 2))}, "f(calls)", "gives shape"),
        ({"f": lambda s: 1 / 0}, "f(calls)", "fails: ZeroDivisionError"),
        ({"f": 3}, "f(calls)", "a function"),
        ({}, "custom(g, calls)", "names no function"),
        ({"f": lambda s: np.zeros((N, N))}, "f(friends)", "unknown network or attribute friends"),
    ],
)
def test_what_is_wrong_with_a_function_is_one_line(functions, terms, said):
    with pytest.raises(InputError, match=said) as caught:
        rem(frame(record(10)), ACTORS, terms, functions=functions)
    assert "\n" not in str(caught.value)


def test_an_attribute_of_the_time_multiplies_others():
    events = record(50)
    day = pl.DataFrame({"time": [0.0, 10.0, 20.0], "replace": [0.0, 1.0, 3.0]})
    fit = rem(frame(events), ACTORS, "inertia + ego(day):inertia", changes={"day": day})
    x, want = np.zeros((N, N)), 0.0
    for t, i, j in events:
        value = 0.0 if t <= 10.0 else 1.0 if t <= 20.0 else 3.0
        u = (x > 0) * (fit.coef[0] + fit.coef[1] * value)
        want += u[i, j] - np.log(np.exp(u[AWAY]).sum())
        x[i, j] += 1
    assert fit.loglik == pytest.approx(want, abs=1e-9)


def test_types_of_events_have_networks_of_their_own():
    events = record(60)
    kinds = ["talk" if k % 3 else "threat" for k in range(60)]
    typed = frame(events).with_columns(pl.Series("type", kinds))
    fit = rem(typed, ACTORS, "inertia(calls.threat) + recip(calls.talk) + inertia", event_type="threat")
    assert fit.n_events == 20
    every, by, want = np.zeros((N, N)), {k: np.zeros((N, N)) for k in ("talk", "threat")}, 0.0
    for (_, i, j), kind in zip(events, kinds, strict=True):
        u = np.tensordot(fit.coef, np.stack([by["threat"] > 0, by["talk"].T > 0, every > 0]).astype(float), 1)
        if kind == "threat":
            want += u[i, j] - np.log(np.exp(u[AWAY]).sum())
        every[i, j] += 1
        by[kind][i, j] += 1
    assert fit.loglik == pytest.approx(want, abs=1e-9)
    runs = fit.simulate(2, seed=1)
    assert set(runs["type"]) == {"threat"}
    both = rem(typed, ACTORS, "1 + inertia(calls.threat)").simulate(20, seed=1)
    assert (both["type"] == "threat").mean() == pytest.approx(1 / 3, abs=4 * np.sqrt(2 / 9 / both.height))
    with pytest.raises(InputError, match="no event is a 'kiss'"):
        rem(typed, ACTORS, "inertia", event_type="kiss")


def test_paths_in_order_count_those_whose_second_tie_came_later():
    events = [(0.0, 0, 1), (1.0, 1, 2), (2.0, 3, 0), (3.0, 0, 1), (4.0, 4, 0)]
    steps = list(walk(["trans(calls, history=sequential)", "cycle(calls, history=sequential)"], events))
    # 0 -> 1 -> 2 is in order; 3 -> 0 -> 1 is not, as 3 -> 0 came last
    assert steps[4][0][0, 2] == 1.0
    assert steps[4][0].sum() == 1.0
    assert steps[4][1][2, 0] == 1.0
    assert steps[4][1].sum() == 1.0


@settings(max_examples=25, deadline=None)
@given(acts(20))
def test_paths_in_order_end_with_their_ties(events):
    """Counted anew from all acts: a tie has stood since the first act of a chain without a gap longer than the window."""
    window = 3.5

    def since(i, j, now):
        times = [t for t, a, b in events if (a, b) == (i, j) and t < now]
        if not times or now > times[-1] + window:
            return None
        first = times[-1]
        for t in reversed(times):
            first = t if first - t <= window else first
        return first

    for (now, *_), stats in zip(events, walk([f"trans(history=sequential, window={window})"], events), strict=True):
        begun = [[since(i, j, now) for j in range(N)] for i in range(N)]
        for i, j in np.argwhere(AWAY):
            ties = [(begun[i][k], begun[k][j]) for k in range(N) if k not in (i, j)]
            assert stats[0][i, j] == sum(a is not None and b is not None and a < b for a, b in ties)


def test_every_alias_leads_to_an_effect():
    lower = {name.lower() for name in CATALOGUE}
    for name, (effect, _) in ALIASES.items():
        assert effect.lower() in lower, name
        assert name not in lower, name


@pytest.mark.parametrize(
    "terms",
    [
        "inertia(calls, is_two_mode=FALSE) + recip(calls, isTwoMode = FALSE, window = Inf)",
        "calls ~ clSender(calls) + clReceiver(calls)",
        "mixedClSender(list(calls, known.before)) + mixedClReceiver(calls, known.before)",
        "tie(known.before) + alter(actors$org.unit) + same(actors$class)",
        "trans(calls, history='pooled') + pshift('AB-BA') + PSAB-BY + psABXA",
        "alter(class) + 0",
    ],
)
def test_formulas_of_r_are_read_as_printed(terms):
    actors = ACTORS.with_columns(pl.col("z").alias("org.unit"), pl.col("z").alias("class"))
    before = Ties(initial=np.triu(np.ones((N, N)), 1))
    count = len(parse_terms(terms))
    fit = dynam(frame(record(40)), actors, terms, networks={"known.before": before}, penalty=[0.01] * count)
    assert len(fit.names) == count


def test_the_network_of_the_events_may_have_a_dotted_name():
    fit = dynam(frame(record(40)), ACTORS, "inertia(call.Network)", "choice_coordination", name="call.Network")
    assert fit.model == "DyNAM coordination"
