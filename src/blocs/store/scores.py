"""Scores on disk: means and outcomes as JSON, scored acts as a table beside it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from datetime import date
from typing import Any

import polars as pl

from blocs.forecast.ensemble import Ensemble
from blocs.forecast.outcomes import forecast_outcomes
from blocs.forecast.score import MODELS, Interval, OutcomeScore, Scores
from blocs.ground.errors import bad_input
from blocs.store.jsonfile import plain
from blocs.store.spec import SCORES


def scores_to_dict(scores: Scores) -> dict[str, Any]:
    """Return scores as JSON takes them, without the table of acts (see FORMAT.md, scores.json)."""
    log_score: dict[str, Any] = dict(scores.log_score)
    log_score |= {f"vs_{m}": asdict(scores.versus[m]) for m in MODELS[1:]}
    return plain(
        {
            "scored": True,
            "start": scores.start,
            "end": scores.end,
            "acts": scores.acts.height,
            "log_score": log_score,
            "by_level": scores.by_level,
            "vs_memory_only_by_level": {level: asdict(x) for level, x in scores.versus_by_level.items()},
            "brier": {"model": scores.brier, "baseline": scores.brier_baseline},
            "crps": {"model": scores.crps_counts, "baseline": scores.crps_baseline},
            "outcomes": [asdict(o) for o in scores.outcomes],
            "counts": scores.counts.to_dicts(),
            "calibration": scores.calibration.to_dicts(),
        }
    )


def unscored_to_dict(ensemble: Ensemble) -> dict[str, Any]:
    """Return the outcomes of a forecast that nothing recorded follows: the same shape, scores null."""
    return plain(
        {
            "scored": False,
            "start": ensemble.start,
            "end": ensemble.end,
            "acts": 0,
            "log_score": None,
            "outcomes": [
                {
                    "id": o.id, "title": o.title, "probability": o.probability, "lo": o.lo, "hi": o.hi,
                    "baseline": None, "recorded": None, "recorded_from": None, "recorded_to": None, "median_date": o.dates[1],
                }
                for o in forecast_outcomes(ensemble)
            ],
        }
    )  # fmt: skip


def scores_from_dict(data: Mapping[str, Any], acts: pl.DataFrame, where: str = SCORES) -> Scores | None:
    """Rebuild scores; `None` where the run had nothing to score on.

    Raises:
        InputError: an entry is missing or of another kind.
    """
    try:
        return _scores(data, acts) if data["scored"] else None
    except KeyError as error:
        raise bad_input(where, str(error.args[0]), "is missing", "a file as Blocs wrote it") from None
    except (TypeError, ValueError) as error:
        raise bad_input(where, "file", f"is not what Blocs wrote ({error})", "a file as Blocs wrote it") from None


def _scores(data: Mapping[str, Any], acts: pl.DataFrame) -> Scores:
    log_score = data["log_score"]
    return Scores(
        start=date.fromisoformat(data["start"]),
        end=date.fromisoformat(data["end"]),
        acts=acts,
        log_score={m: float(log_score[m]) for m in MODELS},
        by_level=data["by_level"],
        versus={m: _interval(log_score[f"vs_{m}"]) for m in MODELS[1:]},
        versus_by_level={level: _interval(x) for level, x in data["vs_memory_only_by_level"].items()},
        outcomes=tuple(_outcome(o) for o in data["outcomes"]),
        brier=_number(data["brier"]["model"]),
        brier_baseline=_number(data["brier"]["baseline"]),
        crps_counts=float(data["crps"]["model"]),
        crps_baseline=float(data["crps"]["baseline"]),
        counts=pl.DataFrame(data["counts"]),
        calibration=pl.DataFrame(data["calibration"]),
    )


def _interval(entry: Mapping[str, Any]) -> Interval:
    mean, lo, hi = (_number(entry[k]) for k in ("mean", "lo", "hi"))
    return Interval(mean, lo, hi, entry.get("scenes"))


def _number(value: float | None) -> float:
    return float("nan") if value is None else float(value)


def _outcome(entry: Mapping[str, Any]) -> OutcomeScore:
    # runs of version 0.1 hold `recorded_on`, a day drawn within the date of the record, and no bounds
    old = {"recorded_from": None, "recorded_to": None} if "recorded_on" in entry else {}
    whole: dict[str, Any] = {k: v for k, v in {**entry, **old}.items() if k != "recorded_on"}
    for k in ("recorded_from", "recorded_to", "median_date"):
        whole[k] = date.fromisoformat(whole[k]) if whole[k] else None
    return OutcomeScore(**whole)
