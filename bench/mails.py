"""W1: new mails and answers to them, each with plain text, HTML and a 20 KiB picture, through one process.

The first mail of a process loads what is only loaded when it is needed (calendars, the broker's client, statements) and
is measured apart: spread over 250 mails it would add five milliseconds to each.
"""

import random
import time
from email.message import EmailMessage
from typing import Any

from bench.floor import mails_a_second
from bench.machine import Steal
from bench.words import Words


def run(count: int = 250) -> list[dict[str, Any]]:
    from apps.omnichannel.models import Channel, Delivery

    channel = Channel.objects.select_related("office__body", "office__calendar", "team").get(slug="biblioteca-correo")
    words, mark = Words(), int(time.time())
    new = [_mail(words, mark, number).as_bytes() for number in range(count)]
    first = _through(channel, [_mail(words, mark, count).as_bytes()])
    floor = mails_a_second(new)
    results: list[dict[str, Any]] = [{"what": "floor: parse and store a mail", "a_second": round(floor, 1)}]
    results.append({"what": "W1 new mails", **_through(channel, new), "floor": round(floor, 1)})
    answers = []
    for number in range(count):
        ours = Delivery.objects.filter(recipient=_address(mark, number)).order_by("pk").first()
        assert ours is not None, "the acknowledgement of this mail is missing"
        answers.append(_mail(words, mark, number, answers_to=ours.external_id).as_bytes())
    results.append({"what": "W1 answers", **_through(channel, answers), "floor": round(floor, 1)})
    for result in results[1:]:
        result["of_floor"] = round(result["a_second"] / floor, 2)
    return [*results, {"what": "the first mail of a process", "cpu_ms": first["cpu_ms"]}]


def new_mails(count: int) -> list[bytes]:
    """Mails nobody has had yet."""
    words, mark = Words(), time.time_ns()
    return [_mail(words, mark, number).as_bytes() for number in range(count)]


def _through(channel: Any, raws: list[bytes]) -> dict[str, Any]:
    from apps.omnichannel.models import Envelope
    from apps.omnichannel.ports import RawInput
    from apps.omnichannel.services import process, store

    steal, began, cpu = Steal(), time.perf_counter(), time.process_time()
    kept = []
    for raw in raws:
        envelope = store(channel, RawInput(raw, "command", meta={"recipients": [channel.address]}))
        process(envelope.pk)
        kept.append(envelope.pk)
    wall, cpu = time.perf_counter() - began, time.process_time() - cpu
    processed = Envelope.objects.filter(pk__in=kept, state="processed").count()
    assert processed == len(raws), f"{processed} of {len(raws)} understood"
    return {
        "a_second": round(len(raws) / wall, 1),
        "cpu_ms": round(cpu / len(raws) * 1000, 2),
        "bytes": len(raws[0]),
        "steal": steal.share(),
    }


def _mail(words: Words, mark: int, number: int, *, answers_to: str = "") -> EmailMessage:
    dice = random.Random(number)
    subject, text = words.ticket(number)
    mail = EmailMessage()
    mail["From"], mail["To"] = f"Persona {number} <{_address(mark, number)}>", "biblioteca@olmo.example"
    mail["Subject"] = f"Re: {subject}" if answers_to else subject
    mail["Message-ID"] = f"<{mark}.{number}.{bool(answers_to)}@correo.olmo.example>"
    if answers_to:
        mail["In-Reply-To"] = mail["References"] = answers_to
        quoted = "\n".join(f"> {line}" for line in text.split("\n"))
        text = f"{words.some(dice, 60)}.\n\nEl lun, 2 mar 2026 a las 9:12, Biblioteca Olmo escribió:\n{quoted}"
    mail.set_content(text)
    mail.add_alternative("".join(f"<p>{line}</p>" for line in text.split("\n")), subtype="html")
    mail.add_attachment(
        b"\x89PNG\r\n\x1a\n" + dice.randbytes(20_480), maintype="image", subtype="png", filename=f"foto-{number}.png"
    )
    return mail


def _address(mark: int, number: int) -> str:
    return f"p{mark}.{number}@correo.olmo.example"
