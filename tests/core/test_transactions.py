"""What a verb writes last: once, in order, and not at all for what was undone."""

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from apps.activity.bus import Actor, record
from apps.activity.models import Activity
from apps.core.transactions import whole
from apps.tickets.events import SubjectChanged
from tests.factories.tickets import TicketFactory

pytestmark = pytest.mark.django_db


def happen(ticket, subject):
    record(SubjectChanged(ticket_id=ticket.pk, office_id=ticket.office_id, old="", new=subject), Actor.of(None))


def told():
    return [row.data["new"] for row in Activity.objects.filter(verb="subject_changed").order_by("pk")]


def test_what_happened_in_one_verb_is_written_in_one_statement_and_in_order():
    ticket = TicketFactory()
    with CaptureQueriesContext(connection) as asked, whole():
        happen(ticket, "one")
        with whole():
            happen(ticket, "two")
        happen(ticket, "three")
    assert told() == ["one", "two", "three"]
    assert len([query for query in asked.captured_queries if '"activity_activity"' in query["sql"]]) == 1


def test_what_an_undone_part_told_is_not_written():
    ticket = TicketFactory()
    with whole():
        happen(ticket, "before")
        with pytest.raises(ValueError, match="no"), transaction.atomic(), whole():
            happen(ticket, "undone")
            raise ValueError("no")
        happen(ticket, "after")
    assert told() == ["before", "after"]


def test_a_verb_that_fails_leaves_nothing_for_the_next_one():
    ticket = TicketFactory()
    with pytest.raises(ValueError, match="no"), whole():
        happen(ticket, "undone")
        raise ValueError("no")
    with whole():
        happen(ticket, "next")
    assert told() == ["next"]


def test_outside_a_verb_it_is_written_at_once():
    ticket = TicketFactory()
    with transaction.atomic():
        happen(ticket, "now")
        assert told() == ["now"]
