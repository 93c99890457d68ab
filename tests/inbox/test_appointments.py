"""An invitation is read in the ticket: in the office's time, with the sender's beside it where it differs."""

import pytest
from django.utils import translation

from apps.inbox.appointments import appointments
from apps.tickets.models import Message
from tests.factories.tickets import TicketFactory

INVITATION = {
    "what": "Visit <b>",
    "starts": "2026-03-02T10:00:00+01:00",
    "ends": "2026-03-02T11:00:00+01:00",
    "zone": "Europe/Rome",
    "where": "https://meet.example/room",
    "organiser": {"name": "Ana", "address": "ana@example.org"},
    "is_cancelled": False,
    "is_repeated": False,
    "answer": "",
}


def shown(facts):
    with translation.override("en"):
        (found,) = appointments({"appointments": [INVITATION | facts]}, "America/Montevideo")
    return found.when, found.theirs


@pytest.mark.parametrize(
    ("facts", "when", "theirs"),
    [
        ({}, "Monday 2 March 2026, 06:00–07:00", "10:00–11:00 (Europe/Rome)"),
        (
            {"starts": "2026-03-02T01:00:00+01:00", "ends": "2026-03-02T02:00:00+01:00"},
            "Sunday 1 March 2026, 21:00–22:00",
            "Monday 2 March 2026, 01:00–02:00 (Europe/Rome)",
        ),
        ({"starts": "2026-03-02T10:00:00-03:00", "ends": ""}, "Monday 2 March 2026, 10:00", ""),
        ({"starts": "2026-03-02", "ends": "2026-03-02"}, "Monday 2 March 2026, all day", ""),
        ({"starts": "2026-03-02", "ends": "2026-03-03"}, "Monday 2 March 2026 – Tuesday 3 March 2026, all day", ""),
        (
            {"starts": "2026-03-02T10:00:00", "ends": "", "zone": "Nowhere/Town"},
            "Monday 2 March 2026, 10:00",
            "as it was sent, time zone Nowhere/Town",
        ),
        (
            {"starts": "2026-03-02T22:00:00-03:00", "ends": "2026-03-03T01:00:00-03:00"},
            "Monday 2 March 2026, 22:00 – Tuesday 3 March 2026, 01:00",
            "",
        ),
    ],
)
def test_when_is_told_in_the_offices_time(facts, when, theirs):
    assert shown(facts) == (when, theirs)


def test_what_cannot_be_said_is_left_out():
    for facts in ({"starts": "soon"}, {"starts": "0001-01-01T00:00:00+14:00"}, {"ends": 5}):
        assert appointments({"appointments": [INVITATION | facts]}, "America/Montevideo") == []
    assert appointments({}, "America/Montevideo") == []


def test_it_stands_in_the_ticket_and_what_strangers_wrote_is_text(desk, library):
    ticket = TicketFactory(office=library)
    Message.objects.update(details={"appointments": [INVITATION, INVITATION | {"is_cancelled": True}]})

    page = desk.get(f"/desk/t/{ticket.public_id}/").content.decode()

    assert "Monday 2 March 2026, 06:00–07:00" in page and "10:00–11:00 (Europe/Rome)" in page
    assert "Visit &lt;b&gt;" in page and "Ana &lt;ana@example.org&gt;" in page
    assert page.count("Cancelled") == 1
    assert 'href="https://meet.example/room"' in page
