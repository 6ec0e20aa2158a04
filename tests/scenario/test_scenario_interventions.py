"""The language of interventions: what it reads, and what it refuses with one clear line."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from blocs.bloc.vocabulary import vocabulary
from blocs.ground.errors import InputError
from blocs.scenario.build import build
from blocs.scenario.interventions import Do, Forbid, Force, Names, Rule, Scale, Set, parse_do
from blocs.scenario.interventions import parse as parse_line
from blocs.scenario.load import load
from blocs.scenario.vary import control_for

CAMP = load("camp")
VARIABLES = {name: quantity.axes for name, quantity in vocabulary().items()}


def parse(text: str) -> Do:
    return parse_do(text, CAMP, VARIABLES)


def test_each_verb() -> None:
    assert parse("set reserve_days[albania,grain]=90 from 1960-06-01") == Set(
        "reserve_days", (("albania",), ("grain",)), 90.0, date(1960, 6, 1)
    )
    assert parse("scale dependence[albania,ussr,grain]*0.5 from 1959 until 1959-06") == Scale(
        "dependence", (("albania",), ("ussr",), ("grain",)), 0.5, date(1959, 1, 1), date(1959, 6, 30)
    )
    assert parse("forbid sanction from camp to narrator") == Forbid(("sanction",), ("camp",), ("albania",))
    assert parse("force break from ussr to albania about albania_dissent on 1960-07") == Force(
        "break", "ussr", "albania", date(1960, 7, 1), date(1960, 7, 31), "albania_dissent"
    )
    assert parse("rule openness.step = 0.2 from 1958") == Rule("openness", "step", 0.2, date(1958, 1, 1))


def test_roles_stand_for_their_actors() -> None:
    ally = parse("forbid sanction|withhold from ally to narrator")
    assert isinstance(ally, Forbid)
    assert ally.acts == ("sanction", "withhold")
    assert ally.sources == CAMP.roles["ally"]
    assert "albania" not in ally.sources
    everyone = parse("set cohesion[any]=1")
    assert isinstance(everyone, Set)
    assert everyone.cells == (CAMP.collectives,)


@given(
    st.sampled_from(sorted(name for name, axes in VARIABLES.items() if axes == ("actor",))),
    st.sampled_from(CAMP.collectives),
    st.floats(0, 1),
    st.dates(date(1953, 1, 1), date(1961, 12, 31)),
)
def test_what_is_written_is_what_is_read(variable: str, actor: str, share: float, day: date) -> None:
    quantity = vocabulary()[variable]
    value = quantity.lo + share * ((1e6 if quantity.hi is None else quantity.hi) - quantity.lo)
    expected = Set(variable, ((actor,),), value, day)
    assert parse(f"set {variable}[{actor}]={value!r} from {day}") == expected
    assert parse(f"  set\t{variable} [ {actor} ] = {value!r}   from  {day} ") == expected


@pytest.mark.parametrize(
    ("text", "part"),
    [
        ("stop trade", "unknown verb 'stop'"),
        ("", "unknown verb ''"),
        ("set reserve_day[albania,grain]=1", "near: reserve_days"),
        ("set reserve_days[albania]=1", "reserve_days[actor, lever]"),
        ("set reserve_days=1", "reserve_days[actor, lever]"),
        ("set reserve_days[albnia,grain]=1", "near: albania"),
        ("set reserve_days[albania,grian]=1", "near: grain"),
        ("set reserve_days[albania,grain]=lots", "a finite number"),
        ("set reserve_days[albania,grain]=nan", "a finite number"),
        ("set reserve_days[albania,grain]=1 from 1960-13", "an EDTF date"),
        ("set reserve_days[albania,grain]=1 from 2060", "1919-01-01 to 1980-12-31"),
        ("set reserve_days[albania,grain]=1 from 1960 until 1959", "ends before it begins"),
        ("set reserve_days[albania,grain]=1 when 1960", "set variable[names]=number"),
        ("set recent[0,albania,ussr]=1", "axis 'memory'"),
        ("forbid sanctions from ally to narrator", "near: sanction"),
        ("forbid sanction from allies to narrator", "unknown actor 'allies'"),
        ("force break from ussr to ally on 1960", "one actor on each side"),
        ("force break from ussr to ussr on 1960", "two actors"),
        ("force break from ussr to albania", "force act from who to who"),
        ("rule openness=1", "rule mechanism.parameter=number"),
        ("forbid process from patron to narrator", "'process', which nobody does toward another"),
        ("force process from patron to narrator on 1958-05-01", "an act with a mode in acts.csv"),
        ("forbid aid|process from patron to narrator", "'process', which nobody does toward another"),
        ("forbid aid from patron to ussr", "two actors"),
        ("set warmth[ussr,patron]=1", "two actors"),
        ("set rests_on[hegemony,hegemony]=1", "two issues"),
        ("set reserve_days[albania,grain]=-1", "0 or more (day)"),
        ("set openness[albania,ussr]=6.5", "0 to 6 (step)"),
        ("set mandate[albania,hegemony]=1.5", "a whole number: body that has ruled"),
        ("set plan_rule[m1960_bucharest]=1.5", "a whole number: rule by which it decides"),
        ("set reserve_days[albania,grain]=1e308", "at most 1e+09"),
        ("scale reserve_days[albania,grain]*-1e10", "at most 1e+09"),
        ("rule opennes.step=1", "near: openness"),
        ("rule openness.stepp=1", "near: step"),
        ("rule openness.step=7", "0 to 6 (step)"),
    ],
)
def test_what_does_not_exist_is_refused(text: str, part: str) -> None:
    with pytest.raises(InputError) as caught:
        parse(text)
    assert part in str(caught.value)
    assert len(caught.value.faults) == 1


@given(st.text(max_size=60))
def test_any_text_is_an_intervention_or_an_input_error(text: str) -> None:
    for verb in ("", "set ", "forbid ", "force "):
        with pytest.raises(InputError):
            parse(verb + text.replace("=", ""))


def test_the_questions_of_camp_that_are_stated_parse() -> None:
    stated = {question.id for question in CAMP.questions.values() if question.do}
    assert stated >= {"q01", "q02", "q17"}
    for question in CAMP.questions.values():
        for text in question.do:
            parse(text)


@pytest.mark.parametrize(
    "text",
    [
        "forbid aid from patron to narrator until 1957",
        "set cohesion[narrator]=1 from 1956 until 1957-12-31",
        "rule openness.step=1 until 1957",
        "force aid from patron to narrator on 1957-12",
    ],
)
def test_what_is_over_before_the_forecast_starts_is_refused(text: str) -> None:
    assert parse(text)
    assert parse_do(text, CAMP, VARIABLES, date(1957, 12, 31))
    with pytest.raises(InputError, match="a day from 1958-01-01 on"):
        parse_do(text, CAMP, VARIABLES, date(1958, 1, 1))


def test_a_calendar_day_may_be_a_date() -> None:
    text = "set plan_day[m1960_bucharest]={}"
    by_date, by_number = (parse_do(text.format(day), CAMP, VARIABLES) for day in ("1960-07-01", "2738"))
    assert by_date == by_number
    assert CAMP.spec.period.start.toordinal() + by_date.value == date(1960, 7, 1).toordinal()
    assert parse_do(text.format("1960-07"), CAMP, VARIABLES) == by_number  # its first day
    for wrong in ("1960-13", "soon", "1999-01-01"):
        with pytest.raises(InputError, match=r"has (a|the) date"):
            parse_do(text.format(wrong), CAMP, VARIABLES)
    with pytest.raises(InputError, match="as its number"):
        parse_do("set plan_days[m1960_bucharest]=1960-07-01", CAMP, VARIABLES)


@pytest.mark.parametrize(
    "text",
    [
        "set cohesion[narrator]=1 from 1961",
        "rule openness.step=1 from 1961 until 1962",
        "force aid from patron to narrator on 1961",
    ],
)
def test_what_begins_after_the_forecast_ends_is_refused(text: str) -> None:
    first = date(1958, 1, 1)
    assert parse_do(text, CAMP, VARIABLES, first, date(1961, 1, 1))
    with pytest.raises(InputError, match="begins on 1961-01-01, expected a day up to 1960-12-31"):
        parse_do(text, CAMP, VARIABLES, first, date(1960, 12, 31))


def test_any_leaves_out_what_an_actor_would_do_to_itself() -> None:
    built = build(load("tiny"))
    edits = control_for(built, ["set warmth[any,any]=0.5"], built.scenario.spec.forecast.start).edits
    actors = len(built.model.world.actors)
    assert int((edits.day < 0).sum()) == actors * (actors - 1)


def test_a_role_that_nobody_has_is_refused() -> None:
    names = Names(("a", "b"), ("aid",), (), (), {"ally": ()})
    with pytest.raises(InputError, match="a role that nobody has"):
        parse_line("forbid aid from ally to a", names, VARIABLES, CAMP.spec.horizon)
