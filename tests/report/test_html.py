"""The report holds the numbers of the run, needs nothing from elsewhere, and believes no text of a scenario."""

from __future__ import annotations

import json
import math
import re
from dataclasses import replace
from datetime import date

import numpy as np
import polars as pl
import pytest
from page_reader import parse

from blocs.conduct.catalogue import EFFECTS
from blocs.conduct.words import words_of
from blocs.jobs.questions import left_out
from blocs.report import history
from blocs.report.html import SECTIONS, figure_json, render_report
from blocs.report.views.scores import sentences

HOSTILE = "</script><script>alert(1)</script><img src=x onerror=alert(2)> & [red]"


def section(page, key):
    (found,) = page.all("section", id=key)
    return found


def rows(element):
    return [[c.text() for c in r.children if getattr(c, "tag", "") in ("td", "th")] for r in element.all("tr")]


def value(text):
    return float(text.replace("−", "-").replace("%", "").replace("<", "").replace(">", ""))


def test_every_section_has_a_heading_and_an_entry_in_the_contents(page):
    (toc,) = page.all("nav")
    here = [s for s in SECTIONS if s[0] != "meetings"]  # the invented scenario holds no great meeting
    assert [(a.attrs["href"], a.text()) for a in toc.all("a")] == [(f"#{key}", title) for key, title in here]
    for key, title in here:
        assert title in section(page, key).all("h2")[0].text()
        assert len(section(page, key).text()) > 150


def test_every_link_leads_somewhere_and_ids_are_single(page):
    ids = [e.attrs["id"] for e in page.all() if "id" in e.attrs]
    assert len(ids) == len(set(ids))
    links = [a.attrs["href"] for a in page.all("a")]
    assert links
    assert {link[1:] for link in links} <= set(ids)
    assert all(link.startswith("#") for link in links)


def test_nothing_is_fetched(page, html):
    for element in page.all():
        for name in ("src", "href", "srcset", "action", "data", "poster"):
            assert element.attrs.get(name, "#").startswith(("#", "data:")), element
    (style,) = page.all("style")
    assert "url(" not in "".join(style.children)
    assert "@import" not in "".join(style.children)
    assert len(html) < 8_000_000


def test_plotly_is_there_once(page):
    programs = [s for s in page.all("script") if s.attrs.get("type") != "application/json"]
    sizes = sorted(len("".join(s.children)) for s in programs)
    assert len(programs) == 2
    assert sizes[0] < 10_000 < 1_000_000 < sizes[1]


def test_there_are_no_raw_marks_no_wrong_plurals_and_one_way_to_write_a_percentage(result):
    sources = {k: s.model_copy(update={"perspective": "Marked `outside`."}) for k, s in result.scenario.sources.items()}
    page = parse(render_report(replace(result, scenario=replace(result.scenario, sources=sources))))
    text = " ".join(section(page, key.attrs["id"]).text() for key in page.all("section"))
    assert "`" not in text
    assert "outside" in [c.text() for c in section(page, "sources").all("code")]
    assert not re.findall(r"\d %", text)
    assert not re.findall(r"\b1 (?:acts|outcomes|effects|attacks|histories|runs|questions|points)\b", text)
    assert "next best" not in text
    assert "rank 1" not in text


def test_no_word_of_the_page_is_a_broken_number(page):
    words = set(re.findall(r"[a-z_]+", page.text().lower()))
    assert not words & {"nan", "inf", "none", "null", "undefined"}


def test_every_picture_has_data_and_a_description(page):
    plots = [e for e in page.all("div") if e.attrs.get("class") == "plot"]
    assert len(plots) >= 8
    for plot in plots:
        (data,) = page.all("script", id=plot.attrs["data-spec"])
        figure = json.loads("".join(data.children))
        assert figure["data"]
        assert figure["layout"]["height"] == int(re.findall(r"height:(\d+)px", plot.attrs["style"])[0])
        assert len(plot.attrs["aria-label"]) > 30


def test_outcomes_are_those_of_the_run(page, result):
    found = {r.attrs["id"]: r for r in section(page, "outcomes").all("tr") if "id" in r.attrs}
    assert set(found) == {f"outcome-{o.id}" for o in result.scores.outcomes}
    for o in result.scores.outcomes:
        cells = [c.text() for c in found[f"outcome-{o.id}"].all("td")]
        assert value(cells[0]) == pytest.approx(100 * o.probability, abs=0.5)
        lo, hi = (value(x) for x in cells[2].split(" to "))
        assert lo == pytest.approx(100 * o.lo, abs=0.5)
        assert hi == pytest.approx(100 * o.hi, abs=0.5)
        assert value(cells[3]) == pytest.approx(100 * o.baseline, abs=0.5)
        assert cells[5].startswith("yes" if o.recorded else "no")
        nearer = abs(o.probability - o.recorded) < abs(o.baseline - o.recorded)
        assert cells[6] in ("tie", "forecast" if nearer else "base rate")


