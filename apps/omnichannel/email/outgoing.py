"""A mail of ours, from plain data to MIME. No network; nothing that was typed ever forms a header of its own (S-10)."""

import re
from dataclasses import dataclass, field
from email.encoders import encode_base64
from email.mime.base import MIMEBase
from email.utils import formataddr
from typing import Any

from django.core.mail import EmailMultiAlternatives, SafeMIMEMultipart
from django.template.loader import render_to_string
from django.utils import formats, timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from apps.core import crypto
from apps.core.files import clean_name
from apps.core.html import display_html, text_to_html
from apps.core.pictures import html_with_pictures
from apps.omnichannel.ports import ChannelFacts, DeliveryFailed, OutboundAttachment, OutboundMessage, Quoted

from . import addresses, threads

LOOP_HEADER = "X-Acudo-Loop"
MOST_REFERENCES = 20
LONGEST_LOCAL_PART = 64
MOST_BYTES = 20 * 1024 * 1024
MESSAGE_ID = re.compile(r"[^\s<>]{1,250}")
REPLY_PREFIX = re.compile(r"(?:re|aw|sv|rv|res|r)\s?:", re.IGNORECASE)


@dataclass(frozen=True)
class Mail:
    """`message` is ready to leave; an automatic one leaves with an empty envelope sender, so nothing answers it."""

    message: EmailMultiAlternatives
    envelope_sender: str
    recipient: str
    details: dict[str, str] = field(default_factory=dict)


class _Mail(EmailMultiAlternatives):
    """The pictures of the page travel with the page (multipart/related): programs show them in it and list them nowhere
    else. Providers that are given parts instead of a mail find them in `attachments`, by their content ids."""

    def message(self, **more: Any) -> Any:
        mail = super().message(**more)
        parts = mail.get_payload()
        if mail.get_content_subtype() != "mixed":
            return mail
        inline = [part for part in parts if part["Content-ID"] and part.get_content_maintype() == "image"]
        bodies = parts[0]
        if not inline or bodies.get_content_subtype() != "alternative":
            return mail
        page = SafeMIMEMultipart("related")
        page.set_payload([bodies.get_payload()[-1], *inline])
        bodies.set_payload([*bodies.get_payload()[:-1], page])
        mail.set_payload([part for part in parts if part not in inline])
        return mail


def build(facts: ChannelFacts, message: OutboundMessage, *, shows_all: bool = True) -> Mail:
    """Raises DeliveryFailed when the message can be no mail: no address, or files beyond what mail carries.

    `shows_all`: the head names everybody who gets the message openly, while the envelope names one. A provider that
    writes to whomever the head names gets one address, and the others are named in the text.
    """
    recipient = _one_address(message.recipient, "recipient_unavailable")
    sender = _one_address(facts.address, "invalid")
    if sum(attachment.size for attachment in message.attachments) > _most_bytes(facts):
        raise DeliveryFailed("invalid", gettext_noop("The files are larger than this channel may send."))
    with translation.override(message.language or facts.language):
        subject = _subject(message)
        text, html = _bodies(facts, message, subject, names_copies=bool(message.copies) and not shows_all)
    to, copies = _shown(message, recipient) if shows_all else (recipient, [])
    mail = _Mail(
        subject=subject,
        body=text,
        from_email=formataddr((one_line(facts.settings.get("from_name") or facts.office_name), sender), "utf-8"),
        # What an automatic mail says holds nothing that a stranger chose, not even a name (S-09).
        to=[
            formataddr(
                ("" if message.is_automatic or to != recipient else one_line(message.recipient_name), to), "utf-8"
            )
        ],
        cc=copies,
        headers=_headers(facts, message, sender),
    )
    mail.attach_alternative(html, "text/html")
    for attachment in message.attachments:
        mail.attach(_part(attachment))
    _ask_for_news(mail, facts, message)
    return Mail(mail, envelope_sender="" if message.is_automatic else sender, recipient=recipient)


def installation() -> str:
    """What our own mails carry, so that they are known when they come back."""
    return crypto.sign("mail-loop:v1", "installation")


def one_line(text: object) -> str:
    """A value fit for a header: on one line, without anything that is not seen."""
    return " ".join(addresses.CONTROL.sub(" ", str(text or "")).split())[:250]


def _most_bytes(facts: ChannelFacts) -> int:
    own = facts.settings.get("most_mb")
    return int(own) * 1_000_000 if own else MOST_BYTES


def _shown(message: OutboundMessage, recipient: str) -> tuple[str, list[str]]:
    """Whom the head names: the one it is addressed to and the open copies. Each was checked when it was let in, and
    what is no address all the same is left out (S-10)."""
    to = message.to if addresses.ADDRESS.fullmatch(message.to.strip()) else recipient
    return to.strip(), [address for address in message.copies if addresses.ADDRESS.fullmatch(address.strip())]


def _ask_for_news(mail: EmailMultiAlternatives, facts: ChannelFacts, message: OutboundMessage) -> None:
    """What anymail's providers give back with each event; other backends pay no heed."""
    if message.mark:
        mail.metadata = {"delivery": message.mark}  # type: ignore[attr-defined]
        mail.track_opens = bool(facts.settings.get("tracks_opening"))  # type: ignore[attr-defined]
        mail.track_clicks = False  # type: ignore[attr-defined]


