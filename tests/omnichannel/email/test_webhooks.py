"""Mail that a provider posts: believed only with the channel's own secret."""

import base64
import hashlib
import hmac
import json
from urllib.parse import urlencode

import pytest
import time_machine

from apps.omnichannel import services
from apps.omnichannel.models import Envelope
from apps.tickets.models import Message
from tests.factories.omnichannel import ChannelFactory
from tests.omnichannel.email.conftest import mail

pytestmark = pytest.mark.django_db


def mailbox_of(provider: str, **secrets: str):
    return ChannelFactory(
        kind="email", address="help@desk.olmo.example", settings={"provider": provider}, secrets=secrets
    )


def url(channel) -> str:
    return f"/hooks/{channel.key}/"


def basic(password: str) -> dict[str, str]:
    return {"HTTP_AUTHORIZATION": "Basic " + base64.b64encode(f"desk:{password}".encode()).decode()}


def understood() -> Message:
    envelope = Envelope.objects.get()
    services.process(envelope.pk)
    envelope.refresh_from_db()
    assert envelope.state == "processed", envelope.reason
    return Message.objects.get(direction="in")


# Worked signatures: computed once, by hand.
MAILGUN_KEY = "demo-mailgun-signing-key"
MAILGUN_SIGNATURE = "5feb960d4fdfe9900362e85ec58839c480837f6009e2f676a281e1bc869292eb"
MANDRILL_KEY = "demo-mandrill-webhook-key"
MAILERSEND_KEY = "demo-signing-secret"
MAILERSEND_SIGNATURE = "8a92140f74624e92ab80f9d73b8fcbfd49640b6e5867f683c2fc49f6917d16dd"


def mailgun(signature: str = MAILGUN_SIGNATURE, text: str = "¿Abren hoy?") -> str:
    return urlencode(
        {
            "token": "a" * 50,
            "timestamp": "1760000000",
            "signature": signature,
            "sender": "ana@example.org",
            "recipient": "help@desk.olmo.example",
            "body-mime": mail(text).decode(),
        }
    )


def post_mailgun(client, channel, body: str):
    return client.post(url(channel), body, content_type="application/x-www-form-urlencoded")


@time_machine.travel("2025-10-09T09:00:00Z", tick=False)
def test_s_53_mailgun_is_believed_by_its_signature(client):
    channel = mailbox_of("mailgun", webhook_key=MAILGUN_KEY)
    assert post_mailgun(client, channel, mailgun()).status_code == 200
    assert understood().text == "¿Abren hoy?"


@time_machine.travel("2025-10-09T09:00:00Z", tick=False)
@pytest.mark.parametrize(
    ("secrets", "signature"),
    [
        ({"webhook_key": MAILGUN_KEY}, MAILGUN_SIGNATURE[:-1] + "0"),
        ({"webhook_key": MAILGUN_KEY}, ""),
        ({"webhook_key": "another channel's"}, MAILGUN_SIGNATURE),
        ({"webhook_key": ""}, MAILGUN_SIGNATURE),
        ({}, MAILGUN_SIGNATURE),
        ({"webhook_password": "only a password"}, MAILGUN_SIGNATURE),
    ],
)
def test_s_53_a_call_that_does_not_prove_itself_is_refused_and_leaves_nothing(client, secrets, signature):
    channel = mailbox_of("mailgun", **secrets)
    assert post_mailgun(client, channel, mailgun(signature)).status_code == 403
    assert not Envelope.objects.exists()


def test_s_53_a_signature_that_is_too_old_is_refused(client):
    channel = mailbox_of("mailgun", webhook_key=MAILGUN_KEY)
    assert post_mailgun(client, channel, mailgun()).status_code == 403


@time_machine.travel("2025-10-09T09:00:00Z", tick=False)
def test_r_04_a_repeated_call_is_answered_alike_and_kept_once(client):
    channel = mailbox_of("mailgun", webhook_key=MAILGUN_KEY)
    assert [post_mailgun(client, channel, mailgun()).status_code for _ in range(3)] == [200, 200, 200]
    assert Envelope.objects.count() == 1


POSTMARK = {
    "FromFull": {"Email": "ana@example.org", "Name": "Ana"},
    "ToFull": [{"Email": "help@desk.olmo.example", "Name": ""}],
    "OriginalRecipient": "help@desk.olmo.example",
    "Subject": "Horario",
    "MessageID": "1",
    "Date": "Wed, 20 May 2026 11:54:00 -0300",
    "TextBody": "¿Abren hoy?",
    "HtmlBody": "",
    "Headers": [{"Name": "Message-ID", "Value": "<a@example.org>"}],
    "Attachments": [
        {
            "Name": "a.txt",
            "Content": base64.b64encode(b"hola").decode(),
            "ContentType": "text/plain",
            "ContentLength": 4,
        }
    ],
}


