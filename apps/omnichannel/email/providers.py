"""Mail that a provider posts to us. django-anymail's inbound views check and read it, one instance a channel.

Some do not send everything along: the rest is fetched with a key of its own while the mail is read, and a server that
is away then is asked again.
"""

import hmac
import threading
import warnings
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Future
from dataclasses import dataclass
from functools import partial
from typing import Any

from django.core.exceptions import RequestDataTooBig, SuspiciousOperation, TooManyFieldsSent, TooManyFilesSent
from django.http.multipartparser import MultiPartParserError
from django.http.request import HttpRequest, UnreadablePostError
from django.test.client import RequestFactory
from django.utils.module_loading import import_string
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from apps.core import clock
from apps.omnichannel.ports import Forged, RawInput, Unreadable

from . import notices

OLDEST_SECONDS = 24 * 3600  # providers repeat a call for hours with the signature it had at first
FETCH_SECONDS = 40  # less than the lease of an envelope
RAW_KINDS = ("message/rfc822", "application/octet-stream")


@dataclass(frozen=True)
class Provider:
    """`key_name`: the argument of anymail's view that holds the signing key, "" where there is only a password.
    `api_name`: the one that holds the key by which the rest of a mail is fetched."""

    label: Any
    view: str
    key_name: str = ""
    api_name: str = ""


PROVIDERS: dict[str, Provider] = {
    "relay": Provider(_("A program of our own that posts raw mail"), ""),
    "amazon_ses": Provider("Amazon SES", "anymail.webhooks.amazon_ses.AmazonSESInboundWebhookView"),
    "brevo": Provider("Brevo", "anymail.webhooks.brevo.BrevoInboundWebhookView", api_name="api_key"),
    "mailersend": Provider("MailerSend", "anymail.webhooks.mailersend.MailerSendInboundWebhookView", "inbound_secret"),
    "mailgun": Provider("Mailgun", "anymail.webhooks.mailgun.MailgunInboundWebhookView", "webhook_signing_key"),
    "mailjet": Provider("Mailjet", "anymail.webhooks.mailjet.MailjetInboundWebhookView"),
    "mailtrap": Provider(
        "Mailtrap", "anymail.webhooks.mailtrap.MailtrapInboundWebhookView", "inbound_secret", "api_token"
    ),
    "mandrill": Provider("Mandrill", "anymail.webhooks.mandrill.MandrillCombinedWebhookView", "webhook_key"),
    "postal": Provider("Postal", "anymail.webhooks.postal.PostalInboundWebhookView", "webhook_key"),
    "postmark": Provider("Postmark", "anymail.webhooks.postmark.PostmarkInboundWebhookView"),
    "resend": Provider("Resend", "anymail.webhooks.resend.ResendInboundWebhookView", "inbound_secret", "api_key"),
    "sendgrid": Provider("SendGrid", "anymail.webhooks.sendgrid.SendGridInboundWebhookView"),
    "sparkpost": Provider("SparkPost", "anymail.webhooks.sparkpost.SparkPostInboundWebhookView"),
}


@dataclass(frozen=True)
class Delivered:
    """One mail out of a call."""

    raw: bytes
    sender: str | None = None
    recipient: str | None = None


def verify(name: str, secrets: Mapping[str, Any], raw: RawInput) -> None:
    """Raises Forged, also when nothing is configured that a call could prove itself by (S-53)."""
    provider = PROVIDERS.get(name)
    password, key = str(secrets.get("webhook_password") or ""), str(secrets.get("webhook_key") or "")
    if provider is None or not (password or (key and provider.key_name)):
        raise Forged("no secret is set for this address")
    if provider.key_name and not key:
        raise Forged("the signing key of this provider is not set")
    if password and not provider.key_name:
        check_password(raw, password, is_asked_for=name == notices.PROVIDER)
    if not provider.view:
        return
    request = request_of(raw)
    try:
        _view(name, provider, secrets, raw).run_validators(request)
        _check_age(name, request)
    except forged_errors() as error:
        raise Forged(str(error)) from error
    except UNREADABLE as error:
        raise Forged("the call cannot be read") from error


