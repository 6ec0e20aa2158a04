"""Outcomes against a slow reading of the simulated acts; nothing of the future reaches fit or forecast."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import numpy as np
import polars as pl
import pytest

from blocs.forecast.ask import compare
from blocs.forecast.ensemble import Ensemble
from blocs.forecast.explain import explain_recorded, explain_simulated
from blocs.forecast.outcomes import first_days, forecast_outcomes, histories, possible, recorded_outcomes
from blocs.forecast.score import score
from blocs.forecast.simulate import forecast
from blocs.ground.errors import InputError
from blocs.inference.fit import Fit, fit_record
from blocs.inference.sets import record_sets
from blocs.inference.tape import usable_acts
from blocs.scenario.build import build
from blocs.scenario.outcomes import AllOf, AnyOf, EventCondition, EventSelector, Outcome, Recorded, StateCondition


def _slow_first(ensemble: Ensemble, selector: EventSelector, times: int) -> list[float]:
    world = ensemble.fit.built.model.world
    out: list[float] = []
    for run in range(ensemble.runs):
        hits: list[float] = []
        for r, day, (i, j, g, k) in zip(ensemble.run, ensemble.day, ensemble.code, strict=True):
            names = (world.actors[i], world.actors[j])
            ways = [names, names[::-1]] if selector.either_way else [names]
            side = any(
                (not selector.source or a in selector.source) and (not selector.target or b in selector.target)
                for a, b in ways
            )
            act = not selector.act or world.acts[g] in selector.act
            issue = not selector.issue or world.issues[k] in selector.issue
            if r == run and side and act and issue:
                hits.append(float(day))
        out.append(sorted(hits)[times - 1] if len(hits) >= times else np.inf)
    return out


def _selectors(ensemble: Ensemble) -> list[tuple[EventSelector, int]]:
    world = ensemble.fit.built.model.world
    a, b = world.actors[0], world.actors[1]
    return [
        (EventSelector(source=(a,), target=(b,)), 1),
        (EventSelector(source=(a,), target=(b,), either_way=True), 3),
        (EventSelector(act=(world.acts[0], world.acts[-1]), issue=(world.issues[0],)), 1),
        (EventSelector(), 5),
    ]


def test_events_are_found_as_a_slow_reader_finds_them(tiny_ensemble: Ensemble) -> None:
    built, history = tiny_ensemble.fit.built, histories(tiny_ensemble)
    for selector, times in _selectors(tiny_ensemble):
        fast = first_days(built, EventCondition(event=selector, at_least=times), history)
        np.testing.assert_allclose(fast, _slow_first(tiny_ensemble, selector, times))


def test_any_is_the_earliest_and_all_the_latest(tiny_ensemble: Ensemble) -> None:
    built, history = tiny_ensemble.fit.built, histories(tiny_ensemble)
    parts = tuple(EventCondition(event=s, at_least=n) for s, n in _selectors(tiny_ensemble))
    each = np.stack([first_days(built, p, history) for p in parts])
    np.testing.assert_array_equal(first_days(built, AnyOf(any_of=parts), history), each.min(axis=0))
    np.testing.assert_array_equal(first_days(built, AllOf(all_of=parts), history), each.max(axis=0))


def test_probabilities_lie_in_their_intervals(tiny_ensemble: Ensemble) -> None:
    for o in forecast_outcomes(tiny_ensemble):
        assert 0.0 <= o.lo <= o.probability <= o.hi <= 1.0
        assert o.probability == np.isfinite(o.first).mean()
        assert all(d is None or tiny_ensemble.start <= d for d in o.dates)


def _without_future(fit: Fit) -> Fit:
    """The same fit made from a record that ends with the training period."""
    scenario = fit.built.scenario
    known = replace(scenario, chronicle=scenario.chronicle.asof(fit.until))
    return fit_record(build(known), fit.until, draws=1)


def test_the_future_does_not_reach_fit_or_forecast(tiny_fit: Fit, tiny_ensemble: Ensemble) -> None:
    blind = _without_future(tiny_fit)
    for level, found in tiny_fit.levels.items():
        np.testing.assert_array_equal(found.beta, blind.levels[level].beta)
    again = forecast(blind, tiny_ensemble.start, tiny_ensemble.end, tiny_ensemble.runs, tiny_ensemble.seed)
    np.testing.assert_array_equal(again.code, tiny_ensemble.code)
    np.testing.assert_array_equal(again.day, tiny_ensemble.day)


def test_scores_read_only_the_period_and_add_up(tiny_ensemble: Ensemble) -> None:
    s = score(tiny_ensemble)
    assert s.acts["start"].min() >= tiny_ensemble.start
    assert s.acts["end"].max() <= tiny_ensemble.end
    for m in ("model", "memory_only", "base_rate", "no_change"):
        assert s.log_score[m] == pytest.approx(sum(s.by_level[m].values()))
        assert (s.acts[m] < 0).all()
    gain = s.versus["memory_only"]
    assert gain.mean == pytest.approx(s.log_score["model"] - s.log_score["memory_only"])
    assert gain.lo <= gain.mean <= gain.hi
    truth = recorded_outcomes(tiny_ensemble.fit.built, tiny_ensemble.start, tiny_ensemble.end)
    assert s.brier == pytest.approx(np.mean([(o.probability - truth[o.id][0]) ** 2 for o in s.outcomes]))


def test_what_is_not_known_is_forecast_and_left_out_of_the_brier_score(tiny_ensemble: Ensemble) -> None:
    """An outcome that the scenario leaves open counts neither as come true nor as not, for model and base rate alike."""
    fit, plain = tiny_ensemble.fit, score(tiny_ensemble)
    outcomes = fit.built.scenario.outcomes
    open_one = max(plain.outcomes, key=lambda o: o.probability).id
    changed = {**outcomes, open_one: outcomes[open_one].model_copy(update={"recorded": Recorded(value=None)})}
    built = replace(fit.built, scenario=replace(fit.built.scenario, outcomes=changed))
    assert recorded_outcomes(built, tiny_ensemble.start, tiny_ensemble.end)[open_one] == (None, None, None)
    s = score(replace(tiny_ensemble, fit=replace(fit, built=built)))
    by_id = {o.id: o for o in s.outcomes}
    assert by_id[open_one].recorded is None
    assert by_id[open_one].probability == next(o.probability for o in plain.outcomes if o.id == open_one)
    rest = [o for o in s.outcomes if o.id != open_one]
    assert s.brier == pytest.approx(np.mean([(o.probability - o.recorded) ** 2 for o in rest]))
    assert s.brier_baseline == pytest.approx(np.mean([(o.baseline - o.recorded) ** 2 for o in rest]))
    assert s.brier != plain.brier


def test_an_untouched_twin_differs_in_nothing(tiny_ensemble: Ensemble) -> None:
    twin = forecast(tiny_ensemble.fit, tiny_ensemble.start, tiny_ensemble.end, tiny_ensemble.runs, tiny_ensemble.seed)
    for answer in compare("none", "no change", tiny_ensemble, twin, set(tiny_ensemble.fit.built.scenario.outcomes)):
        assert answer.difference == 0.0
        assert answer.lo < 0 < answer.hi
        assert answer.sentence.startswith("No clear change")


def test_contributions_add_up_to_the_log_odds(tiny_fit: Fit, tiny_ensemble: Ensemble) -> None:
    recorded = record_sets(tiny_fit.built, tiny_fit.until, 1)
    event = recorded.acts["id"][recorded.acts.height // 2]
    for explanation in (explain_recorded(tiny_fit, event), explain_simulated(tiny_ensemble, 0, 1)):
        for level in explanation.levels:
            assert level.contributions["contribution"].sum() == pytest.approx(level.log_odds, abs=1e-6)
            odds = np.log(level.probability / level.runner_up_probability)
            assert odds == pytest.approx(level.log_odds, abs=1e-6)
    assert explain_recorded(tiny_fit, event).because.height > 0
    assert isinstance(explain_recorded(tiny_fit, event).because, pl.DataFrame)


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"runs": 0}, "runs"),
        ({"start": date(1900, 1, 1)}, "start"),
        ({"do": ["set warmth[nobody,here]=1"]}, ""),
        ({"do": ["explode everything"]}, ""),
    ],
)
def test_bad_forecasts_say_what_is_wrong(tiny_fit: Fit, change: dict[str, object], field: str) -> None:
    with pytest.raises(InputError) as caught:
        forecast(tiny_fit, **change)  # type: ignore[arg-type]
    assert field in str(caught.value)
    assert "\n" not in str(caught.value)


def test_an_unknown_event_is_refused(tiny_fit: Fit) -> None:
    with pytest.raises(InputError, match="no event"):
        explain_recorded(tiny_fit, "no-such-event")


def test_an_outcome_that_no_mechanism_moves_is_not_forecast(tiny_ensemble: Ensemble) -> None:
    """A model without mechanisms for a quantity must not be credited with knowing that it stays where it is."""
    built = tiny_ensemble.fit.built
    writes = frozenset().union(*(m.card.writes for m in built.model.mechanisms))
    still = next(name for name in ("presence", "verdict", "cadres") if name not in writes)
    first = next(iter(built.scenario.outcomes.values()))
    one, fixed = (
        StateCondition.model_validate({"state": {"variable": v, "actor": built.model.world.actors[0], "at_least": 1}})
        for v in ("unrest", still)
    )

    def known(when: object) -> bool:
        changed = first.model_copy(update={"when": when})
        scenario = replace(built.scenario, outcomes={first.id: changed})
        return bool(possible(replace(built, scenario=scenario)))

    assert known(one)
    assert not known(fixed)
    assert known(AnyOf(any_of=(one, fixed)))
    assert not known(AllOf(all_of=(one, fixed)))


def test_what_came_true_is_dated_as_coarsely_as_the_record(tiny_fit: Fit) -> None:
    """The days that bound an outcome follow from the bounds of its acts, whatever days were drawn for them."""
    built = tiny_fit.built
    period = built.scenario.spec.period
    acts = usable_acts(built, until=period.end).sort("start", "end")
    first = acts.row(0, named=True)
    selector = EventSelector(source=(first["source"],), target=(first["target"],), act=(first["act"],))
    outcome = Outcome(id="first", title="the first act", when=EventCondition(event=selector))
    scenario = replace(built.scenario, outcomes={"first": outcome})
    came = recorded_outcomes(replace(built, scenario=scenario), period.start, period.end)["first"]
    like = acts.filter(*(pl.col(c) == first[c] for c in ("source", "target", "act")))
    assert came == (True, like["start"].min(), like["end"].min())
