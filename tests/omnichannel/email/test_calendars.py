"""Calendar parts of mails: what stands in them, and that none of them can hold up the desk."""

from email.message import EmailMessage

import pytest

from apps.omnichannel.email import calendars, ics
from apps.omnichannel.models import Envelope
from apps.tickets.models import Message

VIENNA = """BEGIN:VTIMEZONE
TZID:Customized Time Zone
BEGIN:STANDARD
DTSTART:16010101T030000
TZOFFSETFROM:+0200
TZOFFSETTO:+0100
RRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=10
END:STANDARD
BEGIN:DAYLIGHT
DTSTART:16010101T020000
TZOFFSETFROM:+0100
TZOFFSETTO:+0200
RRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=3
END:DAYLIGHT
END:VTIMEZONE
"""
UTC = "DTSTART:20260302T130000Z\n"
TIMES = "DTSTART;TZID=Europe/Rome:20260302T100000\nDTEND;TZID=Europe/Rome:20260302T110000\n"


def calendar(times: str = TIMES, more: str = "", method: str = "REQUEST", before: str = "") -> str:
    return (
        f"BEGIN:VCALENDAR\nVERSION:2.0\nPRODID:x\nMETHOD:{method}\n{before}BEGIN:VEVENT\nUID:1@example.org\n{times.rstrip()}\n"
        "SUMMARY:Visita a la sala\\, piso 2\nLOCATION:Sala Azul\n"
        f'ORGANIZER;CN="Ana Pérez":mailto:ana@example.org\n{more}END:VEVENT\nEND:VCALENDAR\n'
    ).replace("\n", "\r\n")


def one(*args: str, **more: str) -> dict:
    (found,) = ics.appointments(calendar(*args, **more))
    return found


def test_an_invitation_says_what_when_where_and_who():
    assert one() == {
        "what": "Visita a la sala, piso 2",
        "starts": "2026-03-02T10:00:00+01:00",
        "ends": "2026-03-02T11:00:00+01:00",
        "zone": "Europe/Rome",
        "where": "Sala Azul",
        "organiser": {"name": "Ana Pérez", "address": "ana@example.org"},
        "is_cancelled": False,
        "is_repeated": False,
        "answer": "",
    }


@pytest.mark.parametrize(
    ("times", "before", "starts", "ends", "zone"),
    [
        (f"{UTC}DURATION:PT90M\n", "", "2026-03-02T13:00:00+00:00", "2026-03-02T14:30:00+00:00", "UTC"),
        ("DTSTART;VALUE=DATE:20260302\nDTEND;VALUE=DATE:20260304\n", "", "2026-03-02", "2026-03-03", ""),
        ("DTSTART;VALUE=DATE:20260302\n", "", "2026-03-02", "", ""),
        ("DTSTART:20260302T100000\n", "", "2026-03-02T10:00:00", "", ""),
        ("DTSTART;TZID=W. Europe Standard Time:20260702T100000", "", "2026-07-02T10:00:00+02:00", "", "Europe/Berlin"),
        (
            "DTSTART;TZID=Customized Time Zone:20260702T100000\n",
            VIENNA,
            "2026-07-02T10:00:00+02:00",
            "",
            "Customized Time Zone",
        ),
        ("DTSTART;TZID=Nowhere/Town:20260702T100000\n", "", "2026-07-02T10:00:00", "", "Nowhere/Town"),
        ("DTSTART:20260302T130000Z\nDTEND:20260301T130000Z\n", "", "2026-03-02T13:00:00+00:00", "", "UTC"),
    ],
    ids=["utc and length", "days", "day", "no zone", "windows zone", "own zone", "unknown zone", "ends before"],
)  # fmt: skip
def test_times_are_told_as_the_sender_meant_them(times, before, starts, ends, zone):
    found = one(times, before=before)
    assert (found["starts"], found["ends"], found["zone"]) == (starts, ends, zone)