def mails(name: str, secrets: Mapping[str, Any], raw: RawInput) -> Iterator[Delivered]:
    """The mails in a call that was verified. Raises Unreadable."""
    provider = PROVIDERS.get(name)
    if provider is None:
        raise Unreadable(gettext_noop("this channel no longer names a provider"))
    if not provider.view:
        yield Delivered(raw.body)
        return
    try:
        if name == notices.PROVIDER and notices.confirm(raw.body):
            return
        view = _view(name, provider, secrets, raw)
        read = partial(view.parse_events, request_of(raw))
        events = _in_time(read) if provider.api_name or name == notices.PROVIDER else read()
    except OSError:
        raise  # the provider is away: later
    except Exception as error:  # whatever a view of anymail stumbles over, the call is genuine and is kept
        raise Unreadable(f"the call of {provider.label} is not as expected: {error}") from error
    for event in filter(None, events):
        message = getattr(event, "message", None)
        if message is not None:
            yield Delivered(
                message.as_bytes(),
                getattr(message, "envelope_sender", None),
                getattr(message, "envelope_recipient", None),
            )


def _in_time(ask: Callable[[], Any]) -> Any:
    """anymail sets no limit on its own fetching: whoever hangs is left to himself after ours."""
    found: Future[Any] = Future()

    def run() -> None:
        try:
            found.set_result(ask())
        except BaseException as error:
            found.set_exception(error)

    threading.Thread(target=run, name="provider", daemon=True).start()
    try:
        return found.result(timeout=FETCH_SECONDS)
    except TimeoutError as error:
        raise TimeoutError("the provider does not answer") from error


def forged_errors() -> tuple[type[Exception], ...]:
    """What anymail says of a call that does not prove itself. Loaded with the first call: most processes get none."""
    from anymail.exceptions import AnymailAPIError, AnymailConfigurationError, AnymailWebhookValidationFailure

    anymails = (AnymailWebhookValidationFailure, AnymailConfigurationError, AnymailAPIError)
    return (*anymails, SuspiciousOperation, ValueError)


UNREADABLE = (MultiPartParserError, RequestDataTooBig, TooManyFieldsSent, TooManyFilesSent, UnreadablePostError)


def check_password(raw: RawInput, password: str, *, is_asked_for: bool = False) -> None:
    """HTTP basic auth in the address that the provider was given (`https://user:password@…`), in constant time.

    `is_asked_for`: a call without any is told that a password is wanted. Raises Forged.
    """
    import base64
    import binascii

    scheme, _, given = raw.headers.get("authorization", "").partition(" ")
    try:
        decoded = base64.b64decode(given, validate=True) if scheme.lower() == "basic" else b""
    except (binascii.Error, ValueError):
        decoded = b""
    _, _, shown = decoded.partition(b":")
    if not hmac.compare_digest(shown, password.encode()):
        raise Forged("wrong password", wants_password=is_asked_for and not given)


def _check_age(name: str, request: HttpRequest) -> None:
    """Mailgun signs the moment of the call; one that is too old was copied."""
    if name != "mailgun":
        return
    try:
        stamp = float(request.POST["timestamp"])
    except (KeyError, ValueError) as error:
        raise Forged("no moment is signed") from error
    if abs(clock.now().timestamp() - stamp) > OLDEST_SECONDS:
        raise Forged("the signature is too old")


def _view(name: str, provider: Provider, secrets: Mapping[str, Any], raw: RawInput) -> Any:
    arguments: dict[str, Any] = {"webhook_secret": []}  # we check passwords ourselves, each channel's own
    if provider.key_name:
        arguments[provider.key_name] = str(secrets.get("webhook_key") or "")
    if provider.api_name:
        arguments[provider.api_name] = str(secrets.get("webhook_api_key") or "")
    if provider.key_name == "webhook_key" and "mandrill" in provider.view:
        arguments["webhook_url"] = str(raw.meta.get("url", ""))
    if name == notices.PROVIDER:
        arguments |= notices.arguments(raw.body, str(secrets.get("webhook_api_key") or ""))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # about passwords, which are checked here, and the state of support
        return import_string(provider.view)(**arguments)


def request_of(raw: RawInput) -> HttpRequest:
    """The call as Django saw it, made again from what was kept."""
    names = {f"HTTP_{name.upper().replace('-', '_')}": value for name, value in raw.headers.items()}
    for name in ("HTTP_CONTENT_TYPE", "HTTP_CONTENT_LENGTH", "HTTP_COOKIE"):
        names.pop(name, None)
    content_type = raw.headers.get("content-type", "application/octet-stream")
    return RequestFactory().generic("POST", "/", raw.body, content_type=content_type, **names)
