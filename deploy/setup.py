#!/usr/bin/env python3
"""Prepare the environment: .venv, the locked packages, the compiled translations.

Needs nothing but Python 3.11 and the package registry. A second run does nothing when nothing changed.
"""

import hashlib
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
LOCK = ROOT / "requirements-dev.txt"
UV_LOCK = ROOT / "deploy" / "requirements-uv.txt"
STAMP = VENV / ".acudo-lock"
OLDEST = (3, 11)


def main() -> int:
    if sys.version_info < OLDEST:
        return stop(f"Acudo needs Python {'.'.join(map(str, OLDEST))} or newer; this is {sys.version.split()[0]}.")
    if not is_usable() and not make_venv():
        return 1
    if not is_installed() and not install():
        return stop("The packages could not be installed. Is the package registry reachable?")
    if stale_catalogues():
        run([PYTHON, "-m", "config.catalogues"])
    return 0


def is_usable() -> bool:
    """A venv whose Python was removed or replaced by another version is made anew."""
    return PYTHON.exists() and run([PYTHON, "-c", "import pip"], quiet=True)


def make_venv() -> bool:
    say("Making .venv")
    if not has_ensurepip() and not install_ensurepip():
        stop("Python cannot make virtual environments here. Please run once: apt-get install python3-venv")
        return False
    shutil.rmtree(VENV, ignore_errors=True)
    return run([sys.executable, "-m", "venv", VENV])


def has_ensurepip() -> bool:
    return run([sys.executable, "-c", "import ensurepip, venv"], quiet=True)


def install_ensurepip() -> bool:
    if os.geteuid() != 0 or not shutil.which("apt-get"):
        return False
    say("Installing python3-venv")
    quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    run(["apt-get", "update", "-qq"], quiet=True, env=quiet)
    run(["apt-get", "install", "-y", "-qq", "python3-venv"], quiet=True, env=quiet)
    return has_ensurepip()


def lock_hash() -> str:
    return hashlib.sha256(LOCK.read_bytes() + UV_LOCK.read_bytes() + sys.version.encode()).hexdigest()


def is_installed() -> bool:
    return STAMP.exists() and STAMP.read_text() == lock_hash()


def install() -> bool:
    say("Installing the locked packages (once; about a minute)")
    started = time.monotonic()
    if not (install_with_uv() or install_with_pip()):
        return False
    STAMP.write_text(lock_hash())
    say(f"Installed in {time.monotonic() - started:.0f} s")
    return True


def install_with_uv() -> bool:
    pip = [PYTHON, "-m", "pip", "--disable-pip-version-check", "-qq"]
    if not run([*pip, "install", "--require-hashes", "-r", UV_LOCK], quiet=True):
        return False
    environment = {**os.environ, "VIRTUAL_ENV": str(VENV), "UV_LINK_MODE": "copy", "UV_NATIVE_TLS": "1"}
    if "PIP_INDEX_URL" in os.environ:  # a registry of one's own is told to pip; uv should hear of it too
        environment.setdefault("UV_DEFAULT_INDEX", os.environ["PIP_INDEX_URL"])
    return run([VENV / "bin" / "uv", "pip", "sync", "-q", "--require-hashes", LOCK], quiet=True, env=environment)


def install_with_pip() -> bool:
    say("uv is not available here, so pip does it (slower)")
    pip = [PYTHON, "-m", "pip", "--disable-pip-version-check", "-qq"]
    return run([*pip, "install", "--require-hashes", "-r", LOCK])


def stale_catalogues() -> bool:
    pieces = list((ROOT / "locale").glob("*/LC_MESSAGES/*.po"))
    return any(not is_fresh(piece.with_suffix(".mo"), piece) for piece in pieces)


def is_fresh(made: Path, source: Path) -> bool:
    return made.exists() and made.stat().st_mtime >= source.stat().st_mtime


def run(command: list, quiet: bool = False, env: dict | None = None) -> bool:
    output = subprocess.DEVNULL if quiet else None
    words = [str(word) for word in command]
    return subprocess.call(words, cwd=ROOT, stdout=output, stderr=output, stdin=subprocess.DEVNULL, env=env) == 0  # noqa: S603


def say(sentence: str) -> None:
    sys.stdout.write(f"{sentence}\n")
    sys.stdout.flush()


def stop(sentence: str) -> int:
    sys.stderr.write(f"{sentence}\n")
    return 1


if __name__ == "__main__":
    sys.exit(main())