def test_s_53_postmark_is_believed_by_the_password_in_its_address(client):
    channel = mailbox_of("postmark", webhook_password="open-sesame")
    body = json.dumps(POSTMARK)
    for headers in ({}, basic("wrong"), basic(""), {"HTTP_AUTHORIZATION": "Bearer open-sesame"}):
        assert client.post(url(channel), body, content_type="application/json", **headers).status_code == 403
    answer = client.post(url(channel), body, content_type="application/json", **basic("open-sesame"))
    assert answer.status_code == 200
    message = understood()
    assert (message.text, message.ticket.subject) == ("¿Abren hoy?", "Horario")
    assert [file.name for file in message.attachments.all()] == ["a.txt"]


def test_the_password_of_a_call_is_not_kept(client):
    channel = mailbox_of("postmark", webhook_password="open-sesame")
    client.post(url(channel), json.dumps(POSTMARK), content_type="application/json", **basic("open-sesame"))
    kept = Envelope.objects.get()
    assert "authorization" not in {name.lower() for name in kept.headers}


def test_s_53_without_any_secret_every_call_is_refused(client):
    for provider in ("postmark", "sendgrid", "mailjet", "sparkpost", "relay", "mandrill", "postal", "", "nobody"):
        channel = mailbox_of(provider)
        for headers in ({}, basic("")):
            answer = client.post(url(channel), json.dumps(POSTMARK), content_type="application/json", **headers)
            assert answer.status_code == 403, provider


def test_sendgrid_posts_a_form(client):
    channel = mailbox_of("sendgrid", webhook_password="p")
    fields = {
        "headers": "From: Ana <ana@example.org>\nTo: help@desk.olmo.example\nSubject: Horario\n",
        "text": "¿Abren hoy?",
        "envelope": json.dumps({"to": ["help@desk.olmo.example"], "from": "ana@example.org"}),
        "charsets": json.dumps({"text": "utf-8"}),
        "attachments": "0",
    }
    assert client.post(url(channel), fields, **basic("p")).status_code == 200
    assert understood().text == "¿Abren hoy?"


def test_mandrill_signs_the_address_and_the_form(client):
    channel = mailbox_of("mandrill", webhook_key=MANDRILL_KEY)
    events = json.dumps(
        [{"event": "inbound", "ts": 1, "msg": {"raw_msg": mail("¿Abren hoy?").decode(), "email": "h@x"}}]
    )
    signed = f"http://testserver{url(channel)}mandrill_events{events}"
    signature = base64.b64encode(hmac.new(MANDRILL_KEY.encode(), signed.encode(), hashlib.sha1).digest()).decode()
    body = urlencode({"mandrill_events": events})
    kind = "application/x-www-form-urlencoded"
    assert (
        client.post(url(channel), body + "x", content_type=kind, HTTP_X_MANDRILL_SIGNATURE=signature).status_code == 403
    )
    assert client.post(url(channel), body, content_type=kind, HTTP_X_MANDRILL_SIGNATURE=signature).status_code == 200
    assert understood().text == "¿Abren hoy?"


def test_s_53_the_worked_mandrill_and_mailersend_signatures_hold():
    from apps.omnichannel.email import providers
    from apps.omnichannel.ports import Forged, RawInput

    raw = RawInput(
        b"mandrill_events=%5B%5D",
        "webhook",
        {"content-type": "application/x-www-form-urlencoded", "x-mandrill-signature": "hVra//Vh+uFTEL0JiFz2ZLvUK+c="},
        {"url": "https://desk.example.org/anymail/mandrill/"},
    )
    providers.verify("mandrill", {"webhook_key": MANDRILL_KEY}, raw)
    body = b'{"type":"inbound.message"}'
    headers = {"content-type": "application/json", "signature": MAILERSEND_SIGNATURE}
    providers.verify("mailersend", {"webhook_key": MAILERSEND_KEY}, RawInput(body, "webhook", headers))
    spaced = RawInput(b'{"type": "inbound.message"}', "webhook", headers)  # the same JSON, written again
    with pytest.raises(Forged):
        providers.verify("mailersend", {"webhook_key": MAILERSEND_KEY}, spaced)


def test_a_program_of_our_own_may_post_raw_mail(client):
    channel = mailbox_of("relay", webhook_password="p")
    raw = mail("¿Abren hoy?")
    assert client.post(url(channel), raw, content_type="message/rfc822", **basic("q")).status_code == 403
    assert client.post(url(channel), raw, content_type="message/rfc822", **basic("p")).status_code == 200
    assert understood().text == "¿Abren hoy?"
    assert bytes(Envelope.objects.get().raw) == raw


