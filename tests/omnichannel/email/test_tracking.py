"""What providers tell about mail of ours, through the channel's own address and secret."""

import base64
import json

import pytest

from apps.omnichannel import services as doors
from apps.omnichannel.models import Delivery, DeliveryEvent
from apps.tickets import services
from tests.factories.accounts import user_in
from tests.factories.people import PersonFactory
from tests.factories.tickets import TicketFactory

PASSWORD = "long-enough-password"


@pytest.fixture
def sent(mailbox, mailoutbox):
    mailbox.settings, mailbox.secrets = {"tracker": "postmark"}, {"webhook_password": PASSWORD}
    mailbox.save()
    person = PersonFactory(body=mailbox.office, email="ana@example.org")
    ticket = TicketFactory(office=mailbox.office, requester=person, via="email")
    services.reply(ticket, author=user_in(mailbox.office), text="A las nueve.")
    row = Delivery.objects.get()
    doors.deliver(row.pk)
    return row


def tell(client, row, kind, password=PASSWORD, **fields):
    event = {"RecordType": kind, "MessageID": "esp-1", "Metadata": {"delivery": row.public_id}, **fields}
    secret = base64.b64encode(f"desk:{password}".encode()).decode()
    return client.post(
        f"/hooks/{row.channel.key}/deliveries/",
        json.dumps(event),
        content_type="application/json",
        HTTP_AUTHORIZATION=f"Basic {secret}",
    )


DELIVERED = {"Recipient": "ana@example.org", "DeliveredAt": "2026-05-01T10:00:00Z"}
BOUNCED = {
    "Email": "ana@example.org",
    "ID": 7,
    "Type": "HardBounce",
    "TypeCode": 1,
    "Description": "No such user",
    "BouncedAt": "2026-05-01T10:01:00Z",
}


def test_a_delivery_is_seen_once_however_often_it_is_told(client, sent):
    for _ in range(3):
        assert tell(client, sent, "Delivery", **DELIVERED).status_code == 200
    sent.refresh_from_db()
    assert (sent.state, sent.outcome) == ("sent", "delivered")
    assert DeliveryEvent.objects.count() == 1


def test_a_bounce_makes_it_undelivered_whatever_came_before(client, sent):
    tell(client, sent, "Bounce", **BOUNCED)
    tell(client, sent, "Delivery", **DELIVERED)
    sent.refresh_from_db()
    assert (sent.state, sent.outcome) == ("dead", "bounced")


def test_s_53_without_the_channels_secret_nothing_is_believed(client, sent):
    assert tell(client, sent, "Delivery", password="guess", **DELIVERED).status_code == 403
    assert not DeliveryEvent.objects.exists()


def test_openings_count_only_where_that_is_switched_on(client, sent):
    opened = {"Recipient": "ana@example.org", "ReceivedAt": "2026-05-01T10:05:00Z"}
    tell(client, sent, "Open", **opened)
    sent.refresh_from_db()
    assert sent.outcome == ""
    sent.channel.settings["tracks_opening"] = True
    sent.channel.save()
    tell(client, sent, "Open", **opened | {"ReceivedAt": "2026-05-01T10:06:00Z"})
    sent.refresh_from_db()
    assert sent.outcome == "opened"
