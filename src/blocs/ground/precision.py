"""One place decides how exact numbers are: 64 bits wherever parameters are estimated.

Simulation casts its model to 32 bits itself (`blocs.scenario.build.cast`); nothing else touches the setting.
"""

from __future__ import annotations

import os
import sys


def use_float64() -> None:
    """Let JAX hold 64-bit numbers, whether it was imported before or will be; costs nothing where it is not imported.

    Called once by `import blocs`. Arrays made before in 32 bits stay as they are.
    """
    if "jax" in sys.modules:
        sys.modules["jax"].config.update("jax_enable_x64", True)
    else:
        os.environ["JAX_ENABLE_X64"] = "1"
