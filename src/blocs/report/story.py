"""The story of a session in plain words, step by step."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType
from typing import Any

from blocs.institutions.procedures.codes import (
    ADOPTED,
    CONTESTED,
    DROPPED,
    FORMS,
    NOTE,
    OUTCOMES,
    REFUSED,
    REQUESTS,
    RULES,
    SOFTENED,
    STRENGTHS,
)
from blocs.institutions.procedures.rules import EXECUTED
from blocs.jobs.messages import Letter
from blocs.jobs.trace import Event, Trace
from blocs.report.words import Names

FORM_WORDS: Mapping[str, str] = MappingProxyType(
    {
        "meeting": "a meeting",
        "text": "a meeting that drafts a joint text",
        "requests": "a talk about requests",
        "demands": "a talk about demands",
    }
)
RULE_WORDS: Mapping[str, str] = MappingProxyType(
    {
        "unanimity": "unanimity",
        "convener": "consensus under the convener, who has a veto",
        "reservations": "consensus, with reservations allowed",
        "majority": "a majority of the delegations",
        "qualified": "a qualified majority with weights",
        "unexecuted": "a majority that nobody can enforce inside a member that dissents",
    }
)
OUTCOME_WORDS: Mapping[str, str] = MappingProxyType(
    {
        "none": "It ends without a result.",
        "text": "It ends with an agreement.",
        "deferral": "It ends without a decision; the matter is left for later.",
        "referral": "It ends without an agreement; the matter is referred elsewhere.",
        "rupture": "It ends in a breach.",
    }
)
CIRCLES = ("the head alone", "the bureau", "the committee", "the cadres", "everybody")
"""Who may read a message, by its class."""
HALF_YEAR = 175.0
"""Days from which on the look back is one of half a year."""
MANY = 6
"""Kinds of act of one step that are told one by one."""


@dataclass(frozen=True)
class Told:
    """One step of a story: its day and sentences."""

    day: date
    sentences: tuple[str, ...]


def story(trace: Trace, names: Names) -> tuple[Told, ...]:
    """Return a session of a run as dated sentences; steps in which nothing is to tell are left out."""
    tell = _Teller(trace, names)
    found: list[Told] = []
    for event in trace.events:
        sentences = tuple(tell.words(event))
        if not sentences:
            continue
        if found and found[-1].day == event.day:
            found[-1] = Told(event.day, (*found[-1].sentences, *sentences))
        else:
            found.append(Told(event.day, sentences))
    return tuple(found)


class _Teller:
    def __init__(self, trace: Trace, names: Names) -> None:
        self.trace, self.names = trace, names
        self.talk = FORMS.index(trace.sitting.form) >= REQUESTS
        tellers: dict[str, Callable[[dict[str, Any]], list[str]]] = {
            "called": self.called,
            "changed": self.changed,
            "called_off": lambda d: ["It is called off before it opens."],
            "opened": self.opened,
            "acts": self.acts,
            "singled_out": self.singled_out,
            "floor": lambda d: [f"{self.many(d['who'])} will hardly get the floor again."],
            "tone": lambda d: ["The tone is angry." if d["tone"] < 0 else "The tone is warm."],
            "clauses": self.clauses,
            "decided": self.decided,
            "later": self.later,
        }
        self.tellers = tellers

    def words(self, event: Event) -> list[str]:
        return self.tellers[event.what](event.data)

    def many(self, who: Sequence[str]) -> str:
        found = [self.names.actor(w) for w in who]
        return found[0] if len(found) == 1 else ", ".join(found[:-1]) + " and " + found[-1] if found else "nobody"

    def issues(self, some: Sequence[str]) -> str:
        return "; ".join(self.names.issue(k) for k in some) or "nothing"

    def called(self, d: dict[str, Any]) -> list[str]:
        how = "calls" if d["by"] == "schedule" or d["notice"] > 0 else "sits down to"
        return [self.invitation(d, how), f"Declared agenda: {self.issues(d['agenda'])}.", *self.terms(d)]

    def changed(self, d: dict[str, Any]) -> list[str]:
        """Return what is now different in a session that has been called."""
        found = ["The schedule is changed."]
        if {"form", "chair", "invited"} & {*d["terms"]}:
            found.append(self.invitation(d, "now calls"))
        if "agenda" in d["terms"]:
            found.append(f"Declared agenda: {self.issues(d['agenda'])}.")
        return [*found, *self.terms(d)] if {"form", "rule", "notice", "drafters", "reserve"} & {*d["terms"]} else found

    def invitation(self, d: dict[str, Any], how: str) -> str:
        others = self.many([w for w in d["invited"] if w not in d["chair"]])
        return f"{self.many(d['chair'])} {how} {FORM_WORDS[d['form']]} with {others}."

    def terms(self, d: dict[str, Any]) -> list[str]:
        if FORMS.index(d["form"]) >= REQUESTS:
            guests = [w for w in d["invited"] if w not in d["chair"]]
            side, who = ("ask", guests) if d["form"] == "requests" else ("demand", d["chair"])
            return [f"{self.many(who)} {side}{ending(who)}."]
        found = [f"It is to decide by {RULE_WORDS[RULES[d['rule']]]}; {count_of(round(d['notice']), 'day')} of notice."]
        if d["form"] == "text":
            right = "may" if d["reserve"] else "may not"
            verb = f"draft{ending(d['drafters'])}"
            found.append(f"{self.many(d['drafters'])} {verb}; members {right} sign with a reservation.")
        return found

    def opened(self, d: dict[str, Any]) -> list[str]:
        found = ["The talk opens." if self.talk else "The session opens."]
        low = {w: r for w, r in d["ranks"].items() if r < 0.9}
        if low:
            found.append(f"Below the rank of a head: {self.many(list(low))}.")
        if d["absent"]:
            found.append(f"Absent: {self.many(d['absent'])}.")
        if self.talk:
            return found
        if d["added"]:
            found.append(f"The chair adds what was not on the agenda: {self.issues(d['added'])}.")
        if d["dossier"] > 0:
            when = f"{round(d['lead'])} days before" if d["lead"] >= 1 else "hours before"
            weight = "severe" if d["dossier"] >= 0.6 else "measured"
            found.append(f"A {weight} dossier was handed out {when}; it points at {self.many(d['blamed'])}.")
        return found

    def acts(self, d: dict[str, Any]) -> list[str]:
        rows = d["acts"]
        told = [
            f"{self.names.actor(i)} to {self.names.actor(j)}: {self.names.act(g)}" + (f" ({n} times)" if n > 1 else "")
            for i, j, g, n in rows[:MANY]
        ]
        rest = sum(n for *_, n in rows[MANY:])
        tail = f"; and {rest} more acts" if rest else ""
        return [f"Between those present: {'; '.join(told)}{tail}."]

    def singled_out(self, d: dict[str, Any]) -> list[str]:
        return [f"{self.names.actor(w)} is singled out ({round(100 * much)} of 100)." for w, much in d["who"].items()]

    def clauses(self, d: dict[str, Any]) -> list[str]:
        return [self._item(row) if self.talk else self._clause(row) for row in d["clauses"]]

    def _clause(self, row: dict[str, Any]) -> str:
        now, old = row["now"], row["before"]
        head = f"Clause {row['clause']} ({self.names.issue(row['issue'])})"
        word = STRENGTHS[min(3, max(0, round(now["strength"])))]
        support = f"{round(100 * now['share'])}% of the weight present does not object"
        if old is None:
            return f"{head} is drafted, wording {signed(now['text'])}, its target {word}."
        state = round(now["state"])
        if state == ADOPTED:
            return f"{head} is adopted, wording {signed(now['text'])}, its target {word}."
        if state == DROPPED:
            return f"{head} is dropped."
        if state == NOTE:
            return f"{head} leaves the text for an internal note."
        if now["strength"] > old["strength"] + 1e-3:
            return f"{head}: what was conceded is taken back; its target is {word} again."
        if state == SOFTENED and now["strength"] < old["strength"] - 1e-3:
            return f"{head} is softened to wording {signed(now['text'])}, its target {word}; {support}."
        return f"{head} is contested; {support}." if state == CONTESTED else f"{head}: {support}."

    def _item(self, row: dict[str, Any]) -> str:
        now, state = row["now"], round(row["now"]["state"])
        what = "Item" if self.trace.sitting.form == "requests" else "Demand"
        head = f"{what} {row['clause']} ({self.names.issue(row['issue'])})"
        part = f"granted in part ({round(100 * now['share'])}%)"
        put = "asked" if what == "Item" else "listed"
        after = {
            CONTESTED: "contested" if what == "Item" else "put",
            SOFTENED: part,
            DROPPED: "struck" if what == "Item" else "left aside",
            ADOPTED: "granted",
            REFUSED: "refused",
        }
        return f"{head} is {after.get(state, put)}."

    def decided(self, d: dict[str, Any]) -> list[str]:
        found: list[str] = []
        for key, verb in (("signed", "signed by"), ("reserved", "signed with a reservation by")):
            if d[key]:
                found.append(f"The text is {verb} {self.many(d[key])}.")
        if d["refused"]:
            anyway = "binds them all the same" if EXECUTED[d["rule"]] else "binds only who signed"
            found.append(f"{self.many(d['refused'])} will not sign; by its rule the text {anyway}.")
        if self.talk and self.trace.sitting.form == "requests":
            found.append(f"Of what was asked {round(100 * d['granted'])}% is granted.")
        found.append(OUTCOME_WORDS[OUTCOMES[d["outcome"]]])
        if d["defiant"]:
            whom = "it" if len(d["defiant"]) == 1 else "them"
            found.append(
                f"{self.many(d['defiant'])} hold{ending(d['defiant'])} out; from now on this counts against {whom}."
            )
        return found

    def later(self, d: dict[str, Any]) -> list[str]:
        chair, who = self.names.actor(d["chair"]), self.names.actor(d["who"])
        before, after = d["rung"]
        cool = "cooler" if d["warmth"][1] < d["warmth"][0] else "no cooler"
        end = "; relations are broken" if d["broken"] else ""
        span = count_of(max(1, round(d["days"])), "day")
        when = "Half a year on" if d["days"] >= HALF_YEAR else f"{span} on, when the run ends"
        hard = count_of(d["hard"], "material pressure") if d["hard"] else "no material pressure"
        return [
            f"{when}, {chair} is {cool} toward {who}, has used {hard} on it, and stands on "
            f"rung {after:.0f} of the ladder ({before:.0f} at the close){end}."
        ]


def signed(wording: float) -> str:
    """Return a wording -1..1 with its sign and two digits; what rounds to 0 has none."""
    return f"{wording:+.2f}" if round(wording, 2) else "0.00"


def ending(who: Sequence[str]) -> str:
    """Return what a verb ends with after one subject, or after several."""
    return "s" if len(who) == 1 else ""


def count_of(count: int, what: str) -> str:
    """Return a count with its noun, in the plural where it is not one."""
    return f"{count} {what}" if count == 1 else f"{count} {what}s"


def heading(trace: Trace, names: Names) -> str:
    """Return the first line of a story: which session of which run."""
    scenario = trace.inside.fit.built.scenario
    titles = {m.id: m.title for m in scenario.schedule}
    title = titles.get(trace.sitting.id, FORM_WORDS[trace.sitting.form].removeprefix("a ").capitalize())
    why = " The forecast did not know of it and was told to hold it." if trace.added else ""
    return f"{title} ({trace.sitting.id}) in run {trace.inside.run} of the forecast, seed {trace.inside.seed}.{why}"


def letter_story(letter: Letter, names: Names) -> tuple[Told, ...]:
    """Return what became of a message as dated sentences."""
    kind = "a demand that its envoy alone is to convey" if letter.order else "a message"
    who, whom = names.actor(letter.source), names.actor(letter.target)
    circle = CIRCLES[min(letter.circle, len(CIRCLES) - 1)]
    about = f" about {names.issue(letter.issue)}" if letter.issue else ""
    found = [Told(letter.sent, (f"{who} sends {whom} {kind}{about}, meant for {circle}.",))]
    found.append(Told(letter.read or letter.sent, (_arrival(letter, whom),)))
    if letter.out is not None:
        found.append(Told(letter.out, ("What it says has come out.",)))
    return tuple(found)


def _arrival(letter: Letter, whom: str) -> str:
    if letter.read is None:
        return "It is not seen to arrive."
    if letter.lost is None:
        return f"The envoy arrives; what an earlier one did not pass on to {whom} hides whether this one does."
    return f"The envoy does not pass it on; {whom} does not hear of it." if letter.lost else f"{whom} has read it."
