"""A mailbox writes to itself: the mail that leaves, and how it is known when it is back. No database, no network.

The name of a round trip stands in the Message-ID and in the subject, signed: nobody else can write one, and what only
answers it, returns it or quotes it names it elsewhere (In-Reply-To, References, a report's original).
"""

import re
from collections.abc import Iterable

from django.core.mail import EmailMultiAlternatives
from django.utils import translation
from django.utils.translation import gettext as _

from apps.core import crypto
from apps.omnichannel.ports import ChannelFacts, Echo

from . import outgoing
from .parsing import ParsedMail

PURPOSE = "echo:v1"
NAME = re.compile(r"(?<![A-Za-z0-9.])acudo-test\.([1-9]\d{0,17})\.([A-Za-z0-9]{22})\.([a-z2-7]{26})(?![A-Za-z0-9])")
LONGEST_LINE = 2000


def name(channel_id: int, token: str) -> str:
    return f"acudo-test.{channel_id}.{token}.{crypto.sign(PURPOSE, channel_id, token)}"


def build(facts: ChannelFacts, token: str) -> outgoing.Mail:
    """Marked as automatic in every way we know: whatever meets it on its way, nothing shall answer it."""
    own = name(facts.id, token)
    domain = facts.address.rpartition("@")[2] or "localhost"
    with translation.override(facts.language):
        subject = _("Test of this mailbox")
        text = _(
            "This mailbox wrote this mail to itself to see whether mail leaves and arrives. "
            "Nobody needs to do anything; it can be deleted."
        )
    message = EmailMultiAlternatives(
        subject=f"{subject} [{own}]",
        body=f"{text}\n",
        from_email=facts.address,
        to=[facts.address],
        headers={
            "Message-ID": f"<{own}@{domain}>",
            "Auto-Submitted": "auto-generated",
            "X-Auto-Response-Suppress": "All",
            "Precedence": "bulk",
            outgoing.LOOP_HEADER: outgoing.installation(),
        },
    )
    # As a letter of ours leaves: with an empty sender some servers would take it that refuse the letters.
    return outgoing.Mail(message, envelope_sender=facts.address, recipient=facts.address)


def heard(mail: ParsedMail) -> Echo | None:
    """Our own mail come back, or what a machine says about it. None for every other mail."""
    if mail.report:
        found = _named([mail.report.original_message_id, mail.in_reply_to, *mail.references])
        if found is None:
            return None
        said = " ".join(part for part in (mail.report.status, mail.report.diagnostic) if part)
        return Echo(*found, is_home=False, said=said[:500] if mail.report.is_bounce else "")
    if not (mail.in_reply_to or mail.references):
        # Some servers give a mail another id; its subject is believed only with the marks of our own machine on it.
        home = _named([mail.message_id]) or (_named([mail.subject]) if mail.automatic.is_automatic else None)
        return Echo(*home) if home else None
    about = _named([mail.in_reply_to, *mail.references]) if mail.automatic.is_automatic else None
    return Echo(*about, is_home=False) if about else None


def _named(texts: Iterable[str]) -> tuple[int, str] | None:
    for text in texts:
        match = NAME.search(text[:LONGEST_LINE])
        if match and crypto.is_signed(match[3], PURPOSE, int(match[1]), match[2]):
            return int(match[1]), match[2]
    return None
