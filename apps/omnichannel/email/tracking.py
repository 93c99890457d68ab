"""What a provider tells afterwards about mail of ours. django-anymail's tracking views check and read the call."""

import hashlib
import json
import warnings
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.module_loading import import_string

from apps.omnichannel.ports import DeliveryNews, Forged, RawInput, Unreadable

from . import notices, providers


@dataclass(frozen=True)
class Tracker:
    """`key_name`: the argument of anymail's view that holds the signing key; "" where there is only a password.
    A key that `may_be_absent` is replaced by the password in the address."""

    label: str
    view: str
    key_name: str = ""
    may_be_absent: bool = False


TRACKERS: dict[str, Tracker] = {
    "amazon_ses": Tracker("Amazon SES", "amazon_ses.AmazonSESTrackingWebhookView"),
    "brevo": Tracker("Brevo", "brevo.BrevoTrackingWebhookView"),
    "mailersend": Tracker("MailerSend", "mailersend.MailerSendTrackingWebhookView", "signing_secret"),
    "mailgun": Tracker("Mailgun", "mailgun.MailgunTrackingWebhookView", "webhook_signing_key"),
    "mailjet": Tracker("Mailjet", "mailjet.MailjetTrackingWebhookView"),
    "mandrill": Tracker("Mandrill", "mandrill.MandrillCombinedWebhookView", "webhook_key"),
    "postal": Tracker("Postal", "postal.PostalTrackingWebhookView", "webhook_key"),
    "postmark": Tracker("Postmark", "postmark.PostmarkTrackingWebhookView"),
    "resend": Tracker("Resend", "resend.ResendTrackingWebhookView", "signing_secret"),
    "sendgrid": Tracker(
        "SendGrid", "sendgrid.SendGridTrackingWebhookView", "tracking_webhook_verification_key", may_be_absent=True
    ),
    "sparkpost": Tracker("SparkPost", "sparkpost.SparkPostTrackingWebhookView"),
    "unisender_go": Tracker("Unisender Go", "unisender_go.UnisenderGoTrackingWebhookView", "api_key"),
}
# Anymail's words -> ours. What is not here (queued, sent, clicked, subscribed ...) tells a writer nothing.
OUTCOMES = {
    "deferred": "deferred",
    "delivered": "delivered",
    "opened": "opened",
    "bounced": "bounced",
    "rejected": "bounced",
    "failed": "bounced",
    "complained": "complained",
}
ANSWERED = "delivered"  # a mail that answered by itself has arrived


def verify(name: str, secrets: Mapping[str, Any], raw: RawInput) -> None:
    """Raises Forged, also when nothing is configured that a call could prove itself by (S-53)."""
    tracker = TRACKERS.get(name)
    password, key = str(secrets.get("webhook_password") or ""), _key(secrets)
    has_key = bool(tracker and tracker.key_name and key)
    if tracker is None or not (password or has_key):
        raise Forged("no secret is set for this address")
    if tracker.key_name and not key and not tracker.may_be_absent:
        raise Forged("the signing key of this provider is not set")
    if password and not has_key:
        providers.check_password(raw, password, is_asked_for=name == notices.PROVIDER)
    request = providers.request_of(raw)
    try:
        _view(name, tracker, secrets, raw).run_validators(request)
    except providers.forged_errors() as error:
        raise Forged(str(error)) from error
    except providers.UNREADABLE as error:
        raise Forged("the call cannot be read") from error


def news(name: str, secrets: Mapping[str, Any], raw: RawInput) -> list[DeliveryNews]:
    """What a verified call says, in its order. Raises Unreadable."""
    tracker = TRACKERS.get(name)
    if tracker is None:
        raise Unreadable("this channel no longer names a provider")
    try:
        if name == notices.PROVIDER and notices.confirm(raw.body):
            return []
        events = _view(name, tracker, secrets, raw).parse_events(providers.request_of(raw))
        return list(_told(name, events))
    except Exception as error:  # whatever a view of anymail stumbles over, the call is genuine
        raise Unreadable(f"the call of {tracker.label} is not as expected: {error}") from error


def _told(name: str, events: Any) -> Iterator[DeliveryNews]:
    for event in events:
        outcome = ANSWERED if event.event_type == "autoresponded" else OUTCOMES.get(event.event_type)
        if outcome is None:
            continue
        message_id = str(event.message_id or "")
        yield DeliveryNews(
            name=_name(name, event),
            outcome=outcome,
            recipient=str(event.recipient or ""),
            mark=str((event.metadata or {}).get("delivery", ""))[:22],
            external_id=f"<{message_id.strip('<> ')}>" if "@" in message_id else "",
            provider_id=message_id,
            reason=_reason(event),
            said_at=event.timestamp,
        )


def _reason(event: Any) -> str:
    told = (event.mta_response or event.description, event.reject_reason)
    return " · ".join(str(part) for part in told if part)[:500]


def _name(provider: str, event: Any) -> str:
    """Providers reuse the id of a message for each of its events: the type and the recipient belong to the name."""
    if event.event_id:
        told: Any = [event.event_id, event.event_type, event.recipient]
    else:
        told = [event.event_type, event.message_id, event.recipient, str(event.timestamp), event.esp_event]
    return f"{provider}:{hashlib.sha256(json.dumps(told, sort_keys=True, default=str).encode()).hexdigest()}"


def _key(secrets: Mapping[str, Any]) -> str:
    return str(secrets.get("tracking_key") or secrets.get("webhook_key") or "")


def _view(name: str, tracker: Tracker, secrets: Mapping[str, Any], raw: RawInput) -> Any:
    arguments: dict[str, Any] = {"webhook_secret": []}  # we check passwords ourselves, each channel's own
    if tracker.key_name and _key(secrets):
        arguments[tracker.key_name] = _key(secrets)
    if tracker.key_name == "webhook_key" and "mandrill" in tracker.view:
        arguments["webhook_url"] = str(raw.meta.get("url", ""))
    if name == notices.PROVIDER:
        arguments |= notices.arguments(raw.body, "")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # about passwords, which are checked here
        return import_string(f"anymail.webhooks.{tracker.view}")(**arguments)