def _subject(message: OutboundMessage) -> str:
    if message.is_automatic:
        return one_line(_("Your request [%(reference)s]") % {"reference": message.reference})
    subject = one_line(message.subject)
    reference = f"[{message.reference}]"
    if not REPLY_PREFIX.match(subject):
        subject = f"Re: {subject}"
    return one_line(subject if reference in subject else f"{subject} {reference}")


def _bodies(
    facts: ChannelFacts, message: OutboundMessage, subject: str, *, names_copies: bool = False
) -> tuple[str, str]:
    signature = (message.signature or str(facts.settings.get("signature") or "")).strip()
    html = display_html(message.html) if message.html else html_with_pictures(message.text.strip(), _inline(message))
    context = {
        "language": message.language or facts.language,
        "subject": subject,
        "text": message.text.strip(),
        "html": html,
        "signature": signature,
        "signature_html": display_html(text_to_html(signature)),
        "office": facts.office_name,
        "reference": message.reference,
        "is_automatic": message.is_automatic,
        "is_notice": message.is_notice,
        "pictures": [(cid, name) for name, cid in _inline(message) if f"cid:{cid}" not in html],
        "also_to": ", ".join(dict.fromkeys([message.to or message.recipient, *message.copies])) if names_copies else "",
        "history": [
            (_lead(quoted), _quoted_lines(quoted.text), display_html(text_to_html(quoted.text)))
            for quoted in message.history
        ],
    }
    return render_to_string("email/message.txt", context).strip() + "\n", render_to_string(
        "email/message.html", context
    )


def _lead(quoted: Quoted) -> str:
    moment = timezone.localtime(quoted.at)
    return _("On %(date)s at %(time)s, %(name)s wrote:") % {
        "date": formats.date_format(moment, "DATE_FORMAT"),
        "time": formats.time_format(moment, "H:i"),
        "name": one_line(quoted.author_name) or "—",
    }


def _quoted_lines(text: str) -> str:
    return "\n".join(f"> {line}".rstrip() for line in text.strip().splitlines())


def _inline(message: OutboundMessage) -> list[tuple[str, str]]:
    """Names and content ids of the pictures shown in the page; where the text has no place for one, below it."""
    return [
        (clean_name(file.name), one_line(file.content_id))
        for file in message.attachments
        if file.content_id and file.content_type.startswith("image/")
    ]


def _headers(facts: ChannelFacts, message: OutboundMessage, sender: str) -> dict[str, str]:
    headers = {
        "Message-ID": _bracketed(message.external_id),
        "Reply-To": _reply_to(facts, message.thread_key, sender),
        "Content-Language": one_line(message.language or facts.language),
        LOOP_HEADER: installation(),
    }
    earlier = [_bracketed(name) for name in message.earlier_ids if MESSAGE_ID.fullmatch(name.strip("<> "))]
    if earlier:
        headers["In-Reply-To"] = earlier[-1]
        headers["References"] = " ".join(_trimmed(earlier))
    if message.is_notice:
        headers |= {"Auto-Submitted": "auto-generated", "X-Auto-Response-Suppress": "All", "Precedence": "bulk"}
    if message.is_automatic:
        headers |= {"Auto-Submitted": "auto-replied", "X-Auto-Response-Suppress": "All", "Precedence": "bulk"}
    return headers


def _reply_to(facts: ChannelFacts, key: str, sender: str) -> str:
    """The address that carries the token; where a server would refuse one so long, the Message-ID must do. A mail
    outside every conversation has no key: what answers it opens a request of its own."""
    if not key:
        return sender
    address = threads.reply_address(key, sender, style=str(facts.settings.get("reply_style") or "plus"))
    return address if len(address.partition("@")[0]) <= LONGEST_LOCAL_PART else sender


def _trimmed(names: list[str]) -> list[str]:
    return names if len(names) <= MOST_REFERENCES else [names[0], *names[-(MOST_REFERENCES - 1) :]]


def _bracketed(name: str) -> str:
    return f"<{name.strip('<> ')}>"


def _one_address(text: str, error_kind: str) -> str:
    address = text.strip()
    if not addresses.ADDRESS.fullmatch(address):
        raise DeliveryFailed(error_kind, gettext_noop("That is no e-mail address."))
    return address


def _part(attachment: OutboundAttachment) -> MIMEBase:
    kind = attachment.content_type if re.fullmatch(r"[\w.+-]{1,60}/[\w.+-]{1,60}", attachment.content_type) else ""
    if not kind or kind.startswith(("multipart/", "message/")):
        kind = "application/octet-stream"
    main, _slash, sub = kind.partition("/")
    part = MIMEBase(main, sub)
    part.set_payload(attachment.read())
    encode_base64(part)
    name = clean_name(attachment.name)
    part.add_header("Content-Disposition", "inline" if attachment.content_id else "attachment", filename=_named(name))
    if attachment.content_id:
        part.add_header("Content-ID", _bracketed(one_line(attachment.content_id)))
    return part


def _named(name: str) -> str | tuple[str, str, str]:
    return name if name.isascii() else ("utf-8", "", name)