def test_cancelled_repeated_and_answered_are_told():
    assert one(method="CANCEL")["is_cancelled"] and one(more="STATUS:CANCELLED\n")["is_cancelled"]
    assert one(more="RRULE:FREQ=DAILY\n")["is_repeated"]
    assert one(more="ATTENDEE;PARTSTAT=DECLINED:mailto:b@example.org\n", method="REPLY")["answer"] == "DECLINED"
    assert one(more="ATTENDEE;PARTSTAT=DECLINED:mailto:b@example.org\n")["answer"] == ""


BROKEN = {
    "empty": "",
    "no calendar": "hello BEGIN:VEVENT",
    "cut": calendar()[:120],
    "no start": calendar(times=""),
    "no date": calendar(times="DTSTART:tomorrow\n"),
    "year 99999": calendar(times="DTSTART:999990302T130000Z\n"),
    "period": calendar(times="DTSTART;VALUE=PERIOD:20260302T130000Z/PT1H\n"),
}
OWN = "DTSTART;TZID=Customized Time Zone:20260702T100000\n"
COSTLY = {
    "every second": calendar(OWN, before=VIENNA.replace("FREQ=YEARLY;BYDAY=-1SU;BYMONTH=10", "FREQ=SECONDLY")),
    "never": calendar(
        OWN, before=VIENNA.replace("FREQ=YEARLY;BYDAY=-1SU;BYMONTH=10", "FREQ=SECONDLY;BYMONTH=2;BYMONTHDAY=31")
    ),
    "deep": "BEGIN:VCALENDAR\r\n" + "BEGIN:VEVENT\r\n" * 15_000,
    "long": calendar(more="X-A:" + "x" * calendars.LONGEST + "\n"),
}


@pytest.mark.parametrize("name", BROKEN)
def test_what_is_no_calendar_gives_no_appointment(name):
    assert calendars.appointments([BROKEN[name]]) == []


@pytest.mark.parametrize("name", COSTLY)
def test_s_21_a_calendar_that_costs_too_much_is_left_a_file(monkeypatch, name):
    monkeypatch.setattr(calendars, "CPU_SECONDS", 1)
    assert calendars.appointments([COSTLY[name]]) == []


def test_the_same_twice_is_one_and_there_is_an_end():
    assert len(calendars.appointments([calendar(), calendar()])) == 1
    event = calendar().partition("BEGIN:VEVENT")[2].partition("END:VEVENT")[0]
    many = calendar().replace(
        "END:VEVENT", "END:VEVENT\r\n" + "\r\n".join(f"BEGIN:VEVENT{event}END:VEVENT" for _ in "123456789")
    )
    assert len(ics.appointments(many)) == ics.MOST_EVENTS


def invitation(text: str, subtype: str = "calendar") -> bytes:
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = "ana@example.org", "help@desk.olmo.example", "Invitación"
    message.set_content("Le esperamos.")
    if subtype == "calendar":
        message.add_alternative(text, subtype="calendar", params={"method": "REQUEST"})
    else:
        message.add_attachment(text.encode(), maintype="application", subtype="ics", filename="invite.ics")
    return message.as_bytes()


@pytest.mark.django_db
@pytest.mark.parametrize("subtype", ["calendar", "ics"])
def test_a_mail_with_an_invitation_keeps_the_appointment_and_the_file(arrive, subtype):
    arrive(invitation(calendar(), subtype))
    message = Message.objects.get(direction="in")
    assert message.details["appointments"][0]["where"] == "Sala Azul"
    assert message.attachments.get().name.endswith(".ics")


@pytest.mark.django_db
def test_s_21_a_mail_with_a_costly_calendar_is_a_ticket_with_a_file(arrive, monkeypatch):
    monkeypatch.setattr(calendars, "CPU_SECONDS", 1)
    arrive(invitation(COSTLY["every second"]))
    assert Envelope.objects.get().state == "processed"
    message = Message.objects.get(direction="in")
    assert "appointments" not in message.details and message.attachments.count() == 1
