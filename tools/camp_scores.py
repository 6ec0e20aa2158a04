"""Write the scores of a stored run into docs/benchmarks.md, between its `camp` markers.

`python tools/camp_scores.py runs/demo` after `make demo`. Every number comes from the run folder.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from blocs.report.systems import between

PAGE = Path(__file__).parents[1] / "docs/benchmarks.md"
BASELINES = {"memory_only": "memory only", "base_rate": "base rates", "no_change": "no change"}


def table(run: Path) -> str:
    """Return the scores of a run as Markdown; `InputError` where the folder holds no whole run or nothing scored."""
    from blocs.ground.errors import bad_input
    from blocs.store.read import open_run

    stored = open_run(run)
    scores = stored.scores()
    if scores is None:
        raise bad_input(str(run), "scores", "are missing", "a run whose forecast period the record covers")
    made = stored.manifest
    parts = [
        f"Made by `{made['command']}` with Blocs {made['versions']['blocs']}: fitted to {made['fit']['until']}, forecast "
        f"{scores.start} to {scores.end}, {scores.acts.height} recorded acts, {made['forecast']['runs']} histories.",
        _log_scores(scores),
        f"Outcomes: Brier score {scores.brier:.4f}, base rate {scores.brier_baseline:.4f} (lower is better). Acts a "
        f"quarter: CRPS {scores.crps_counts:.2f}, base rate {scores.crps_baseline:.2f} (lower is better).",
        _outcomes(scores),
    ]
    return "\n\n".join(parts)


def _log_scores(scores: Any) -> str:
    rows = ["| model | log score, nats an act | gain of the model over it, 95% interval |", "| --- | --- | --- |"]
    rows.append(f"| model | {scores.log_score['model']:.3f} | |")
    for key, name in BASELINES.items():
        gain = scores.versus[key]
        rows.append(f"| {name} | {scores.log_score[key]:.3f} | {gain.mean:+.3f} [{gain.lo:+.3f}, {gain.hi:+.3f}] |")
    return "\n".join(rows)


def _outcomes(scores: Any) -> str:
    rows = ["| outcome | forecast | base rate | record |", "| --- | --- | --- | --- |"]
    ranked = sorted(scores.outcomes, key=lambda o: (o.id.split(".")[0], -o.probability))
    said = {True: "yes", False: "no", None: "not known"}
    rows += [f"| `{o.id}` | {o.probability:.1%} | {o.baseline:.1%} | {said[o.recorded]} |" for o in ranked]
    return "\n".join(rows)


def main(folder: str, page: Path = PAGE) -> None:
    """Write the table of a run folder into the page."""
    page.write_text(between(page.read_text(encoding="utf-8"), "camp", table(Path(folder))), encoding="utf-8")
    print(page)


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else "runs/demo")
