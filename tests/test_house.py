"""The house is kept by machines: sizes, catalogues, documentation, and nothing that does not belong."""

from __future__ import annotations

import ast
import importlib
import inspect
import pkgutil
import re
import subprocess
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

import blocs

ROOT = Path(__file__).parents[1]
SOURCES = sorted((ROOT / "src/blocs").rglob("*.py"))
LONGEST_FUNCTION, LONGEST_FILE = 80, 700
TEXTS = {".py", ".md", ".toml", ".yml", ".yaml", ".cff", ".csv", ".html", ".jinja", ".j2", ".css", ".js", ".sql", ""}
# spelled apart, so that this file does not name what it forbids
LEFT_OPEN = re.compile("|".join(("TO" + "DO", "FIX" + "ME", "XX" + "X:", "not yet " + "implemented")))
MACHINE = re.compile(r"(?<![\w.])/(?:" + "|".join(("wo" + "rk", "ho" + "me", "Us" + "ers", "ro" + "ot")) + r")/\w")
BESIDE = re.compile(r"\.\./sha" + r"red\b|\bsha" + r"red/(?:source|chronicle|style|SYSTEM|DESIGN)")


@cache
def tree(file: Path) -> ast.Module:
    return ast.parse(file.read_text(encoding="utf-8"))


def name_of(file: Path) -> str:
    return file.relative_to(ROOT).as_posix()


def functions(module: ast.Module) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    return (n for n in ast.walk(module) if isinstance(n, ast.FunctionDef | ast.AsyncFunctionDef))


def tracked() -> list[Path]:
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=False).stdout.decode()
    files = [ROOT / name for name in listed.split("\0") if name]
    if not files:  # an unpacked archive has no index
        parts = ("src", "tests", "docs", "tools", "benchmarks")
        files = [p for part in parts for p in (ROOT / part).rglob("*")] + list(ROOT.glob("*.*"))
    return [f for f in files if f.is_file() and f.suffix in TEXTS and f.name != "LICENSE"]


def test_no_function_and_no_file_is_too_long():
    long = [
        f"{name_of(f)}:{fn.lineno}: {fn.name} has {fn.end_lineno - fn.lineno + 1} lines"
        for f in SOURCES
        for fn in functions(tree(f))
        if fn.end_lineno - fn.lineno + 1 > LONGEST_FUNCTION  # type: ignore[operator]
    ]
    long += [f"{name_of(f)}: {n} lines" for f in SOURCES if (n := len(f.read_text().splitlines())) > LONGEST_FILE]
    assert not long, "\n".join(long)


def test_every_module_and_public_thing_is_documented():
    bare = [name_of(f) for f in SOURCES if not ast.get_docstring(tree(f))]
    for file in SOURCES:
        for node in tree(file).body:
            public = isinstance(node, ast.FunctionDef | ast.ClassDef) and not node.name.startswith("_")
            if public and not ast.get_docstring(node):  # type: ignore[arg-type]
                bare.append(f"{name_of(file)}: {node.name}")  # type: ignore[union-attr]
    assert not bare, "\n".join(bare)


def test_no_exception_is_swallowed():
    """A handler that does nothing needs a reason on the same line or the next."""
    bad = []
    for file in SOURCES:
        lines = file.read_text(encoding="utf-8").splitlines()
        for node in ast.walk(tree(file)):
            if not isinstance(node, ast.ExceptHandler):
                continue
            if node.type is None or (
                isinstance(node.type, ast.Name) and node.type.id in {"BaseException", "Exception"}
            ):
                raised = any(isinstance(n, ast.Raise) for n in ast.walk(node))
                if not raised:
                    bad.append(f"{name_of(file)}:{node.lineno}: catches everything")
            silent = all(isinstance(n, ast.Pass) for n in node.body)
            if silent and "#" not in "".join(lines[node.lineno - 1 : node.body[-1].lineno]):
                bad.append(f"{name_of(file)}:{node.lineno}: swallows without a reason")
    assert not bad, "\n".join(bad)


def test_nothing_is_left_open():
    files = [f for f in tracked() if f.suffix in {".py", ".md", ".toml", ".yml", ".html"} and f != Path(__file__)]
    found = [
        f"{name_of(f)}:{n}: {line.strip()[:80]}"
        for f in files
        for n, line in enumerate(f.read_text(encoding="utf-8").splitlines(), 1)
        if LEFT_OPEN.search(line)
    ]
    assert not found, "\n".join(found)


