"""The pages run: every code block, in order, sharing state down the page; and pages made from code are fresh.

Blocks are ```python, ```console (lines beginning with `$ `) and ```bash. `blocs ...` lines run in this process, other
shell lines in bash. `<!-- skip: reason -->` on the line before a block leaves it out; a few pages are run by a test of
their own.
"""

from __future__ import annotations

import contextlib
import io
import json
import os
import re
import runpy
import shlex
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest

ROOT = Path(__file__).parents[1]
BLOCK = re.compile(r"^(?:<!-- skip: (?P<skip>.+?) -->\n)?```(?P<kind>\w+)\n(?P<text>.*?)^```$", re.M | re.S)
RUNNABLE = {"python", "console", "bash"}
OWN_TEST = {
    "docs/how-to/make-a-scenario.md": "tests/scenario/test_scenario_docs.py",
    "docs/how-to/add-a-mechanism.md": "tests/mechanisms/test_howto.py",
    "docs/how-to/add-a-session-procedure.md": "tests/mechanisms/test_howto_session.py",
    "docs/how-to/add-a-decision-rule.md": "tests/institutions/test_decide_docs.py",
    "docs/how-to/event-models.md": "tests/inference/events/test_docs.py",
}
FEW = 8
"""Skipped blocks, in all, that are still few."""


class Block(NamedTuple):
    """One fenced block of a page."""

    line: int
    kind: str
    text: str
    skip: str | None


