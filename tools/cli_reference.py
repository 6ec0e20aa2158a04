"""Write the pages of the command line and of the Python interface from what the code says of itself.

`python tools/cli_reference.py` writes docs/reference/cli.md and docs/reference/python.md; with `--check` it writes
nothing and exits with 1 if either is out of date.
"""

from __future__ import annotations

import inspect
import sys
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

ROOT = Path(__file__).parents[1]
COMMAND = "python tools/cli_reference.py"
MADE = f"<!-- Made by `{COMMAND}`: edit the code, not this page. -->"
WIDTH = 100


def commands() -> tuple[str, ...]:
    """Return the name of every command, in the order of `blocs --help`."""
    from typer.main import get_command

    from blocs.cli.main import app

    return tuple(get_command(app).commands)  # type: ignore[attr-defined]


def help_of(command: str) -> str:
    """Return what `blocs COMMAND --help` prints on a terminal of `WIDTH` columns without colours."""
    from typer.testing import CliRunner

    from blocs.cli.main import app

    plain = {"COLUMNS": str(WIDTH), "TERMINAL_WIDTH": str(WIDTH), "NO_COLOR": "1", "TERM": "dumb"}
    shown = CliRunner().invoke(app, [command, "--help"], prog_name="blocs", env=plain, catch_exceptions=False)
    assert shown.exit_code == 0, shown.output
    return "\n".join(line.rstrip() for line in shown.output.strip().splitlines())


def cli_page() -> str:
    """Return the page of the command line: the help of each command as it is printed."""
    names = commands()
    parts = [
        "# Commands",
        MADE,
        "`SCENARIO` is the name of a scenario that comes with Blocs, or a folder. Exit codes: 0 done, 1 ran and found a "
        "fault, 2 bad usage, bad input or a disk that cannot be read or written (one line a fault on standard error). "
        "`--json` prints what a program may read.",
        ", ".join(f"[{name}](#blocs-{name})" for name in names) + ".",
        *(f"## blocs {name}\n\n```text\n{help_of(name)}\n```" for name in names),
    ]
    return "\n\n".join(parts) + "\n"


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")


def python_page() -> str:
    """Return the page of `import blocs as bl`: every public name with its signature and documentation."""
    parts = [
        "# Python",
        MADE,
        "Everything below is a name of the package: `import blocs as bl`. Names load when they are first used, so the "
        "import itself is quick. `bl.__version__` is the version. Every function raises `blocs.ground.errors.InputError`, with "
        "one line a fault, when a value is wrong: a name, a date, a number, a file. An object of another class where a fit, "
        "an ensemble or a table belongs is a mistake of the program, not of its input, and raises what Python raises.",
    ]
    functions, classes = _public()
    parts += ["## Functions", *(f"### bl.{name}\n\n{_function(name, f)}" for name, f in functions.items())]
    parts += ["## Results", *(f"### {name}\n\n{_class(c)}" for name, c in classes.items())]
    return "\n\n".join(parts) + "\n"


def _public() -> tuple[dict[str, Callable[..., object]], dict[str, type]]:
    from blocs import api

    found = {name: getattr(api, name) for name in api.__all__}
    functions = {n: f for n, f in found.items() if inspect.isfunction(f)}
    return functions, {n: c for n, c in found.items() if inspect.isclass(c)}


def _function(name: str, function: Callable[..., object]) -> str:
    lines = [f"{p}," for p in _parameters(function)]
    returns = inspect.signature(function).return_annotation
    head = f"bl.{name}({' '.join(lines).removesuffix(',')}) -> {returns}"
    if len(head) > WIDTH:
        head = "\n    ".join([f"bl.{name}(", *lines]) + f"\n) -> {returns}"
    return f"```text\n{head}\n```\n\n{_docs(function)}"


def _parameters(function: Callable[..., object]) -> Iterator[str]:
    shown = False
    for p in inspect.signature(function).parameters.values():
        if p.kind is p.KEYWORD_ONLY and not shown:
            shown = True
            yield "*"
        default = "" if p.default is p.empty else f" = {p.default!r}"
        yield f"{p.name}: {p.annotation}{default}"


def _class(class_: type) -> str:
    rows = ["| member | meaning |", "| --- | --- |"]
    for name, member in vars(class_).items():
        if name.startswith("_") or not (inspect.isfunction(member) or isinstance(member, property)):
            continue
        story = (inspect.getdoc(member) or "").split("\n\n", 1)[0]
        call = "" if isinstance(member, property) else "()"
        rows.append(f"| `.{name}{call}` | {_cell(story)} |")
    return _docs(class_) + ("\n\n" + "\n".join(rows) if len(rows) > 2 else "")


def _docs(thing: object) -> str:
    """Return documentation in Markdown: sections of Google style become bold words and lists."""
    out: list[str] = []
    listing = False
    for line in (inspect.getdoc(thing) or "").splitlines():
        if line.rstrip(":") in {"Args", "Returns", "Raises", "Attributes"} and line.endswith(":"):
            out += [*([""] if out and out[-1] else []), f"**{line.rstrip(':')}**", ""]
            listing = True
        elif listing and line.startswith("    ") and not line.startswith("     "):
            name, sign, text = line.strip().partition(":")
            out.append(f"- `{name}`:{text}" if sign else f"- {name}")
        elif listing and line.startswith("     "):
            out.append(f"  {line.strip()}")
        else:
            listing = listing and not line.strip()
            out.append(line)
    return "\n".join(out).strip()


PAGES: Mapping[str, Callable[[], str]] = {
    "docs/reference/cli.md": cli_page,
    "docs/reference/python.md": python_page,
}


def main(arguments: list[str]) -> int:
    """Write the pages, or with `--check` tell which are out of date."""
    stale = 0
    for name, page in PAGES.items():
        file, text = ROOT / name, page()
        if "--check" in arguments:
            if not file.exists() or file.read_text(encoding="utf-8") != text:
                print(f"{name} is out of date: run `{COMMAND}`", file=sys.stderr)
                stale = 1
        else:
            file.write_text(text, encoding="utf-8")
            print(name)
    return stale


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
