"""E-mail as a channel: in by a webhook, the listener or the command; out by SMTP or any provider."""

import hashlib
from collections.abc import Iterable, Iterator
from typing import Any

from django.utils.translation import gettext, gettext_noop

from apps.core.given import storable
from apps.omnichannel.ports import (
    ChannelFacts,
    DeliveryNews,
    Echo,
    InboundAttachment,
    InboundMessage,
    OutboundMessage,
    RawInput,
    Receipt,
    Sender,
    Unreadable,
)

from . import (
    authentication,
    automatic,
    bounces,
    calendars,
    echo,
    fax,
    languages,
    outgoing,
    parsing,
    providers,
    reading,
    threads,
    tracking,
    transport,
)

LONGEST_TEXT = 1_000_000
OUTCOMES = {"failed": "bounced", "delayed": "deferred", "delivered": "delivered"}


class EmailAdapter:
    kind = "email"
    is_resident = False
    can_start = True
    recognises_repeats = True  # whoever gets the same Message-ID twice shows it once
    undo_seconds = 10
    most_bytes = outgoing.MOST_BYTES

    def __init__(self, facts: ChannelFacts) -> None:
        self.facts = facts

    def verify(self, raw: RawInput) -> None:
        """Only a webhook must prove itself; the listener and the command are processes of ours."""
        if raw.source == "webhook":
            providers.verify(self._provider(), self.facts.secrets, raw)

    def parse(self, raw: RawInput) -> Iterable[InboundMessage | Echo]:
        return [echo.heard(mail) or self._inbound(mail) for mail in self._mails(raw)]

    def send(self, message: OutboundMessage) -> Receipt:
        mail = outgoing.build(self.facts, message, shows_all=transport.shows_all(self.facts))
        return transport.send(self.facts, mail, external_id=message.external_id)

    def verify_news(self, raw: RawInput) -> None:
        tracking.verify(self._tracker(), self.facts.secrets, raw)

    def parse_news(self, raw: RawInput) -> Iterable[DeliveryNews]:
        return tracking.news(self._tracker(), self.facts.secrets, raw)

    def send_to_itself(self, token: str) -> Receipt:
        mail = echo.build(self.facts, token)
        return transport.send(self.facts, mail, external_id=echo.name(self.facts.id, token))

    def name_thread(self, ticket_id: int, person_id: int) -> str:
        return threads.name(ticket_id, person_id)

    def name_message(self, thread_key: str, message_id: str) -> str:
        return threads.message_id(thread_key, message_id, self.facts.address.rpartition("@")[2] or "localhost")

    def _mails(self, raw: RawInput) -> Iterator[parsing.ParsedMail]:
        if raw.source == "webhook":
            for found in providers.mails(self._provider(), self.facts.secrets, raw):
                recipients = [found.recipient] if found.recipient else []
                yield reading.read(found.raw, envelope_sender=found.sender, envelope_recipients=recipients)
            return
        if raw.meta.get("not_given"):
            raise Unreadable(gettext_noop("the mail server did not hand it over: look into the mailbox itself"))
        body = raw.body
        if size := raw.meta.get("too_large"):
            body = _with_note(body, int(size), str(raw.meta.get("folder") or ""))
        yield reading.read(
            body, envelope_sender=raw.meta.get("sender"), envelope_recipients=raw.meta.get("recipients") or []
        )

    def _inbound(self, mail: parsing.ParsedMail) -> InboundMessage:
        key = threads.key_in([*mail.recipient_lines, mail.in_reply_to, *mail.references])
        report_key = threads.key_in([mail.report.original_message_id]) if mail.report else ""
        if mail.report and (report_key or key):
            return self._report(mail, mail.report, report_key or key, is_ours=bool(report_key))
        if self._is_fax(mail):
            return self._fax(mail)
        text = mail.reply.text or mail.text
        return InboundMessage(
            sender=self._sender(mail),
            text=storable(text)[:LONGEST_TEXT],
            thread_key=key,
            subject=storable(mail.subject),
            html=storable(mail.html)[:LONGEST_TEXT],
            quoted_text=storable(mail.reply.rest if mail.reply.text else "")[:LONGEST_TEXT],
            attachments=_attachments(mail),
            language=languages.guess(text) or "",
            is_automatic=self._is_automatic(mail),
            may_be_answered=self._may_be_answered(mail),
            claimed_at=mail.claimed_at,
            details=_details(mail),
        )

    def _report(self, mail: parsing.ParsedMail, report: bounces.Report, key: str, *, is_ours: bool) -> InboundMessage:
        """What a mail server says about a mail of ours belongs to its ticket. Of its words only what we can name is
        kept in sight: a report is easily written by hand. What became of a mail it may say only where it shows that
        mail's secret name (`is_ours`)."""
        told = [report.action, report.status, ", ".join(report.recipients), report.diagnostic]
        return InboundMessage(
            sender=Sender("email", mail.author.address, name=mail.author.name, person_id=threads.person_in(key)),
            text=storable(" · ".join(part for part in told if part)),
            thread_key=key,
            subject=storable(mail.subject),
            is_automatic=True,
            may_be_answered=False,
            claimed_at=mail.claimed_at,
            details=_details(mail),
            news=_news(report) if is_ours else (),
        )

    def _is_fax(self, mail: parsing.ParsedMail) -> bool:
        """From a gateway that the administrator named, not proven to be somebody else, and with pages."""
        return (
            fax.is_from_gateway(mail.author.address, self.facts.settings.get("fax_gateways") or [])
            and not mail.author.is_ambiguous
            and self._authentication(mail) != authentication.FAIL
            and any(fax.is_document(file.name, file.content_type) for file in mail.attachments)
        )

    def _fax(self, mail: parsing.ParsedMail) -> InboundMessage:
        """The one who asks is who owns the number, never the gateway; a number can be feigned, so it proves nobody."""
        pages = [file for file in mail.attachments if fax.is_document(file.name, file.content_type)]
        found = fax.read(mail.gateway_headers, mail.subject, [file.name for file in pages], mail.text)
        shown = [
            InboundAttachment(f"{file.name.rpartition('.')[0] or file.name}.pdf", pdf, "application/pdf")
            for file in pages
            if fax.is_tiff(file.name, file.content_type) and (pdf := fax.as_pdf(file.content)) is not None
        ]
        return InboundMessage(
            sender=Sender("fax", found.number, name=found.number, is_ambiguous=not found.number),
            text=storable(mail.text)[:LONGEST_TEXT],
            subject=storable(mail.subject),
            attachments=[*shown, *_attachments(mail)],
            may_be_answered=False,
            claimed_at=mail.claimed_at,
            details=_details(mail) | {"fax": {"number": found.number, "pages": found.pages}},
            via="fax",
        )

    def _sender(self, mail: parsing.ParsedMail) -> Sender:
        verdict = self._authentication(mail)
        return Sender(
            kind="email",
            handle=storable(mail.author.address),
            name=storable(mail.author.name),
            is_verified=verdict == authentication.PASS and not mail.author.is_ambiguous,
            is_ambiguous=mail.author.is_ambiguous or verdict == authentication.FAIL,
        )

    def _authentication(self, mail: parsing.ParsedMail) -> str:
        settings = self.facts.settings
        return authentication.verdict(
            mail.trace,
            server=str(settings.get("authserv_id") or ""),
            author=mail.author.address,
            hops=int(settings.get("own_hops") or 1),
        )

    def _is_unproven(self, mail: parsing.ParsedMail) -> bool:
        """Where our own server signs its checks, who did not pass them gets no automatic answer (S-04)."""
        found = self._authentication(mail)
        return found == authentication.FAIL or (
            bool(self.facts.settings.get("authserv_id")) and found != authentication.PASS
        )

    def _is_automatic(self, mail: parsing.ParsedMail) -> bool:
        verdict = mail.automatic
        return mail.report is not None or (verdict.is_automatic and not (verdict.is_list and self._is_behind_list()))

    def _may_be_answered(self, mail: parsing.ParsedMail) -> bool:
        own = self._own_addresses()
        named = {threads.without_token(address) for address in (*mail.to, *mail.cc)}
        return (
            mail.report is None
            and not mail.author.is_ambiguous  # nobody to answer (S-03)
            and not self._is_unproven(mail)
            and automatic.may_be_answered(
                mail.automatic,
                author=mail.author.address,
                own=own,
                to_us=not own or bool(named & own),
                behind_list=self._is_behind_list(),
            )
        )

    def _own_addresses(self) -> set[str]:
        others = self.facts.settings.get("aliases") or []
        return {address.strip().lower() for address in (self.facts.address, *others) if address.strip()}

    def _is_behind_list(self) -> bool:
        return bool(self.facts.settings.get("is_behind_list"))

    def _tracker(self) -> str:
        """Who sends for us tells about it: another provider than the one mail comes in by, or the same."""
        return str(self.facts.settings.get("tracker") or self._provider())

    def _provider(self) -> str:
        return str(self.facts.settings.get("provider") or "")


