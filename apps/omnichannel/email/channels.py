"""Which mailbox is this address? The only question of the mail doors that needs the database."""

from apps.omnichannel.models import Channel

from . import threads


def channel_for(address: str) -> Channel | None:
    """The active mailbox behind an address, with a reply token in it or without, or behind one of its aliases."""
    plain = address.strip().strip("<>")
    without = threads.without_token(plain).lower()
    mailboxes = Channel.objects.active().of_kind("email").select_related("office")  # type: ignore[attr-defined]
    found = mailboxes.filter(address__iexact=without).order_by("pk").first()
    if found is not None:
        return found
    local, _, domain = without.partition("@")
    for mailbox in mailboxes.order_by("pk"):
        if without in (mailbox.settings.get("aliases") or []):
            return mailbox
        if mailbox.settings.get("reply_style") == "domain" and not local and mailbox.address.endswith(f"@{domain}"):
            return mailbox
        if _is_tagged(local, domain, mailbox.address):
            return mailbox
    return None


def _is_tagged(local: str, domain: str, address: str) -> bool:
    """help+anything@ reaches help@, whatever the tag says: a wrong token is a new request, not a lost mail (S-01)."""
    own_local, _, own_domain = address.lower().partition("@")
    return domain == own_domain and local.startswith((f"{own_local}+", f"{own_local}-t"))
