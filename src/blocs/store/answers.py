"""Explanations, answers and the sensitivity to the observation layer on disk."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import polars as pl

from blocs.forecast.ask import Answer
from blocs.forecast.explain import Explanation, LevelExplanation
from blocs.ground.errors import bad_input
from blocs.store.jsonfile import plain
from blocs.store.spec import ANSWERS


@dataclass(frozen=True)
class Findings:
    """What a run found besides its forecast."""

    explanations: tuple[Explanation, ...]
    answers: tuple[Answer, ...]
    sensitivity: pl.DataFrame


def findings_to_dict(found: Findings) -> dict[str, Any]:
    """Return findings as JSON takes them (see FORMAT.md, answers.json)."""
    return plain(
        {
            "explanations": [explanation_to_dict(x) for x in found.explanations],
            "answers": [asdict(a) for a in found.answers],
            "sensitivity": found.sensitivity.to_dicts(),
        }
    )


def explanation_to_dict(explanation: Explanation) -> dict[str, Any]:
    """Return one explanation as JSON takes it: title, when, levels with contributions, and the acts behind it."""
    levels = [{**vars(x), "contributions": x.contributions.to_dicts()} for x in explanation.levels]
    whole = {"title": explanation.title, "when": explanation.when, "levels": levels}
    return plain({**whole, "because": explanation.because.to_dicts()})


def findings_from_dict(data: Mapping[str, Any], where: str = ANSWERS) -> Findings:
    """Rebuild findings; `InputError` where an entry is missing or of another kind."""
    try:
        return Findings(
            tuple(_explanation(x) for x in data["explanations"]),
            tuple(_answer(a) for a in data["answers"]),
            _frame(data["sensitivity"]),
        )
    except KeyError as error:
        raise bad_input(where, str(error.args[0]), "is missing", "a file as Blocs wrote it") from None
    except (TypeError, ValueError) as error:
        raise bad_input(where, "file", f"is not what Blocs wrote ({error})", "a file as Blocs wrote it") from None


def _explanation(entry: Mapping[str, Any]) -> Explanation:
    levels: list[LevelExplanation] = []
    for x in entry["levels"]:
        whole: dict[str, Any] = {**x, "contributions": _frame(x["contributions"])}
        levels.append(LevelExplanation(**whole))
    return Explanation(entry["title"], entry["when"], tuple(levels), _frame(entry["because"]))


def _answer(entry: Mapping[str, Any]) -> Answer:
    whole: dict[str, Any] = {**entry, "do": tuple(entry["do"])}
    return Answer(**whole)


def _frame(rows: Sequence[Mapping[str, Any]]) -> pl.DataFrame:
    return pl.DataFrame(rows, infer_schema_length=None)