def _with_note(headers: bytes, size: int, folder: str) -> bytes:
    """Of a mail beyond every limit only the headers were fetched; staff are told where the rest is."""
    kept = [
        line
        for line in headers.replace(b"\r\n", b"\n").split(b"\n")
        if line and not line.lower().startswith((b"content-", b"mime-version"))
    ]
    note = gettext("This mail is too large to be fetched (%(size)s MB). It stays in the folder %(folder)s.")
    text = note % {"size": size // (1024 * 1024), "folder": folder}
    return b"\n".join([*kept, b"Content-Type: text/plain; charset=utf-8", b"", text.encode()])


def _news(report: bounces.Report) -> list[DeliveryNews]:
    """Its name is the mail, the address and the fate: the same report twice is one piece of news."""
    outcome = OUTCOMES.get(report.action)
    if outcome is None:
        return []
    external_id = f"<{report.original_message_id}>"
    reason = storable(" ".join(part for part in (report.status, report.diagnostic) if part))[:500]
    return [
        DeliveryNews(
            name=hashlib.sha256(f"{external_id} {recipient} {outcome}".encode()).hexdigest(),
            outcome=outcome,
            recipient=recipient,
            external_id=external_id,
            reason=reason,
            is_lasting=report.is_permanent,
        )
        for recipient in (report.recipients[:20] or ("",))
    ]


def _attachments(mail: parsing.ParsedMail) -> list[InboundAttachment]:
    return [
        InboundAttachment(
            name=storable(attachment.name),
            content=attachment.content,
            content_type=attachment.content_type[:100],
            content_id=storable(attachment.content_id),
            is_inline=attachment.is_inline,
        )
        for attachment in mail.attachments
    ]


def _details(mail: parsing.ParsedMail) -> dict[str, Any]:
    """What staff may want to know of the mail's envelope, and what an answer needs."""
    details: dict[str, Any] = {
        "message_id": mail.message_id[:250],
        "from": mail.author.address,
        "to": list(mail.to[:50]),
        "cc": list(mail.cc[:50]),
    }
    if mail.answer_to != mail.author.address:
        details["reply_to"] = mail.answer_to
    if mail.author.doubts:
        details["doubts"] = list(mail.author.doubts)
    if mail.forwarded:
        details["forwarded_from"] = {"name": mail.forwarded.name, "address": mail.forwarded.address}
    if mail.automatic.why:
        details["automatic"] = mail.automatic.why
    if mail.calendars and (found := calendars.appointments(mail.calendars)):
        details["appointments"] = found
    if mail.report:
        details["report"] = {
            "action": mail.report.action,
            "status": mail.report.status,
            "recipients": list(mail.report.recipients[:20]),
        }
    return _clean(details)


def _clean(value: Any) -> Any:
    if isinstance(value, str):
        return storable(value)
    if isinstance(value, list):
        return [_clean(item) for item in value]
    return {name: _clean(item) for name, item in value.items()} if isinstance(value, dict) else value