def test_outcomes_name_actors_in_words(page):
    text = section(page, "outcomes").text()
    assert "Relations between the patron and West Shore are severed" in text
    assert "west_shore" not in text


def test_scores_are_those_of_the_run(page, result):
    table = rows(section(page, "scores"))
    by_name = {row[0].split(" ")[0].lower(): row for row in table}
    for model, key in (("model", "the"), ("memory_only", "memory"), ("base_rate", "base"), ("no_change", "no")):
        assert value(by_name[key][1]) == pytest.approx(result.scores.log_score[model], abs=5e-4)
        for cell, (_, mean) in zip(by_name[key][2:6], result.scores.by_level[model].items(), strict=True):
            assert value(cell) == pytest.approx(mean, abs=5e-4)
    gain = result.scores.versus["memory_only"]
    assert [value(x) for x in re.findall(r"[+−]\d+\.\d+", by_name["memory"][6])] == pytest.approx(
        [gain.mean, gain.lo, gain.hi], abs=5e-4
    )


def test_effects_are_those_of_the_fit(page, result):
    tables = section(page, "effects").all("table")
    told = {
        (level, row[0]): row
        for level, table in zip(("source", "target", "act", "issue"), tables, strict=True)
        for row in rows(table)
    }
    table = result.fit.to_polars()
    varying = table.filter(pl.col("step") > 0)
    assert varying.height > 50
    for r in varying.iter_rows(named=True):
        label, meaning = words_of(r["choice"], r["effect"])
        row = told[r["choice"], f"{label} {r['effect']}"]
        assert row[1] == meaning
        assert value(row[2]) == pytest.approx(math.exp(r["per_step"]), rel=0.05)
        lo, hi = (value(x) for x in row[3].split(" to "))
        assert lo == pytest.approx(math.exp(r["lo"] * r["step"]), rel=0.05)
        assert hi == pytest.approx(math.exp(r["hi"] * r["step"]), rel=0.05)
        assert row[4] == r["verdict"]


def test_effects_are_told_in_words_and_not_by_their_formulas(page):
    """Code names stand beside labels in the full tables only, formulas nowhere."""
    acts, effects = section(page, "acts").text(), section(page, "effects").text()
    labels = [e.words.label for e in EFFECTS]
    assert sum(label in acts for label in labels) > 5
    for e in EFFECTS:
        assert e.about not in acts + effects
        if "_" in e.name:
            assert e.name not in acts


def test_explained_acts_show_summary_pages_and_choices(page, result):
    events = {r["id"]: r for r in result.scenario.chronicle.events.iter_rows(named=True)}
    assert result.explanations
    for explanation in result.explanations:
        key = explanation.title.split(":")[0]
        (article,) = page.all("article", id=f"act-{key}")
        text = article.text()
        assert " ".join(events[key]["summary"].split()) in text
        assert str(events[key]["pages"][0]) in text
        for choice in explanation.levels:
            top = choice.contributions.row(0, named=True)
            assert f"{top['contribution']:+.2f}".replace("-", "−") in text


def test_questions_are_those_of_the_run(page, result):
    assert result.answers
    gone = left_out(result.fit.built, result.answers)
    assert len(gone) < len({a.id for a in result.answers})
    for answer in result.answers:
        if answer.id in gone:
            assert gone[answer.id] in section(page, "questions").text()
            continue
        (article,) = page.all("article", id=f"question-{answer.id}")
        texts = [row for row in rows(article) if len(row) == 6 and row[0] != "Outcome"]
        differences = [value(row[3]) for row in texts]
        assert any(d == pytest.approx(100 * answer.difference, abs=0.051) for d in differences)
        for line in answer.do:
            assert line in article.text()


def test_what_a_question_sets_itself_is_marked_and_not_counted(page, result):
    assert {a.outcome for a in result.answers if a.by_construction} == {"goods_withheld"}
    (article,) = page.all("article", id="question-q2")
    (row,) = [r for r in rows(article) if "by construction" in r[0]]
    assert "holds goods back" in row[0]
    assert "This is no finding." in article.text()
    assert "what they set themselves" in section(page, "brief").text()
    count = re.search(r"moved an outcome clearly: (\d+) of (\d+)", section(page, "brief").text())
    assert count
    assert int(count[1]) == len({a.id for a in result.answers if a.clear})


def test_questions_without_an_answer_are_left_out_with_the_reason(result):
    still = tuple(replace(a, other_acts=0.0, difference=0.0) if a.id == "q1" else a for a in result.answers)
    only = parse(render_report(replace(result, answers=tuple(a for a in still if a.id == "q1"))))
    assert "no answer to any question" in section(only, "questions").text()


def test_sensitivity_is_that_of_the_run(page, result):
    (table,) = section(page, "sensitivity").all("table")
    assumptions = result.sensitivity["assumption"].unique(maintain_order=True).to_list()
    body = rows(table)[1:]
    assert len(body) == result.sensitivity["outcome"].n_unique()
    shown = sorted(value(cell.split(" ")[0]) for row in body for cell in row[1:])
    places = [cell.partition(" ")[2] for row in body for cell in row[1:]]
    assert all(re.fullmatch(r"(\d+(st|nd|rd|th) of \d+)?", p) for p in places)
    assert any(places)
    expected = sorted(100 * p for p in result.sensitivity["probability"])
    assert shown == pytest.approx(expected, abs=0.5)
    assert all(f"About {a}" in rows(table)[0] for a in assumptions)