def test_r_07_a_genuine_call_that_makes_no_sense_is_kept_with_its_reason(client):
    channel = mailbox_of("postmark", webhook_password="p")
    assert client.post(url(channel), "[1]", content_type="application/json", **basic("p")).status_code == 200
    envelope = Envelope.objects.get()
    services.process(envelope.pk)
    envelope.refresh_from_db()
    assert envelope.state == "quarantined"
    assert "Postmark" in envelope.reason


def test_an_unknown_address_is_not_there(client):
    assert client.post("/hooks/c_000000000000000000000000/", b"x", content_type="text/plain").status_code == 404


def brevo(*attachments: dict) -> str:
    item = {
        "Uuid": ["8d79af22"],
        "Headers": {
            "From": "Ana Prueba <ana@example.org>",
            "To": "help@desk.olmo.example",
            "Subject": "Horario",
            "Message-ID": "<b1@example.org>",
            "Return-Path": "ana%40example.org",
            "Delivered-To": "help%40desk.olmo.example",
        },
        "RawTextBody": "¿Abren hoy?",
        "RawHtmlBody": "",
        "Attachments": list(attachments),
        "SpamScore": 0.1,
    }
    return json.dumps({"items": [item]})


class Answer:
    def __init__(self, content: bytes, headers: dict | None = None) -> None:
        self.content, self.headers = content, headers or {}

    def __enter__(self):
        return self

    def __exit__(self, *exc_info):
        pass

    def raise_for_status(self):
        pass

    def json(self):
        return json.loads(self.content)

    def iter_content(self, chunk_size):
        yield self.content


def test_s_53_brevo_is_believed_by_the_password_and_its_files_are_fetched(client, monkeypatch):
    asked = []

    def get(address, headers=None, **more):
        asked.append((address, headers))
        return Answer(
            b"%PDF", {"content-type": "application/pdf", "content-disposition": 'attachment; filename="a.pdf"'}
        )

    monkeypatch.setattr("requests.get", get)
    channel = mailbox_of("brevo", webhook_password="hush", webhook_api_key="brevo-key")
    body = brevo({"Name": "a.pdf", "ContentType": "application/pdf", "ContentLength": 4, "DownloadToken": "tok"})
    assert client.post(url(channel), body, content_type="application/json").status_code == 403
    assert client.post(url(channel), body, content_type="application/json", **basic("hush")).status_code == 200
    assert not asked  # nothing slow on the way in (R-03)
    message = understood()
    assert message.text == "¿Abren hoy?"
    assert [file.name for file in message.attachments.all()] == ["a.pdf"]
    assert asked == [("https://api.brevo.com/v3/inbound/attachments/tok", {"api-key": "brevo-key"})]


def test_r_07_a_provider_that_is_away_while_the_rest_is_fetched_is_asked_again(client, monkeypatch):
    import requests

    def away(*args, **kwargs):
        raise requests.ConnectionError("away")

    monkeypatch.setattr("requests.get", away)
    channel = mailbox_of("brevo", webhook_password="hush", webhook_api_key="brevo-key")
    client.post(
        url(channel), brevo({"Name": "a", "DownloadToken": "t"}), content_type="application/json", **basic("hush")
    )
    envelope = Envelope.objects.get()
    services.process(envelope.pk)
    envelope.refresh_from_db()
    assert (envelope.state, envelope.attempts) == ("waiting", 1)


def test_s_53_mailtrap_is_believed_by_its_signature_and_the_mail_is_fetched(client, monkeypatch):
    def get(address, headers=None, **more):
        if address.startswith("https://mailtrap.io/api/inbound/inboxes/7/messages/m1"):
            assert headers == {"Authorization": "Bearer trap-key"}
            return Answer(json.dumps({"id": "m1", "raw_message_url": "https://files.example/m1.eml"}).encode())
        return Answer(mail("¿Abren hoy?"))

    monkeypatch.setattr("requests.get", get)
    channel = mailbox_of("mailtrap", webhook_key="signing", webhook_api_key="trap-key")
    event = {"event": "inbound.message_received", "event_id": "e", "timestamp": 1, "inbox_id": 7, "message_id": "m1"}
    body = json.dumps({"events": [event]})
    good = hmac.new(b"signing", body.encode(), hashlib.sha256).hexdigest()
    for signature, answer in (("0" * 64, 403), (good, 200)):
        sent = client.post(url(channel), body, content_type="application/json", HTTP_MAILTRAP_SIGNATURE=signature)
        assert sent.status_code == answer
    assert understood().text == "¿Abren hoy?"


TOPIC = "arn:aws:sns:eu-west-1:123456789012:mail"


def sns(kind: str = "Notification", **fields) -> dict:
    body = json.dumps({"Type": kind, "MessageId": "n-1", "TopicArn": TOPIC, **fields})
    headers = {"HTTP_X_AMZ_SNS_MESSAGE_TYPE": kind, "HTTP_X_AMZ_SNS_MESSAGE_ID": "n-1"}
    return {"data": body, "content_type": "text/plain; charset=UTF-8", **headers}


