"""Work on what strangers sent that could cost too much or break its tools: done by a process that can be stopped.

It starts without our environment, so it knows no secret; once its tools are loaded it can open neither files nor
connections (S-23), save where a tool says so; its seconds, its memory and the length of its answer are limited by the
system (S-21). It answers in plain values only, because whoever broke its tools would write the answer. One process does
one thing: what a hostile document left behind in it is gone before the next.
"""

import os
import resource
import subprocess
import sys
import tempfile
import threading
from importlib import import_module
from pathlib import Path
from typing import Any

import msgpack

CPU_SECONDS = 10
SECONDS = 30  # by the clock: a busy machine gives a child less than all of it
MOST_MEMORY = 512 * 1024 * 1024
MOST_ANSWER = 50 * 1024 * 1024
AT_A_TIME = 2  # in one process of ours: who sends a hundred hostile files gets two of them looked at
WAIT_SECONDS = 20
ROOT = Path(__file__).resolve().parents[2]

_places = threading.BoundedSemaphore(AT_A_TIME)


class Stopped(Exception):
    """It took too much or broke: the same again would end the same."""


class Busy(Exception):
    """Too many wait already: later it may go well. Also what the clock stopped on a machine that had no time."""


def ask(work: str, order: dict[str, Any], *, cpu_seconds: int = CPU_SECONDS, reads_files: bool = False) -> Any:
    """What `module:function` answers to `order` (both plain values and bytes). Raises Stopped or Busy.

    `reads_files`: for a tool in Python alone that looks up tables of its own, such as time zones.
    """
    if not _places.acquire(timeout=WAIT_SECONDS):
        raise Busy
    try:
        with tempfile.TemporaryFile() as answer:
            _run(
                f"from {__name__} import serve; serve({work!r}, {cpu_seconds}, {reads_files})",
                msgpack.packb(order),
                answer,
            )
            answer.seek(0)
            return msgpack.unpackb(answer.read(MOST_ANSWER))
    except (OSError, ValueError, msgpack.UnpackException) as error:
        raise Stopped from error
    finally:
        _places.release()


def _run(program: str, order: bytes, answer: Any) -> None:
    try:
        subprocess.run(  # noqa: S603  our own module, by our own interpreter
            [sys.executable, "-c", program],
            cwd=ROOT,
            env={},
            input=order,
            stdout=answer,
            stderr=subprocess.DEVNULL,
            timeout=SECONDS,
            check=True,
            start_new_session=True,
        )
    except subprocess.TimeoutExpired as error:
        raise Busy from error
    except subprocess.CalledProcessError as error:
        raise Stopped from error


def serve(work: str, cpu_seconds: int, reads_files: bool) -> None:
    """The child: one order, one answer."""
    source = sys.stdin.buffer.read()
    module, _colon, name = work.partition(":")
    function = getattr(import_module(module), name)
    limits = [
        (resource.RLIMIT_CPU, cpu_seconds),
        (resource.RLIMIT_AS, MOST_MEMORY),
        (resource.RLIMIT_FSIZE, MOST_ANSWER),
        (resource.RLIMIT_CORE, 0),
    ]
    if not reads_files:
        limits.append((resource.RLIMIT_NOFILE, 0))  # from here on nothing can be opened
    for limit, most in limits:
        resource.setrlimit(limit, (most, most))
    os.write(1, msgpack.packb(function(**msgpack.unpackb(source))))
