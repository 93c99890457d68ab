"""Sara asks, Ana asks back and the clock stands still; Sara answers and it runs on; nobody is late."""

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from django.urls import reverse

from apps.omnichannel import registry
from apps.omnichannel.ports import InboundMessage, Sender
from apps.omnichannel.services import receive
from apps.sla.models import Clock
from apps.sla.tasks import sweep_clocks
from apps.tickets import services as tickets
from tests.factories.accounts import OfficeFactory, user_in
from tests.factories.omnichannel import ChannelFactory
from tests.factories.sla import HOUR, PolicyFactory
from tests.fakes import FakeAdapter

MADRID = ZoneInfo("Europe/Madrid")


@pytest.fixture
def channel(db, monkeypatch):
    monkeypatch.setitem(registry._adapters, "fake", FakeAdapter)
    channel = ChannelFactory(office=OfficeFactory())
    PolicyFactory(office=channel.office, targets={"first_response": 4 * HOUR, "resolution": 9 * HOUR})
    return channel


def sara_writes(channel, text):
    return receive(
        channel, InboundMessage(sender=Sender("fake", "sara", name="Sara"), text=text, thread_key="s1")
    ).message


def test_a_reply_pauses_the_clock(channel, clock_at, client):
    ana = user_in(channel.office, role="supervisor")

    clock_at("2026-03-04 10:00", "Europe/Madrid")
    ticket = sara_writes(channel, "I need the certificate.").ticket
    first, whole = Clock.objects.filter(ticket=ticket).order_by("metric")
    assert whole.due_at == datetime(2026, 3, 5, 10, tzinfo=MADRID)

    clock_at("2026-03-04 12:00", "Europe/Madrid")
    tickets.reply(ticket, author=ana, text="Which year?", then="waiting")
    first.refresh_from_db()
    whole.refresh_from_db()
    assert (first.state, whole.state) == ("met", "paused")

    clock_at("2026-03-09 16:00", "Europe/Madrid")
    assert sweep_clocks() == 0
    sara_writes(channel, "2011.")
    whole.refresh_from_db()
    assert (whole.state, whole.due_at) == ("running", datetime(2026, 3, 10, 14, tzinfo=MADRID))

    clock_at("2026-03-10 11:00", "Europe/Madrid")
    tickets.reply(ticket, author=ana, text="Here it is.", then="solved")
    whole.refresh_from_db()
    # Two hours on Wednesday, two on Monday, two on Tuesday.
    assert (whole.state, whole.used_seconds, whole.is_breached) == ("met", 6 * HOUR, False)

    client.force_login(ana)
    page = client.get(reverse("reporting:sla")).content.decode()
    assert "First answers were in time in 100 % of the cases" in page