def ses_mail(text: str) -> str:
    action = {"type": "SNS", "encoding": "BASE64", "topicArn": TOPIC}
    receipt = {"action": action, "recipients": ["help@desk.olmo.example"]}
    told = {"notificationType": "Received", "mail": {"source": "ana@example.org"}, "receipt": receipt}
    return json.dumps(told | {"content": base64.b64encode(mail(text)).decode()})


def test_s_53_amazon_is_asked_for_its_password_and_believed_by_it(client):
    channel = mailbox_of("amazon_ses", webhook_password="p")
    call = sns(Message=ses_mail("¿Abren hoy?"))
    unasked = client.post(url(channel), **call)
    assert (unasked.status_code, unasked["WWW-Authenticate"]) == (401, 'Basic realm="Acudo"')
    assert client.post(url(channel), **call, **basic("q")).status_code == 403
    assert client.post(url(channel), **call, **basic("p")).status_code == 200
    assert understood().text == "¿Abren hoy?"


def test_a_subscription_of_amazons_is_confirmed_once_the_password_was_shown(client, monkeypatch):
    from apps.omnichannel.email import notices

    knocked = []
    monkeypatch.setattr(notices, "_knock", knocked.append)
    channel = mailbox_of("amazon_ses", webhook_password="p")
    address = "https://sns.eu-west-1.amazonaws.com/?Action=ConfirmSubscription&Token=t"
    call = sns("SubscriptionConfirmation", SubscribeURL=address, Token="t")
    assert client.post(url(channel), **call).status_code == 401
    assert client.post(url(channel), **call, **basic("p")).status_code == 200
    services.process(Envelope.objects.get().pk)
    assert Envelope.objects.get().state == "processed"
    assert knocked == [address]


@pytest.mark.parametrize(
    "address",
    [
        "http://sns.eu-west-1.amazonaws.com/?Token=t",
        "https://sns.eu-west-1.amazonaws.com.evil.example/?Token=t",
        "https://evil.example/sns.eu-west-1.amazonaws.com",
        "https://sns.eu-west-1.amazonaws.com:8443/",
        "https://sns.eu-west-1.amazonaws.com@127.0.0.1/",
        "",
    ],
)
def test_s_52_a_subscription_leads_nowhere_but_to_amazon(client, address):
    channel = mailbox_of("amazon_ses", webhook_password="p")
    client.post(url(channel), **sns("SubscriptionConfirmation", SubscribeURL=address), **basic("p"))
    services.process(Envelope.objects.get().pk)
    envelope = Envelope.objects.get()
    assert (envelope.state, "not Amazon's" in envelope.reason) == ("quarantined", True)


RESEND_KEY = "whsec_" + base64.b64encode(b"demo-resend-secret-24byte").decode()


def resend(body: str, key: str = RESEND_KEY, at: str = "1760000000") -> dict:
    signed = hmac.new(base64.b64decode(key[6:]), f"msg_1.{at}.{body}".encode(), hashlib.sha256).digest()
    headers = {"HTTP_SVIX_ID": "msg_1", "HTTP_SVIX_TIMESTAMP": at}
    headers["HTTP_SVIX_SIGNATURE"] = "v1," + base64.b64encode(signed).decode()
    return {"data": body, "content_type": "application/json", **headers}


@time_machine.travel("2025-10-09T08:53:30Z", tick=False)
def test_s_53_resend_is_believed_by_its_signature_and_the_mail_is_fetched(client, monkeypatch):
    def get(address, headers=None, **more):
        if address == "https://api.resend.com/emails/receiving/e-1":
            assert headers == {"Authorization": "Bearer re_key"}
            return Answer(json.dumps({"raw": {"download_url": "https://files.example/e-1.eml"}}).encode())
        return Answer(mail("¿Abren hoy?"))

    monkeypatch.setattr("requests.get", get)
    channel = mailbox_of("resend", webhook_key=RESEND_KEY, webhook_api_key="re_key")
    body = json.dumps({"type": "email.received", "created_at": "2025-10-09T08:53:20Z", "data": {"email_id": "e-1"}})
    other = "whsec_" + base64.b64encode(b"somebody else's key 24 by").decode()
    assert client.post(url(channel), **resend(body, other)).status_code == 403
    assert client.post(url(channel), **resend(body, at="1759990000")).status_code == 403  # copied hours ago
    assert client.post(url(channel), **resend(body)).status_code == 200
    assert understood().text == "¿Abren hoy?"


def test_s_53_without_its_key_resend_and_amazon_are_refused(client):
    for provider in ("resend", "amazon_ses"):
        channel = mailbox_of(provider)
        assert client.post(url(channel), **sns(Message="{}"), **basic("")).status_code == 403
