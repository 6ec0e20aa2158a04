"""Load a scenario, or tell everything that is wrong with it."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from types import MappingProxyType
from typing import Any, TypeVar

from blocs.ground.errors import Fault
from blocs.record import Chronicle
from blocs.scenario.check import Checker
from blocs.scenario.faults import Faults, raise_if
from blocs.scenario.folder import DATA, Folder, file_hash, locate, read_folder
from blocs.scenario.outcomes import expand
from blocs.scenario.scenario import Scenario, roles
from blocs.scenario.spec import Spec

T = TypeVar("T")
ALL = "+all"
"""After the name of a scenario: with every mechanism and effect, and not its light default alone."""


@dataclass(frozen=True)
class Report:
    """What a check found: faults by file and line, and the scenario where there are none."""

    path: Path
    faults: tuple[Fault, ...]
    scenario: Scenario | None


def load(name_or_path: str | Path) -> Scenario:
    """Return a scenario: one that comes with Blocs by name (`camp`, `tiny`), any other by the path of its folder.

    A name followed by `+all` (`camp+all`) gives the scenario with every mechanism and every effect, not with its light
    default alone (`model: light` in scenario.yaml).

    Raises:
        InputError: no such scenario, or faults in it: all of them, each with file, line and field.
    """
    report = check(name_or_path)
    raise_if(report.faults)
    if report.scenario is None:
        raise AssertionError("a scenario without faults was not built")
    return report.scenario


def where(scenario: Scenario) -> str:
    """Return what `load` takes to give this scenario again: its name where it comes with Blocs, else its folder."""
    shipped = scenario.path.resolve() == (DATA / scenario.id).resolve()
    return (scenario.id if shipped else str(scenario.path.resolve())) + (ALL if scenario.whole else "")


def check(name_or_path: str | Path) -> Report:
    """Return every fault of a scenario in one pass, whatever its bytes; see docs/reference/scenario-format.md.

    Raises:
        InputError: there is no such scenario or folder.
    """
    name = str(name_or_path)
    path = locate(name.removesuffix(ALL)) if name.endswith(ALL) else locate(name_or_path)
    folder, faults = read_folder(path)
    faults += Checker(folder).run()
    if path.parent != DATA:
        # not of those that come with Blocs, whose tests build them: the catalogues take a second to import
        from blocs.scenario.check_model import model_faults

        faults += model_faults(folder)
    if not folder.entries["events.jsonl"] and not faults:
        empty = Faults(str(path / "events.jsonl"))
        empty.add(1, "file", "holds no event", "at least one event")
        faults += empty.all()
    if faults:
        return Report(path, tuple(sorted(faults)), None)
    return Report(path, (), _build(folder, name.endswith(ALL)))


def _build(folder: Folder, whole: bool) -> Scenario:
    if folder.spec is None:
        raise AssertionError("a folder without faults has a spec")
    spec = _chosen(folder.spec.value, whole)
    actors = _by_id(folder, "actors.csv")
    who = roles(spec, actors)
    chronicle = Chronicle.build(
        folder.values("events.jsonl"),
        folder.values("positions.jsonl"),
        kinds={actor.id: actor.kind for actor in actors.values()},
        open_start=spec.open_ends.start,
        open_end=spec.open_ends.end,
    )
    outcomes = expand(folder.values("outcomes.yaml"), who, {actor.id: actor.short for actor in actors.values()})
    return Scenario(
        spec=spec,
        actors=actors,
        aliases=MappingProxyType({alias.alias: alias.actor for alias in folder.values("aliases.csv")}),
        issues=_by_id(folder, "issues.csv"),
        acts=_by_id(folder, "acts.csv"),
        levers=_by_id(folder, "levers.csv"),
        institutions=_by_id(folder, "institutions.yaml"),
        sources=_by_id(folder, "sources.yaml"),
        chronicle=chronicle,
        schedule=tuple(folder.values("schedule.yaml")),
        outcomes=MappingProxyType({outcome.id: outcome for outcome in outcomes}),
        ties=tuple(folder.values("ties.csv")),
        ladder=tuple(folder.values("ladder.csv")),
        state_entries=tuple(folder.values("state.yaml")),
        questions=_by_id(folder, "questions.yaml"),
        numbers=tuple(folder.values("numbers.csv")),
        roles=MappingProxyType(who),
        path=folder.path,
        hash=file_hash(folder.path) + (ALL if whole else ""),
        whole=whole,
        lightened=bool(folder.spec.value.model.get("light")) and not whole,
    )


def _chosen(spec: Spec, whole: bool) -> Spec:
    """Return the spec with what `model: light` leaves out left out, or with everything where the whole is asked for."""
    model = {key: value for key, value in spec.model.items() if key != "light"}
    light: dict[str, Any] = spec.model.get("light", {})
    if whole:
        model.pop("only", None)
    elif light:
        without = [*model.get("without", []), *light.get("without", [])]
        model |= {key: value for key, value in light.items() if key != "without"} | {"without": without}
    return spec.model_copy(update={"model": model})


def with_only(scenario: Scenario, mechanisms: Collection[str]) -> Scenario:
    """Return the scenario with no mechanisms but these (and memory), as `model: only` of its file would have it."""
    model = {**scenario.spec.model, "only": sorted(mechanisms)}
    return replace(scenario, spec=scenario.spec.model_copy(update={"model": model}))


def _by_id(folder: Folder, name: str) -> Mapping[str, Any]:
    return MappingProxyType({entry.id: entry for entry in folder.values(name)})
