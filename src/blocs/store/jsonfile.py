"""JSON files with a kind and a version, written without NaN and read with one-line errors."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from datetime import date, datetime
from pathlib import Path
from typing import Any, cast

import numpy as np

from blocs.ground.errors import bad_input
from blocs.store.spec import KINDS, VERSIONS


def write_json(path: Path, content: Mapping[str, Any], name: str | None = None) -> None:
    """Write an object with the `format` and `version` of its file; numbers that are not finite become null."""
    key = name or path.name
    whole = {"format": KINDS[key], "version": VERSIONS[key], **content}
    text = json.dumps(plain(whole), ensure_ascii=False, allow_nan=False, indent=1)
    path.write_text(text + "\n", encoding="utf-8")


def read_json(path: Path, name: str | None = None) -> dict[str, Any]:
    """Return the object in a file of a known kind (`name` is its usual file name).

    Raises:
        InputError: no such file, not JSON, another kind, or a version later than this Blocs knows.
    """
    key = name or path.name
    try:
        found: Any = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise bad_input(str(path), "file", "is missing", f"a {KINDS[key]} file") from None
    except json.JSONDecodeError as error:
        raise bad_input(str(path), "file", f"is not JSON ({error.msg})", "an unbroken file", error.lineno) from None
    except RecursionError:
        raise bad_input(str(path), "file", "is nested too deeply", f"a {KINDS[key]} file") from None
    except (OSError, UnicodeDecodeError) as error:
        raise bad_input(str(path), "file", f"cannot be read ({_why(error)})", f"a {KINDS[key]} file") from None
    if not isinstance(found, dict):
        raise bad_input(str(path), "file", "holds no object", f"a {KINDS[key]} file")
    return _known(path, key, cast("dict[str, Any]", found))


def _known(path: Path, key: str, found: dict[str, Any]) -> dict[str, Any]:
    kind, version = found.get("format"), found.get("version")
    if kind != KINDS[key]:
        raise bad_input(str(path), "format", f"is {kind!r}", repr(KINDS[key]))
    if not isinstance(version, int) or isinstance(version, bool) or not 1 <= version <= VERSIONS[key]:
        raise bad_input(str(path), "version", f"is {version!r}", f"1 to {VERSIONS[key]} (a later Blocs wrote it?)")
    return found


def plain(value: Any) -> Any:
    """Return a value in JSON's own types: days as ISO text, arrays as lists, numbers that are not finite as null."""
    if isinstance(value, Mapping):
        return {str(k): plain(v) for k, v in cast("Mapping[Any, Any]", value).items()}
    if isinstance(value, np.ndarray | np.generic):
        return plain(cast("Any", value).tolist())
    if isinstance(value, list | tuple):
        return [plain(v) for v in cast("list[Any]", value)]
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, datetime | date):
        return value.isoformat()
    return value


def _why(error: Exception) -> str:
    return (error.strerror or str(error)) if isinstance(error, OSError) else "not UTF-8"
