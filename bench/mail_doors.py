"""W1 through the doors: the same new mails by LMTP and out of a mailbox by IMAP, handed over, stored and understood.

Everything in one process, the sending side included; the IMAP server is a real one (Debian's dovecot-imapd) beside it.
"""

import smtplib
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from bench.floor import mails_a_second
from bench.machine import Steal
from bench.mails import new_mails
from tests.omnichannel.email.dovecot import HAS_IMAP, PASSWORD, Dovecot


def run(count: int = 250) -> list[dict[str, Any]]:
    from apps.omnichannel.models import Channel

    channel = Channel.objects.select_related("office__body", "office__calendar", "team").get(slug="biblioteca-correo")
    new = new_mails(count)
    floor = mails_a_second(new)
    results = [{"what": "W1 new mails by LMTP", **_timed(lambda: _by_lmtp(channel, new_mails(count)), count)}]
    if HAS_IMAP:
        with tempfile.TemporaryDirectory() as folder:
            server = Dovecot(Path(folder)).start()
            try:
                server.deliver("bench", *new_mails(count))
                results.append({"what": "W1 new mails by IMAP", **_timed(lambda: _by_imap(channel, server), count)})
            finally:
                server.stop()
    for result in results:
        result |= {"floor": round(floor, 1), "of_floor": round(result["a_second"] / floor, 2)}
    return results


def _timed(work: Callable[[], None], count: int) -> dict[str, Any]:
    from apps.omnichannel.models import Envelope
    from apps.omnichannel.services import process

    last = Envelope.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
    steal, began, cpu = Steal(), time.perf_counter(), time.process_time()
    work()
    handed = time.perf_counter() - began
    for envelope_id in Envelope.objects.filter(pk__gt=last).order_by("pk").values_list("pk", flat=True):
        process(envelope_id)
    wall, cpu = time.perf_counter() - began, time.process_time() - cpu
    done = Envelope.objects.filter(pk__gt=last, state="processed").count()
    assert done == count, f"{done} of {count} understood"
    return {
        "a_second": round(count / wall, 1),
        "handed_over_a_second": round(count / handed, 1),
        "cpu_ms": round(cpu / count * 1000, 2),
        "steal": steal.share(),
    }


def _by_lmtp(channel: Any, raws: list[bytes]) -> None:
    from apps.omnichannel.email.listener import MailListener
    from bench.faults.product import _free_port

    door = MailListener(host="127.0.0.1", port=_free_port(), lmtp=True, must_open=True)
    door.start()
    try:
        with smtplib.LMTP(door.host, door.port) as client:
            for raw in raws:
                client.sendmail("p@correo.olmo.example", [channel.address], raw)
    finally:
        door.stop()


def _by_imap(channel: Any, server: Dovecot) -> None:
    from apps.omnichannel.email import fetching, mailbox
    from apps.omnichannel.email.imap import Connection

    there = {"imap_host": "127.0.0.1", "imap_port": server.port, "imap_security": "none", "imap_username": "bench"}
    channel.settings |= {**there, "imap_since": "2020-01-01"}
    channel.secrets = {**(channel.secrets or {}), "imap_password": PASSWORD}
    box = mailbox.of(channel)
    assert box is not None
    progress = fetching.progress_of(channel, box)
    assert fetching.take(progress, "bench")
    with Connection(box, deadline=120) as line:
        line.open(box.password)
        while fetching.fetch(channel, progress, line, "bench"):
            pass
    fetching.progress_of(channel, box).delete()
