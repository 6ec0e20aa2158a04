"""Build the wheel, install it in a fresh environment with the locked dependencies, and use it as a newcomer would."""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def run(*command: str | Path, cwd: Path | None = None) -> str:
    """Run a command and return what it printed; stop with its output if it fails."""
    done = subprocess.run([str(c) for c in command], cwd=cwd, capture_output=True, text=True, check=False)
    if done.returncode:
        sys.exit(f"{' '.join(map(str, command))}: exit {done.returncode}\n{done.stdout}\n{done.stderr}")
    return done.stdout


def main() -> None:
    """Build, install, try."""
    with tempfile.TemporaryDirectory() as folder:
        away = Path(folder)
        run(sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", away, ROOT)
        wheel = next(away.glob("*.whl"))
        # dependencies come from the environment that runs this: only the package itself is under trial
        run(sys.executable, "-m", "venv", "--system-site-packages", away / "env")
        python = away / "env" / "bin" / "python"
        site = run(python, "-c", "import sysconfig; print(sysconfig.get_paths()['purelib'])").strip()
        here = run(sys.executable, "-c", "import sysconfig; print(sysconfig.get_paths()['purelib'])").strip()
        Path(site, "locked.pth").write_text(here + "\n", encoding="utf-8")
        run(python, "-m", "pip", "install", "--quiet", "--no-deps", "--force-reinstall", wheel)
        where = run(python, "-c", "import blocs; print(blocs.__file__)", cwd=away).strip()
        if not where.startswith(str(away)):
            sys.exit(f"the wheel was not used: blocs came from {where}")
        print(run(away / "env" / "bin" / "blocs", "check", "camp", cwd=away).strip().splitlines()[-1])
        shown = run(away / "env" / "bin" / "blocs", "show", "tiny", "actors", "--json", cwd=away)
        if '"id"' not in shown:
            sys.exit(f"blocs show printed no actors: {shown[:200]}")
        print(f"{wheel.name}: installed and used outside the checkout")


if __name__ == "__main__":
    main()
