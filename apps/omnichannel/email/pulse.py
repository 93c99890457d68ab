"""How the fetching of mailboxes goes: what the cards show, and what the watch takes for silence."""

from apps.omnichannel.ports import Pulse

from . import mailbox
from .models import FETCHER, MailboxProgress


def pulses() -> dict[int, Pulse]:
    """Channel id -> Pulse, for the mailboxes in use that are fetched."""
    found: dict[int, Pulse] = {}
    wanted = {channel.pk: mailbox.of(channel) for channel in mailbox.fetched()}
    for row in MailboxProgress.objects.filter(channel_id__in=wanted).defer("secrets"):
        box = wanted[row.channel_id]
        if box is None or row.folder != box.folder:
            continue  # a folder that was fetched before
        found[row.channel_id] = Pulse(
            watched_since=row.created_at,
            last_attempt_at=row.last_attempt_at,
            last_success_at=row.last_success_at,
            last_item_at=row.last_mail_at,
            last_error=row.last_error,
            waiting=row.waiting_count,
            process=FETCHER,
            token_expires_at=row.token_expires_at if box.auth == mailbox.OAUTH else None,
        )
    return found
