"""Seconds of the event models beside the recorded seconds of other programs (2 cores, preprocessing included).

Run `python benchmarks/event_models.py` for the small cases, `--large` for 2,051,412 ties among 2,333 actors, and
`--json` for one JSON object a line.
"""

from __future__ import annotations

import argparse
import json
import resource
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import polars as pl

from blocs.inference.events import EventFit, dynam, rem

GOLDEN = Path(__file__).parents[1] / "tests" / "golden" / "events"
REM_TERMS = (
    "1 + indeg(calls, type=ego) + outdeg(calls, type=ego) + indeg(friendship, type=ego) + inertia + recip"
    " + inertia(calls, window=300) + recip(calls, window=300) + tie(friendship) + recip(friendship)"
    " + same(gradeType) + same(floor)"
)
PACT_TERMS = (
    "inertia(weighted=True) + indeg + trans + tie(border) + alter(regime) + diff(regime) + alter(gdp) + diff(gdp)"
)


def generate(events: int, actors: int, seed: int = 0) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Make a record with uneven activity, repeated, returned and transitive ties."""
    rng = np.random.default_rng(seed)
    activity = rng.pareto(2.0, actors) + 0.2
    senders = rng.choice(actors, events, p=activity / activity.sum())
    kinds, picks = rng.random(events), rng.random((events, 2))
    out: list[list[int]] = [[] for _ in range(actors)]
    into: list[list[int]] = [[] for _ in range(actors)]
    receivers = np.empty(events, dtype=np.int64)
    for e, (i, kind, (a, b)) in enumerate(zip(senders.tolist(), kinds.tolist(), picks.tolist(), strict=True)):
        j = i
        if kind < 0.70 and out[i]:
            j = out[i][int(a * len(out[i]))]
        elif kind < 0.82 and into[i]:
            j = into[i][int(a * len(into[i]))]
        elif kind < 0.90 and out[i]:
            middle = out[out[i][int(a * len(out[i]))]]
            j = middle[int(b * len(middle))] if middle else i
        while j == i:
            j = int(rng.integers(actors))
        receivers[e] = j
        out[i].append(j)
        into[j].append(i)
    labels = np.array([f"a{k}" for k in range(actors)])
    times = np.cumsum(rng.exponential(60.0, events))
    record = pl.DataFrame({"time": times, "sender": labels[senders], "receiver": labels[receivers]})
    return record, pl.DataFrame({"label": labels})


def treaties(events: int = 69, states: int = 154, seed: int = 1) -> tuple[pl.DataFrame, pl.DataFrame, pl.DataFrame]:
    """Make undirected agreements among states with a border network and two attributes."""
    rng = np.random.default_rng(seed)
    labels = [f"s{k}" for k in range(states)]
    place = rng.random((states, 2))
    near = np.linalg.norm(place[:, None] - place[None], axis=2) < 0.12
    gdp = rng.pareto(1.5, states) * 0.01
    ties = np.zeros((states, states))
    rows = []
    for e in range(events):
        u = 1.2 * near + 5.0 * np.minimum(gdp[:, None] + gdp[None], 0.5) + 1.5 * (ties > 0)
        u = u + 0.4 * (ties > 0).sum(axis=0)[None] + 0.4 * (ties > 0).sum(axis=1)[:, None]
        w = np.triu(np.exp(u), 1).reshape(-1)
        i, j = divmod(int(rng.choice(w.size, p=w / w.sum())), states)
        ties[i, j] += 1
        ties[j, i] += 1
        rows.append((float(e), labels[i], labels[j]))
    a, b = np.nonzero(np.triu(near, 1))
    border = pl.DataFrame({"time": -1.0, "sender": [labels[k] for k in a], "receiver": [labels[k] for k in b]})
    actors = pl.DataFrame({"label": labels, "gdp": gdp, "regime": rng.integers(-10, 11, states).astype(float)})
    return pl.DataFrame(rows, schema=["time", "sender", "receiver"], orient="row"), actors, border


def clock(run: Callable[[], EventFit], repeat: int) -> tuple[EventFit, float]:
    """Run and time; the best of `repeat`."""
    best, fit = np.inf, None
    for _ in range(repeat):
        start = time.perf_counter()
        fit = run()
        best = min(best, time.perf_counter() - start)
    assert fit is not None
    return fit, best


def cases(large: bool) -> dict[str, tuple[Callable[[], EventFit], int, str]]:
    """Return the cases: what to run, how often, and what other programs needed."""
    from blocs.inference.events import Ties

    table = {k: pl.read_csv(GOLDEN / f"social_evolution_{k}.csv") for k in ("actors", "calls", "friendship")}
    calls, actors, nets = table["calls"], table["actors"], {"friendship": table["friendship"]}
    closing = "inertia + recip + trans"
    big, crowd = generate(20_000, 80)
    pacts, states, border = treaties()
    result: dict[str, tuple[Callable[[], EventFit], int, str]] = {
        "choice, 439 calls x 84": (
            lambda: dynam(calls, actors, closing),
            3,
            "goldfish 3.9 (R), 1.3 (C++); remflow 101",
        ),
        "choice, 20,000 events x 80": (lambda: dynam(big, crowd, closing), 2, "goldfish 199 (R), 55 (C++)"),
        "REM exact, 12 parameters": (lambda: rem(calls, actors, REM_TERMS, networks=nets), 2, "goldfish 55-63"),
        "REM order, 11 parameters": (lambda: rem(calls, actors, REM_TERMS[4:], networks=nets), 2, "goldfish 55-63"),
        "coordination, 69 x 154": (
            lambda: dynam(pacts, states, PACT_TERMS, "coordination", networks={"border": Ties(border, directed=False)}),
            2,
            "goldfish 189-390",
        ),
    }
    if large:
        ties, people = generate(2_051_412, 2_333)
        result["choice, 2,051,412 ties x 2,333, sample 24"] = (
            lambda: dynam(ties, people, f"{closing} + indeg", sample=24),
            1,
            "goldfish: out of 125 GB of memory",
        )
    return result


def main() -> None:
    """Print one line a case."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--large", action="store_true", help="also 2,051,412 ties (minutes, under 16 GB)")
    parser.add_argument("--json", action="store_true", help="one JSON object a line")
    options = parser.parse_args()
    for name, (run, repeat, peers) in cases(options.large).items():
        fit, seconds = clock(run, repeat)
        memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
        row = {"case": name, "seconds": round(seconds, 2), "peak_gb": round(memory, 2), "peers_seconds": peers}
        row |= {"converged": fit.converged, "loglik": round(fit.loglik, 3)}
        text = f"{name:44} {seconds:8.2f} s  {memory:5.2f} GB  converged {fit.converged!s:5}  peers: {peers}"
        print(json.dumps(row) if options.json else text, flush=True)


if __name__ == "__main__":
    main()
