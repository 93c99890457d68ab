"""What goes wrong on the way in: a process that died with a mailbox in its hands."""

import os
import subprocess

from apps.omnichannel.email import fetcher


def test_who_died_on_this_machine_is_not_waited_for():
    gone = subprocess.Popen(["true"])
    gone.wait()
    assert fetcher.is_gone(f"{fetcher.HOST}:{gone.pid}:ab:cd")
    assert fetcher.is_gone(f"{fetcher.HOST}:{os.getpid()}:another:cd")
    assert not fetcher.is_gone(f"{fetcher.HOST}:{os.getpid()}:{fetcher.PROCESS}:cd")
    assert not fetcher.is_gone(f"{fetcher.HOST}:{os.getppid()}:ab:cd")
    assert not fetcher.is_gone(f"elsewhere:{gone.pid}:ab:cd")
    assert not fetcher.is_gone("")
