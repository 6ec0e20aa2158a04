"""How well the forecast did: scores against baselines, what won against what, said either way."""

from __future__ import annotations

from dataclasses import dataclass

from blocs.conduct.base import LEVELS
from blocs.forecast.score import MODELS, Interval, Scores
from blocs.report.views.effects import QUESTIONS
from blocs.report.words import number, signed, times

MODEL_WORDS = {
    "model": "the full model",
    "memory_only": "memory only",
    "base_rate": "base rates",
    "no_change": "no change",
}
MODEL_NOTES = {
    "model": "all effects of conduct and the moving state",
    "memory_only": "only decayed counts of past acts, a relational event model",
    "base_rate": "shares of each actor, act and issue in the training record",
    "no_change": "the last act again with a fitted probability, else base rates",
}


@dataclass(frozen=True)
class ScoreRow:
    """One model: mean log score an act, the four levels, and what the full model gains over it."""

    name: str
    note: str
    total: str
    levels: tuple[str, ...]
    gain: str
    verdict: str


@dataclass(frozen=True)
class ScoreView:
    """The table of models, verdicts by level, and sentences on outcomes and counts."""

    rows: tuple[ScoreRow, ...]
    levels: tuple[str, ...]
    by_level: tuple[tuple[str, str, str], ...]
    sentences: tuple[str, ...]


def score_view(scores: Scores) -> ScoreView:
    """Return the scores of a run as the report shows them."""
    by_level = tuple(
        (QUESTIONS[level], interval(gain), short_verdict(gain)) for level, gain in scores.versus_by_level.items()
    )
    rows = tuple(_row(scores, model) for model in MODELS)
    return ScoreView(rows, tuple(QUESTIONS[level] for level in LEVELS), by_level, tuple(sentences(scores)))


def _row(scores: Scores, model: str) -> ScoreRow:
    gain = scores.versus.get(model)
    return ScoreRow(
        MODEL_WORDS[model], MODEL_NOTES[model], number(scores.log_score[model], 3),
        tuple(number(scores.by_level[model][level], 3) for level in LEVELS),
        interval(gain) if gain else "", short_verdict(gain) if gain else "",
    )  # fmt: skip


def interval(gain: Interval) -> str:
    """Return a gain with its interval: `+0.12 (+0.05 to +0.19)`; the gain alone where it has none."""
    if not gain.bounded:
        return f"{signed(gain.mean, 3)} (no interval)"
    return f"{signed(gain.mean, 3)} ({signed(gain.lo, 3)} to {signed(gain.hi, 3)})"


def verdict(gain: Interval, rival: str) -> str:
    """Return in words who won: the interval decides, not the mean."""
    if not gain.enough:
        return f"{_scenes(gain)}, too few for a verdict"
    if gain.sign > 0:
        return f"the full model is better than {rival}"
    if gain.sign < 0:
        return f"{rival} is better than the full model"
    return f"not distinguishable from {rival}"


def short_verdict(gain: Interval) -> str:
    """Return how the full model fares in a word or two: the interval decides, not the mean."""
    if not gain.enough:
        return f"no verdict: {_scenes(gain)}"
    return "better" if gain.sign > 0 else "worse" if gain.sign < 0 else "not distinguishable"


def _scenes(gain: Interval) -> str:
    return "one scene" if gain.scenes == 1 else f"{gain.scenes} scenes"


def sentences(scores: Scores) -> list[str]:
    """Return what won against what on acts, outcomes and counts."""
    out = [_on_acts(gain, MODEL_WORDS[model]) for model, gain in scores.versus.items()]
    out.append(_on_outcomes(scores))
    counted = "On the number of acts a quarter (CRPS, lower is better)"
    out.append(_lower(counted, scores.crps_counts, scores.crps_baseline, "a constant rate", 2))
    return out


def _on_acts(gain: Interval, rival: str) -> str:
    factor = f"a factor of {times(gain.mean)} in the probability of each act"
    return f"On single acts, one step ahead, against {rival}: {interval(gain)} nats, {factor}; {verdict(gain, rival)}."


def _on_outcomes(scores: Scores) -> str:
    open_ones = sum(o.recorded is None for o in scores.outcomes)
    if open_ones == len(scores.outcomes):
        return "On outcomes: of none is it known whether it came true, so none is scored."
    text = _lower("On outcomes (Brier score, lower is better)", scores.brier, scores.brier_baseline, "the base rate", 4)
    if open_ones:
        text += (
            f" Left out: {open_ones} of which it is not known whether {'it' if open_ones == 1 else 'they'} came true."
        )
    return text


def _lower(what: str, model: float, baseline: float, rival: str, digits: int) -> str:
    a, b = number(model, digits), number(baseline, digits)
    if a == b:
        return f"{what}: forecast {a}, {rival} {b}; neither is better."
    winner = "the forecast is better" if model < baseline else f"{rival} is better"
    return f"{what}: forecast {a}, {rival} {b}; {winner}."