def pages() -> list[Path]:
    return [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").rglob("*.md"))]


def blocks(page: Path) -> list[Block]:
    text = page.read_text(encoding="utf-8")
    return [
        Block(text.count("\n", 0, m.start("kind")) + 1, m["kind"], m["text"], m["skip"])
        for m in BLOCK.finditer(text)
        if m["kind"] in RUNNABLE
    ]


def name_of(page: Path) -> str:
    return page.relative_to(ROOT).as_posix()


def to_run() -> list[Path]:
    return [p for p in pages() if name_of(p) not in OWN_TEST and any(not b.skip for b in blocks(p))]


@contextlib.contextmanager
def arguments(words: list[str]) -> Iterator[None]:
    before, sys.argv = sys.argv, words
    try:
        yield
    finally:
        sys.argv = before


def run_blocs(words: list[str]) -> tuple[int, str, str]:
    """Run the command line in this process, as the installed command would."""
    from blocs.cli.main import main

    out, err = io.StringIO(), io.StringIO()
    code = 0
    with arguments(words), contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        try:
            main()
        except SystemExit as end:
            code = end.code if isinstance(end.code, int) else int(end.code is not None)
    return code, out.getvalue(), err.getvalue()


def run_line(line: str) -> str:
    """Run one shell line and return what it printed; a `blocs` line may end in `> FILE`."""
    words = shlex.split(line)
    plain = words[0] == "blocs" and not set("|;&<") & set(re.sub(r"'[^']*'|\"[^\"]*\"", "", line))
    if plain:
        target = words[words.index(">") + 1] if ">" in words else None
        code, out, err = run_blocs(words[: words.index(">")] if target else words)
        if target:
            Path(target).write_text(out, encoding="utf-8")
    else:
        path = os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", "")])
        done = subprocess.run(
            ["bash", "-ec", line], capture_output=True, text=True, env=os.environ | {"PATH": path}, check=False
        )
        code, out, err = done.returncode, done.stdout, done.stderr
    assert code == 0, f"$ {line}\nexit code {code}\n{out[-2000:]}\n{err[-2000:]}"
    return out


def run_block(block: Block, names: dict[str, Any], page: str) -> None:
    if block.kind == "python":
        # blank lines first, so that a traceback tells the line of the page
        code = compile("\n" * block.line + block.text, page, "exec")
        with contextlib.redirect_stdout(io.StringIO()):
            exec(code, names)
    elif block.kind == "bash":
        run_line(block.text)
    else:
        for line in block.text.splitlines():
            if line.startswith("$ "):
                run_line(line.removeprefix("$ "))


@pytest.mark.parametrize("page", to_run(), ids=name_of)
def test_the_page_runs(page, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "120")
    names: dict[str, Any] = {"__name__": "__page__"}
    ran = [block for block in blocks(page) if not block.skip]
    assert ran, "a page without a block to run is not here"
    for block in ran:
        run_block(block, names, name_of(page))


def test_the_tutorial_shows_what_it_says(tmp_path, monkeypatch):
    """The two results that the tutorial asks a reader to look at are there, and are sound."""
    monkeypatch.chdir(tmp_path)
    lines = [
        x.removeprefix("$ ") for b in blocks(ROOT / "docs/tutorials/first-forecast.md") for x in b.text.split("\n")
    ]
    fitted, asked = (next(x for x in lines if x.startswith(f"blocs {word} ")) for word in ("fit", "ask"))
    run_line(fitted)
    answers = json.loads(run_line(f"{asked} --json"))
    assert {a["id"] for a in answers} == {"q1"}
    for answer in answers:
        assert answer["difference"] == pytest.approx(answer["changed"] - answer["untouched"])
        assert answer["lo"] <= answer["hi"]


def test_pages_with_a_test_of_their_own_are_named_there():
    for page, test in OWN_TEST.items():
        assert (ROOT / page).exists()
        assert Path(page).name in (ROOT / test).read_text(encoding="utf-8"), f"{test} does not run {page}"


def test_few_blocks_are_skipped_and_each_says_why():
    skipped = [f"{name_of(p)}:{b.line}: {b.skip}" for p in pages() for b in blocks(p) if b.skip]
    assert len(skipped) <= FEW, "\n".join(skipped)
    assert all(len(s.split(": ", 1)[1]) > 15 for s in skipped), "\n".join(skipped)
    marks = sum(len(re.findall(r"^<!-- skip", p.read_text(encoding="utf-8"), re.M)) for p in pages())
    assert marks == len(skipped), "a skip mark does not stand on the line before a block"


def test_console_blocks_hold_commands():
    """A console block without a `$ ` would run nothing."""
    for page in pages():
        for block in blocks(page):
            if block.kind == "console":
                assert re.search(r"^\$ \S", block.text, re.M), f"{name_of(page)}:{block.line}"


def test_every_command_has_an_example_in_its_help_that_names_it():
    tool = runpy.run_path(str(ROOT / "tools/cli_reference.py"))
    names = tool["commands"]()
    assert {"list", "show", "check", "decide", "run"} <= set(names)
    for name in names:
        text = tool["help_of"](name)
        story = text.split("╭")[0] + text.rsplit("╯", 1)[-1]
        assert re.search(rf"Examples?:\s[^╭]*\bblocs {name}\b", story, re.S), f"blocs {name}"


def test_pages_of_commands_and_python_are_up_to_date(capsys):
    tool = runpy.run_path(str(ROOT / "tools/cli_reference.py"))
    assert tool["main"](["--check"]) == 0, capsys.readouterr().err


def test_the_site_has_every_page_and_every_link_leads_somewhere():
    import yaml

    site = yaml.safe_load((ROOT / "mkdocs.yml").read_text(encoding="utf-8"))
    listed = set(re.findall(r"[\w/.-]+\.md", str(site["nav"])))
    assert listed == {p.relative_to(ROOT / "docs").as_posix() for p in (ROOT / "docs").rglob("*.md")}
    for page in (*pages(), ROOT / "CHANGELOG.md"):
        text = re.sub(r"```.*?^```", "", page.read_text(encoding="utf-8"), flags=re.S | re.M)
        for link in re.findall(r"\]\(([^)#\s]+)(?:#[^)]*)?\)", text):
            if not link.startswith(("http://", "https://")):
                assert (page.parent / link).exists(), f"{name_of(page)}: {link}"
    assert site["theme"]["font"] is False
    assert "google" not in str(site).lower()


def test_markers_of_numbers_are_in_pairs():
    for page in pages():
        text = page.read_text(encoding="utf-8")
        for name in re.findall(r"<!-- (\w+):begin -->", text):
            assert text.count(f"<!-- {name}:begin -->") == text.count(f"<!-- {name}:end -->") == 1
            assert text.index(f"<!-- {name}:begin -->") < text.index(f"<!-- {name}:end -->")


def test_the_scores_of_a_run_are_written_into_the_page_from_its_folder(tiny_run, tmp_path):
    result, folder = tiny_run
    tool = runpy.run_path(str(ROOT / "tools/camp_scores.py"))
    page = tmp_path / "benchmarks.md"
    page.write_text((ROOT / "docs/benchmarks.md").read_text(encoding="utf-8"), encoding="utf-8")
    tool["main"](str(folder), page)
    text = page.read_text(encoding="utf-8").split("<!-- camp:begin -->")[1].split("<!-- camp:end -->")[0]
    assert f"| memory only | {result.scores.log_score['memory_only']:.3f} |" in text
    assert all(f"| `{o.id}` | {o.probability:.1%} |" in text for o in result.scores.outcomes)
    assert text.count("\n| ") == (2 + 4) + (2 + len(result.scores.outcomes)), "two tables, each with a head and a rule"
