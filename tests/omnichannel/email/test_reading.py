"""Large mails are read by a child that can be stopped."""

import base64

import pytest

from apps.omnichannel.email import parsing, reading
from apps.omnichannel.ports import Unreadable
from tests.omnichannel.email.conftest import mail


@pytest.fixture(autouse=True)
def no_child_left():
    _end_all()  # one that another test's large mail has left
    yield
    _end_all()


def _end_all() -> None:
    while reading._children.waiting:
        reading._children.waiting.pop().end()


def large(size: int = 400_000) -> bytes:
    data = base64.encodebytes(bytes(range(256)) * (size // 256))
    return (
        b"From: ana@example.org\nSubject: Foto\nContent-Type: multipart/mixed; boundary=b\n\n--b\n\nAdjunto.\n--b\n"
        b"Content-Type: image/png; name=a.png\nContent-Transfer-Encoding: base64\n\n" + data + b"\n--b--\n"
    )


def test_s_59_a_large_mail_is_read_by_a_child_that_serves_the_next_one_too():
    raw = large()
    assert reading.read(raw) == parsing.parse(raw)
    (child,) = reading._children.waiting
    assert reading.read(raw, envelope_sender="x@y.example").return_path == "x@y.example"
    assert reading._children.waiting == [child]


def test_a_small_mail_needs_none():
    assert reading.read(mail()).subject == "Horario"
    assert not reading._children.waiting


def test_s_59_what_is_refused_is_refused_with_its_reason_by_a_child_too():
    with pytest.raises(Unreadable, match="too many header lines"):
        reading.read(b"X-A: b\n" * 60_000 + b"\nx")


@pytest.mark.parametrize("limit", ["clock", "memory", "cpu", "crash"])
def test_s_59_who_reads_too_long_or_too_much_is_stopped_and_the_next_is_read(monkeypatch, limit):
    bodies = {
        "clock": "time.sleep(60)",
        "memory": "x = bytearray(2 * 1024 ** 3)",
        "cpu": "all(True for _ in iter(int, 1))",
        "crash": "import os; os.abort()",
    }
    prelude = (
        f"import time; from apps.omnichannel.email import reading, parsing; reading.CPU_SECONDS = 0\n"
        f"def runaway(*a, **k):\n    {bodies[limit]}\n"
        f"parsing.parse = runaway\nreading.serve()"
    )
    original = reading.subprocess.Popen
    with monkeypatch.context() as patched:
        patched.setattr(reading, "SECONDS", 6 if limit == "clock" else 60)
        patched.setattr(reading.subprocess, "Popen", lambda command, **more: original([*command[:2], prelude], **more))
        with pytest.raises(Unreadable, match="more time or memory"):
            reading.read(large())
    for child in reading._children.waiting:
        child.end()
    reading._children.waiting.clear()
    assert reading.read(large()).subject == "Foto"


def test_a_child_that_died_while_it_waited_is_replaced():
    reading.read(large())
    reading._children.waiting[0].process.kill()
    reading._children.waiting[0].process.wait()
    assert reading.read(large()).subject == "Foto"
