"""Functions of numbers, compiled to machine code at first use and kept on disk for the next process.

numba looks only at a function's own file to tell whether the kept code is stale, not at what it calls; so the folder is named after
the digest of every file that asks for `compiled`, and a change anywhere makes a new one.
"""

import hashlib
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import numba

F = TypeVar("F", bound=Callable[..., Any])
PACKAGE = Path(__file__).resolve().parent.parent
MARK = b"kit.compiled import"


def digest(package: Path = PACKAGE) -> str:
    """Answer 16 letters that change with any file under a folder `rules` that asks for `compiled`."""
    found = hashlib.sha256(numba.__version__.encode())
    for file in sorted(package.rglob("rules/**/*.py")):
        words = file.read_bytes()
        if MARK in words:
            found.update(words)
    return found.hexdigest()[:16]


def _folder() -> Path:
    home = Path(os.environ.get("BLISKO_COMPILED") or PACKAGE.parent / "build" / "compiled")
    return home / digest()


numba.config.CACHE_DIR = str(_folder())  # type: ignore[attr-defined]  # numba fills its settings in when it is imported


def compiled(function: F) -> F:
    """Compile a function of numbers and arrays; it runs without Python's lock, so threads may run it side by side."""
    made: F = numba.njit(function, cache=True, nogil=True)
    return made


# `_nrt` is numba's own name for its reference counts; counting where arrays come in tuples takes longer than the arithmetic.
BARE = {"cache": True, "nogil": True, "_nrt": False}


def bare(function: F) -> F:
    """As `compiled`, for functions that make no arrays: nothing counts references in them."""
    made: F = numba.njit(function, **BARE)  # type: ignore[call-overload]
    return made


def inlined(function: F) -> F:
    """As `bare`, and written out in place wherever it is called: for the few small functions that run millions of times."""
    made: F = numba.njit(function, forceinline=True, **BARE)  # type: ignore[call-overload]
    return made
