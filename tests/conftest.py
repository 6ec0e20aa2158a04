"""Compiled programs are shared between test processes and runs: compiling costs far more here than computing."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

# most programs here run for less time than they take to compile: see `compile_loops_in_parts`
os.environ.setdefault(
    "XLA_FLAGS",
    "--xla_backend_extra_options=xla_cpu_small_while_loop_byte_threshold=1024 --xla_backend_optimization_level=0",
)
os.environ["BLOCS_CACHE"] = str(Path(__file__).resolve().parent.parent / ".pytest_cache" / "jax")

TINY = (
    "bench/test_bench_job.py", "cli/test_work.py", "forecast/test_outcomes.py", "jobs/test_ablate.py",
    "jobs/test_api.py", "jobs/test_run_job.py", "report", "store", "test_docs.py",
)  # fmt: skip
"""Files and folders of tests that fit and forecast scenario `tiny`: one process compiles its programs, once."""


def pytest_configure() -> None:
    from hypothesis import settings

    # the same examples every time: a change fails because of the change
    settings.register_profile("blocs", derandomize=True, deadline=None)
    settings.load_profile("blocs")
    from blocs.store.cache import use_cache

    use_cache()


def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    """Give a file of tests to one process, which shares its fixtures; what needs scenario `tiny` counts as one file."""
    from xdist.scheduler.loadscope import LoadScopeScheduling

    class ByPrograms(LoadScopeScheduling):
        def _split_scope(self, nodeid: str) -> str:
            name = nodeid.split("::", maxsplit=1)[0].removeprefix("tests/")
            return "tiny" if name.startswith(TINY) else name

    return ByPrograms(config, log)


@pytest.fixture(scope="session")
def tiny_run(tmp_path_factory: pytest.TempPathFactory):
    """Return one small whole run of scenario `tiny` and the folder it left; every test that needs a run shares it."""
    from blocs.jobs.run import Plan, run

    folder = tmp_path_factory.mktemp("runs") / "tiny"
    return run("tiny", Plan(runs=20, draws=1), out=folder, render=lambda r: f"<p>{r.scenario.id}</p>"), folder