def test_how_to_reproduce_gives_command_seeds_hash_versions(page, result):
    text = section(page, "reproduce").text()
    for needed in (
        result.command,
        result.scenario.hash,
        f"from seed {result.ensemble.seed}",
        "jax ",
        "Python ",
        "blocs ",
    ):
        assert needed in text


def test_it_says_where_a_baseline_wins(page, result):
    told = section(page, "scores").text()
    for sentence in sentences(result.scores):
        assert sentence in told
    worse = replace(result.scores, brier=0.5, brier_baseline=0.25)
    assert any("Brier" in s and "the base rate is better" in s for s in sentences(worse))


def test_the_same_run_gives_the_same_page(result, html):
    assert render_report(result) == html


def hostile_run(result):
    """The run with markup in every text a person can write."""
    scenario = result.scenario
    spec = scenario.spec.model_copy(
        update={"title": HOSTILE, "summary": HOSTILE, "disclaimer": HOSTILE, "notes": (HOSTILE,)}
    )
    actors = {k: a.model_copy(update={"name": f"{a.name[:4]}{HOSTILE}"}) for k, a in scenario.actors.items()}
    issues = {k: i.model_copy(update={"name": HOSTILE}) for k, i in scenario.issues.items()}
    outcomes = {k: o.model_copy(update={"title": HOSTILE}) for k, o in scenario.outcomes.items()}
    sources = {
        k: s.model_copy(update={"citation": HOSTILE, "what_it_is_not": HOSTILE}) for k, s in scenario.sources.items()
    }
    events = scenario.chronicle.events.with_columns(pl.lit(HOSTILE).alias("summary"))
    changed = replace(
        scenario, spec=spec, actors=actors, issues=issues, outcomes=outcomes, sources=sources,
        chronicle=replace(scenario.chronicle, events=events),
    )  # fmt: skip
    fit = replace(result.fit, built=replace(result.fit.built, scenario=changed))
    answers = tuple(replace(a, text=HOSTILE, sentence=HOSTILE, do=(HOSTILE,)) for a in result.answers)
    return replace(
        result, scenario=changed, fit=fit, ensemble=replace(result.ensemble, fit=fit), answers=answers, command=HOSTILE
    )


def labels(part):
    """Return every string of a figure."""
    if isinstance(part, str):
        return [part]
    children = part.values() if isinstance(part, dict) else part if isinstance(part, list) else ()
    return [label for child in children for label in labels(child)]


def test_text_of_a_scenario_is_never_markup(result, page):
    hostile = parse(render_report(hostile_run(result)))
    assert len(hostile.all("script")) == len(page.all("script"))
    assert not hostile.all("img")
    assert hostile.text().count(HOSTILE) > 20
    hovers = 0
    for data in hostile.all("script", type="application/json"):
        text = "".join(data.children)
        assert "<" not in text
        for label in labels(json.loads(text)):
            assert set(re.findall(r"<[^>]*>", label)) <= {"<b>", "</b>", "<br>", "<extra>", "</extra>"}
            hovers += "alert" in label
    assert hovers > 20


def test_a_run_without_later_record(result):
    bare = replace(result, scores=None, explanations=(), answers=(), sensitivity=result.sensitivity.clear())
    page = parse(render_report(bare))
    shown = {e.attrs["id"] for e in page.all("section")} - {"brief"}
    assert shown == {key for key, _ in SECTIONS} - {"scores", "acts", "questions", "sensitivity", "meetings"}
    assert "nothing could be scored" in page.text()
    assert "Recorded" in page.text()
    words = set(re.findall(r"[a-z_]+", page.text().lower()))
    assert not words & {"nan", "inf", "none", "null"}
    links = {a.attrs["href"][1:] for a in page.all("a")}
    assert links <= {e.attrs["id"] for e in page.all() if "id" in e.attrs}


def test_numbers_that_are_none_become_gaps_in_figures(result):
    from blocs.report.figures.style import blank, rounded

    fig = blank(100)
    fig.add_scatter(y=rounded([1.0, math.nan, math.inf, None, -0.0]))
    assert json.loads(figure_json(fig))["data"][0]["y"] == [1.0, None, None, None, 0.0]


def test_the_record_shown_is_the_one_scored(result):
    past = history.replay_record(result.ensemble, result.scores.end)
    assert past.last == result.scores.end
    assert past.dates[0] > date(2001, 1, 1)
    assert past.dates[-1] == past.last
    assert np.all(np.diff(np.array(past.dates[:-1], "datetime64[D]").astype(int)) == 7)
    assert past.acts.height == result.fit.acts + result.scores.acts.height
