"""Which packages a server needs at run time, of all that the lock holds, with the lock's own hashes."""

import re
import subprocess
import sys
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from bundle.errors import CannotBundle

PYTHON = f"{sys.version_info.major}.{sys.version_info.minor}"
_HASH = re.compile(r"--hash=(sha256:[0-9a-f]{64})")
Pinned = dict[str, tuple[str, ...]]
"""Package and version, as ``name==version``, → digests of its files."""


def read_lock(text: str) -> Pinned:
    """What a requirements file pins; a package may stand there for several versions of Python.

    >>> read_lock("a==1 ; python_version < '4' \\\\\\n    --hash=sha256:" + "0" * 64)
    {'a==1': ('sha256:0000000000000000000000000000000000000000000000000000000000000000',)}
    """
    pinned: Pinned = {}
    for block in re.split(r"\n(?=\S)", text.strip()):
        lines = [line.rstrip("\\").strip() for line in block.splitlines() if not line.startswith("#")]
        if not lines or not lines[0]:
            continue
        wanted = Requirement(lines[0])
        pinned[f"{canonicalize_name(wanted.name)}{wanted.specifier}"] = tuple(_HASH.findall(block))
    return pinned


def needed(root: Path) -> Pinned:
    """The run-time part of the lock, for the Python and the machine that this runs on.

    uv works out what is needed; each must stand in the lock, and its digests are taken from there.

    Raises
    ------
    CannotBundle
    """
    command = [sys.executable, "-m", "uv", "pip", "compile", "--quiet", "--no-header", "--no-annotate"]
    command += ["--python-version", PYTHON, "--constraint", "requirements.lock", "pyproject.toml"]
    done = subprocess.run(command, cwd=root, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise CannotBundle(f"what is needed at run time cannot be worked out:\n{done.stderr}")
    lock = read_lock((root / "requirements.lock").read_text("utf-8"))
    found = list(read_lock(done.stdout))
    missing = [one for one in found if not lock.get(one)]
    if missing:
        raise CannotBundle(f"not in requirements.lock: {', '.join(missing)}. Run: make lock")
    return {one: lock[one] for one in found}


def as_requirements(pinned: Pinned) -> str:
    """The text of a requirements file."""
    blocks = [" \\\n    ".join([one, *(f"--hash={digest}" for digest in hashes)]) for one, hashes in pinned.items()]
    return "\n".join(blocks) + "\n"
