"""The summary fits a screen, in any encoding, and prints text as text."""

from __future__ import annotations

import io
from dataclasses import replace

import pytest
from rich.console import Console

from blocs.report.summary import print_summary
from blocs.report.views.outcomes import outcome_groups
from blocs.report.views.scores import sentences
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
