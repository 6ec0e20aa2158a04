"""The summary fits a screen, in any encoding, and prints text as text."""

from __future__ import annotations

import io
from dataclasses import replace
from datetime import timedelta

import pytest
from rich.console import Console

from blocs.forecast.score import Interval
from blocs.inference.sets import record_sets
from blocs.report.summary import print_summary
from blocs.report.views.about import limits
from blocs.report.views.outcomes import outcome_groups
from blocs.report.views.scores import sentences, short_verdict
from blocs.report.words import Names, percent


def printed(run, width=100, encoding="utf-8"):
    buffer = io.BytesIO()
    stream = io.TextIOWrapper(buffer, encoding=encoding)
    print_summary(run, Console(file=stream, width=width, force_terminal=False))
    stream.flush()
    return buffer.getvalue().decode(encoding)


@pytest.mark.parametrize("width", [80, 100, 200])
def test_it_fits_a_screen(result, width):
    lines = printed(result, width).splitlines()
    assert len(lines) < 40
    assert max(len(line) for line in lines) <= width


def test_it_holds_the_numbers_of_the_run(result):
    text = printed(result)
    for o in result.scores.outcomes:
        line = next(x for x in text.splitlines() if percent(o.probability) in x and percent(o.baseline) in x)
        assert line
    gain = result.scores.versus["memory_only"]
    assert f"{gain.mean:+.3f}".replace("-", "−") in text
    assert f"{result.fit.acts} acts" in text
    assert f"{result.ensemble.runs} runs" in text


def test_those_that_came_true_are_always_shown(result):
    quiet = tuple(replace(result.scores.outcomes[0], id=f"x.{n}", recorded=False, probability=0.9) for n in range(30))
    true = replace(result.scores.outcomes[0], id="y", title="The rare one", recorded=True, probability=0.001)
    scores = replace(result.scores, outcomes=(*quiet, true))
    text = printed(replace(result, scores=scores))
    assert any("<0.1%" in x or "0.1%" in x for x in text.splitlines() if x.rstrip().endswith("yes"))
    assert "24 less likely outcomes are in the report" in text
    assert len(text.splitlines()) < 40


def test_what_is_not_known_is_said_so(result):
    first, *rest = sorted(result.scores.outcomes, key=lambda o: -o.probability)
    scores = replace(result.scores, outcomes=(replace(first, recorded=None), *rest))
    run = replace(result, scores=scores)
    lines = printed(run).splitlines()
    assert [percent(first.probability) in x for x in lines if x.rstrip().endswith("not known")] == [True]
    text = sentences(scores)[-2]
    assert text.endswith("Left out: 1 of which it is not known whether it came true.")
    rows = {row.id: row for group in outcome_groups(run, Names.of(run.scenario)) for row in group.rows}
    assert (rows[first.id].recorded, rows[first.id].closer, rows[first.id].came_true) == ("not known", "–", None)
    none = replace(scores, outcomes=tuple(replace(o, recorded=None) for o in scores.outcomes))
    assert "none is scored" in sentences(none)[-2]


@pytest.mark.parametrize(("scenes", "told"), [(1, "one scene"), (9, "9 scenes")])
def test_there_is_no_verdict_from_few_scenes(result, scenes, told):
    bounds = (float("nan"), float("nan")) if scenes == 1 else (0.4, 0.4)
    few = Interval(0.4, *bounds, scenes)
    scores = replace(
        result.scores,
        versus=dict.fromkeys(result.scores.versus, few),
        versus_by_level=dict.fromkeys(result.scores.versus_by_level, few),
    )
    run = replace(result, scores=scores)
    assert short_verdict(few) == f"no verdict: {told}"
    assert f"{told}, too few for a verdict" in sentences(scores)[0]
    assert any("too few scenes" in limit for limit in limits(run))
    text = printed(run)
    assert text.count(f"no verdict: {told}") == 3
    assert "nan" not in text + repr(run.scores)
    assert "full model" not in " ".join(limits(run))


def test_effects_from_few_scenes_have_no_verdict(result):
    fit = result.fit
    assert fit.scenes == record_sets(fit.built, fit.until, 1).acts["scene"].n_unique() >= 10
    start = fit.built.scenario.spec.period.start
    early = next(d for n in range(30, 400) if (d := replace(fit, until=start + timedelta(days=n))).scenes > 1)
    assert early.scenes < 10
    assert set(early.to_polars()["verdict"]) == {"too few scenes"}
    assert any("too few for a verdict on any effect" in limit for limit in limits(replace(result, fit=early)))


def test_a_terminal_without_unicode(result):
    text = printed(result, encoding="ascii")
    assert "-" in text
    assert "−" not in text


def test_markup_in_a_title_is_text(result):
    spec = result.scenario.spec.model_copy(update={"title": "[bold red]Four[/] states [link=x]"})
    changed = replace(result, scenario=replace(result.scenario, spec=spec))
    assert "[bold red]Four[/] states [link=x]" in printed(changed)


def test_without_a_later_record(result):
    text = printed(replace(result, scores=None, answers=()))
    assert "nothing to score" in text
    assert "base rate" not in text
