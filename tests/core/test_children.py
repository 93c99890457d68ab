"""Work for strangers is done by a process that knows nothing, opens nothing, and can be stopped."""

import os
import socket

import pytest

from apps.core import children

HERE = "tests.core.test_children"


def echo(value):
    return value


def everything_known():
    return dict(os.environ)


def reads_a_file():
    return open("/etc/hostname").read()


def calls_home():
    return bool(socket.socket())  # a socket that exists could be connected


def takes_memory():
    return len(bytearray(2 * 1024**3))


def never_ends():
    while True:
        pass


def breaks():
    os.abort()


def talks_too_much():
    os.write(1, b"x" * 1_000_000)
    return b"x" * (children.MOST_ANSWER + 1)


def no_plain_value():
    return object()


def test_it_answers_in_plain_values_and_bytes():
    assert children.ask(f"{HERE}:echo", {"value": {"a": [1, None, b"\0\xff", "ñ"]}}) == {"a": [1, None, b"\0\xff", "ñ"]}


def test_s_23_it_knows_no_secret_of_ours(monkeypatch):
    monkeypatch.setenv("SECRET_KEY", "canary")
    assert "canary" not in str(children.ask(f"{HERE}:everything_known", {}))


@pytest.mark.parametrize("work", ["reads_a_file", "calls_home"])
def test_s_23_it_opens_neither_files_nor_connections(work):
    with pytest.raises(children.Stopped):
        children.ask(f"{HERE}:{work}", {})


@pytest.mark.parametrize("work", ["takes_memory", "never_ends", "breaks", "talks_too_much", "no_plain_value"])
def test_s_21_what_takes_too_much_or_breaks_is_stopped_and_the_next_is_done(work):
    with pytest.raises(children.Stopped):
        children.ask(f"{HERE}:{work}", {}, cpu_seconds=2)
    assert children.ask(f"{HERE}:echo", {"value": 1}) == 1


def test_s_21_only_so_many_work_at_a_time(monkeypatch):
    monkeypatch.setattr(children, "WAIT_SECONDS", 0.01)
    places = [children._places.acquire(timeout=1) for _ in range(children.AT_A_TIME)]
    try:
        with pytest.raises(children.Busy):
            children.ask(f"{HERE}:echo", {"value": 1})
    finally:
        for _ in places:
            children._places.release()
    assert children.ask(f"{HERE}:echo", {"value": 1}) == 1


def test_what_the_clock_stopped_may_go_well_later(monkeypatch):
    monkeypatch.setattr(children, "SECONDS", 0.001)
    with pytest.raises(children.Busy):
        children.ask(f"{HERE}:echo", {"value": 1})
