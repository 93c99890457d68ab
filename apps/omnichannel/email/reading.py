"""Large mails are read by a child that can be stopped (S-59): ten seconds of CPU and 512 MB, then it is over.

Small ones are read at once: for them the limits of `parsing` bound the work, and a child costs more than the mail.
One child serves many mails, one after the other; it ends when its parent does, or when it has not been needed for long.
"""

import os
import pickle
import resource
import select
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any, BinaryIO

from django.utils.translation import gettext_noop

from apps.omnichannel.ports import Unreadable

from . import parsing

AT_ONCE = 256 * 1024  # bytes that are read without a child
CPU_SECONDS = 10
SECONDS = 30  # by the clock: a busy machine gives a child less than all of it
MOST_MEMORY = 512 * 1024 * 1024
IDLE_SECONDS = 60
ROOT = Path(__file__).resolve().parents[3]
TOO_MUCH = gettext_noop("it needs more time or memory than a mail may have")


def read(
    raw: bytes, *, envelope_sender: str | None = None, envelope_recipients: Sequence[str] = ()
) -> parsing.ParsedMail:
    """As `parsing.parse`; raises Unreadable also for what had to be stopped."""
    if len(raw) <= AT_ONCE:
        return parsing.parse(raw, envelope_sender=envelope_sender, envelope_recipients=envelope_recipients)
    if len(raw) > parsing.MOST_BYTES:
        raise Unreadable(gettext_noop("it is too large"))
    child = _children.take()
    try:
        answer = child.ask((raw, envelope_sender, tuple(envelope_recipients)))
    except (OSError, EOFError, pickle.UnpicklingError) as error:
        child.end()
        raise Unreadable(TOO_MUCH) from error
    except BaseException:
        child.end()
        raise
    _children.give_back(child)
    if isinstance(answer, str):
        raise Unreadable(answer)
    return answer


class Child:
    def __init__(self) -> None:
        self.process = subprocess.Popen(  # noqa: S603  our own module, by our own interpreter
            [sys.executable, "-c", f"from {__name__} import serve; serve()"],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        self.used_at = time.monotonic()

    def ask(self, order: tuple[Any, ...]) -> Any:
        """What the child found; OSError or EOFError when it had to be stopped or stopped by itself."""
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        timer = threading.Timer(SECONDS, self.process.kill)
        timer.daemon = True
        timer.start()
        try:
            pickle.dump(order, self.process.stdin, protocol=5)
            self.process.stdin.flush()
            return pickle.load(self.process.stdout)  # noqa: S301  written by our own code in the child
        finally:
            timer.cancel()
            self.used_at = time.monotonic()

    def is_fit(self) -> bool:
        return self.process.poll() is None and time.monotonic() - self.used_at < IDLE_SECONDS - 5

    def end(self) -> None:
        self.process.kill()
        self.process.wait()
        for pipe in (self.process.stdin, self.process.stdout):
            if pipe is not None:
                try:
                    pipe.close()
                except OSError:  # what could not be written any more
                    continue


class _Children:
    """Those that wait for work. A process that was forked from ours begins without any."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.waiting: list[Child] = []
        self.owner = os.getpid()

    def take(self) -> Child:
        with self.lock:
            if self.owner != os.getpid():
                self.waiting, self.owner = [], os.getpid()
            while self.waiting:
                child = self.waiting.pop()
                if child.is_fit():
                    return child
                child.end()
        return Child()

    def give_back(self, child: Child) -> None:
        with self.lock:
            self.waiting.append(child)


_children = _Children()


def serve() -> None:
    """The child: reads orders until nobody asks any more."""
    resource.setrlimit(resource.RLIMIT_AS, (MOST_MEMORY, MOST_MEMORY))
    source, sink = sys.stdin.buffer, sys.stdout.buffer
    while _has_more(source):
        order = pickle.load(source)  # noqa: S301  from our own parent
        used = resource.getrusage(resource.RUSAGE_SELF)
        seconds = int(used.ru_utime + used.ru_stime) + 1 + CPU_SECONDS
        resource.setrlimit(resource.RLIMIT_CPU, (seconds, resource.RLIM_INFINITY))
        pickle.dump(_answer(*order), sink, protocol=5)
        sink.flush()
        del order


def _answer(raw: bytes, sender: str | None, recipients: Sequence[str]) -> parsing.ParsedMail | str:
    try:
        return parsing.parse(raw, envelope_sender=sender, envelope_recipients=recipients)
    except Unreadable as reason:
        return str(reason)
    except MemoryError:
        return TOO_MUCH


def _has_more(source: BinaryIO) -> bool:
    """False when the parent is gone or has not asked for long."""
    ready, _writable, _odd = select.select([source], [], [], IDLE_SECONDS)
    return bool(ready) and bool(source.peek(1))  # type: ignore[attr-defined]