def test_no_text_names_the_machine_it_was_written_on():
    found = [
        f"{name_of(f)}:{n}: {line.strip()[:80]}"
        for f in tracked()
        for n, line in enumerate(f.read_text(encoding="utf-8", errors="replace").splitlines(), 1)
        if MACHINE.search(line) or BESIDE.search(line)
    ]
    assert not found, "\n".join(found)


def library(package: str) -> list[type]:
    """Concrete classes of a rule that are defined in the files of a library."""
    home = importlib.import_module(package)
    found: dict[str, type] = {}
    for info in pkgutil.iter_modules(home.__path__, f"{package}."):
        module = importlib.import_module(info.name)
        for _, value in inspect.getmembers(module, inspect.isclass):
            if value.__module__ == info.name and hasattr(value, "card") and not inspect.isabstract(value):
                found[value.__qualname__] = value
    return list(found.values())


@pytest.mark.parametrize(
    ("package", "catalogue", "names"),
    [
        ("blocs.mechanisms.library", "blocs.mechanisms.catalogue", "MECHANISMS"),
        ("blocs.institutions.library", "blocs.institutions.catalogue", "RULES"),
    ],
)
def test_what_is_in_a_library_is_in_its_catalogue_and_final(package, catalogue, names):
    listed = set(getattr(importlib.import_module(catalogue), names))
    found = [c for c in library(package) if not c.__name__.startswith("_")]
    assert len(found) == len(listed) > 5
    missing = {c.__name__ for c in found} - {c.__name__ for c in listed}
    assert not missing, f"in {package} and not in {catalogue}.{names}: {', '.join(sorted(missing))}"
    for rule in listed:
        assert rule.__module__.startswith(package)
        heirs = [c.__name__ for c in rule.__subclasses__() if c.__module__.startswith("blocs.")]
        assert not heirs, f"{rule.__name__} is concrete and must not be inherited from: {', '.join(heirs)}"


def test_every_effect_of_a_family_is_in_the_catalogue():
    from blocs.conduct import effects
    from blocs.conduct.catalogue import EFFECTS, TABLES

    listed = {id(x) for x in (*EFFECTS, *TABLES)}
    for info in pkgutil.iter_modules(effects.__path__, "blocs.conduct.effects."):
        module = importlib.import_module(info.name)
        for entry in (*getattr(module, "EFFECTS", ()), *getattr(module, "TABLES", ())):
            assert id(entry) in listed, f"{info.name}: {entry.name}"
            assert entry.family == info.name.rsplit(".", 1)[1]
    keys = [(x.level, x.name) for x in (*EFFECTS, *TABLES)]
    assert len(set(keys)) == len(keys)


def test_rules_know_no_actor_by_name():
    """Mechanisms, effects, decision rules and the engine hold no id of an actor of a scenario."""
    actors = set()
    for scenario in ("camp", "tiny"):
        rows = (ROOT / f"src/blocs/scenario/data/{scenario}/actors.csv").read_text(encoding="utf-8").splitlines()[1:]
        actors |= {row.split(",")[0] for row in rows if row.split(",")[1] == "1"}
    assert {"albania", "north"} <= actors
    ordinary = {"camp", "movement", "north", "south", "east", "west"}  # words, too
    for room in ("mechanisms", "conduct", "engine", "inference", "forecast", "bloc", "ground"):
        for file in (ROOT / "src/blocs" / room).rglob("*.py"):
            for node in ast.walk(tree(file)):
                if isinstance(node, ast.Constant) and isinstance(node.value, str):
                    assert node.value not in actors - ordinary, f"{name_of(file)}:{node.lineno}: {node.value}"


def test_the_command_line_and_the_package_import_nothing_heavy_at_the_top():
    heavy = {"jax", "equinox", "polars", "duckdb", "plotly", "scipy", "numpy", "xarray", "networkx"}
    for file in [*(ROOT / "src/blocs/cli").glob("*.py"), Path(blocs.__file__)]:
        for node in tree(file).body:
            names = (
                [a.name for a in node.names]
                if isinstance(node, ast.Import)
                else [node.module or ""]
                if isinstance(node, ast.ImportFrom)
                else []
            )
            assert not heavy & {n.split(".")[0] for n in names}, f"{name_of(file)}:{node.lineno}"
