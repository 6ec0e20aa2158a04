"""How the source knew: the table of the report against a count by hand."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from types import MappingProxyType

from blocs.inference.tape import usable_acts
from blocs.report.views.known import SIDES, known_view
from blocs.report.words import percent


def counted(run):
    """Count acts by side of the narrator and channel, event by event."""
    told = set(run.scenario.roles["narrator"])
    found = Counter()
    for act in usable_acts(run.fit.built).iter_rows(named=True):
        if told & {act["source"], act["target"]}:
            where = "side"
        elif told & set(act["audience"]) or act["basis"] in ("narrator_present", "narrator_participant"):
            where = "present"
        else:
            where = "absent"
        found[where, act["channel"], act["basis"]] += 1
    return found


def test_shares_are_those_of_a_count_by_hand(result):
    view, found = known_view(result), counted(result)
    assert view is not None
    total = {side: sum(n for key, n in found.items() if key[0] == side) for side in SIDES}
    assert view.acts == tuple(total.values())
    for (_, rows), at in zip(view.tables, (2, 1), strict=True):
        assert {name for name, _ in rows} == {key[at].replace("_", " ") for key in found}
        for name, shares in rows:
            for side, share in zip(SIDES, shares, strict=True):
                n = sum(n for key, n in found.items() if key[0] == side and key[at].replace("_", " ") == name)
                assert share == (percent(n / total[side]) if total[side] else "–")


def test_the_report_shows_it(page, result):
    view = known_view(result)
    (section,) = page.all("section", id="sources")
    assert view is not None
    assert view.sentence in section.text()
    assert [t.attrs.get("aria-label") for t in section.all("div") if "aria-label" in t.attrs] == [
        "Table: known through", "Table: done",
    ]  # fmt: skip


def test_without_a_narrator_there_is_nothing_to_tell(result):
    roles = MappingProxyType({k: v for k, v in result.scenario.roles.items() if k != "narrator"})
    assert known_view(replace(result, scenario=replace(result.scenario, roles=roles))) is None
