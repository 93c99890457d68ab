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


def told_by(row, provider, **secrets):
    row.channel.settings, row.channel.secrets = {"tracker": provider}, secrets
    row.channel.save()
    return f"/hooks/{row.channel.key}/deliveries/"


def basic(password):
    return {"HTTP_AUTHORIZATION": "Basic " + base64.b64encode(f"desk:{password}".encode()).decode()}


def test_amazon_tells_of_a_bounce_after_it_was_asked_for_its_password(client, sent):
    address = told_by(sent, "amazon_ses", webhook_password=PASSWORD)
    metadata = {"name": "X-Metadata", "value": json.dumps({"delivery": sent.public_id})}
    bounced = {"bounceType": "Permanent", "bounceSubType": "General"}
    bounced["bouncedRecipients"] = [{"emailAddress": "ana@example.org", "diagnosticCode": "550 5.1.1 no such user"}]
    said = {"eventType": "Bounce", "mail": {"messageId": "m", "headers": [metadata]}, "bounce": bounced}
    body = {
        "Type": "Notification",
        "MessageId": "n",
        "TopicArn": "arn:aws:sns:eu-west-1:1:m",
        "Message": json.dumps(said),
    }
    call = {"data": json.dumps(body), "content_type": "text/plain", "HTTP_X_AMZ_SNS_MESSAGE_TYPE": "Notification"}
    call["HTTP_X_AMZ_SNS_MESSAGE_ID"] = "n"
    assert client.post(address, **call).status_code == 401
    assert client.post(address, **call, **basic(PASSWORD)).status_code == 200
    sent.refresh_from_db()
    assert (sent.state, sent.outcome) == ("dead", "bounced")


def test_s_53_unisender_signs_with_the_key_and_looks_whether_we_are_there(client, sent):
    import hashlib

    address = told_by(sent, "unisender_go", tracking_key="us-key")
    assert client.get(address).status_code == 200
    event = {"event_name": "transactional_email_status", "status": "delivered", "email": "ana@example.org"}
    event |= {"event_time": "2026-05-01 10:00:00", "metadata": {"delivery": sent.public_id}, "auth": "us-key"}
    key = hashlib.md5(json.dumps(event).encode()).hexdigest()
    for auth, answer in (("0" * 32, 403), (key, 200)):
        body = json.dumps(event | {"auth": auth})
        assert client.post(address, body, content_type="application/json").status_code == answer
    sent.refresh_from_db()
    assert sent.outcome == "delivered"


def test_s_53_resend_tells_with_a_signature(client, sent):
    import hashlib
    import hmac
    import time

    address = told_by(sent, "resend", tracking_key="whsec_" + base64.b64encode(b"k" * 24).decode())
    headers = [{"name": "X-Metadata", "value": json.dumps({"delivery": sent.public_id})}]
    data = {"email_id": "e", "to": ["ana@example.org"], "headers": headers}
    body = json.dumps({"type": "email.delivered", "created_at": "2026-05-01T10:00:00Z", "data": data})
    at = str(int(time.time()))
    signed = hmac.new(b"k" * 24, f"msg_1.{at}.{body}".encode(), hashlib.sha256).digest()
    for signature, answer in (("v1,AAAA", 403), ("v1," + base64.b64encode(signed).decode(), 200)):
        given = {"HTTP_SVIX_ID": "msg_1", "HTTP_SVIX_TIMESTAMP": at, "HTTP_SVIX_SIGNATURE": signature}
        assert client.post(address, body, content_type="application/json", **given).status_code == answer
    sent.refresh_from_db()
    assert sent.outcome == "delivered"
