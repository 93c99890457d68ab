"""Which chat is meant, and in which language it speaks."""

from django.conf import settings

from apps.accounts.hosts import office_slug_at
from apps.accounts.models import Office
from apps.omnichannel.models import Channel


def find_channel(key: str) -> Channel | None:
    """The chat of that key, switched on, with what its window needs: one query."""
    return (
        Channel.objects.active()  # type: ignore[attr-defined]
        .of_kind("webchat")
        .select_related("office__body", "office__calendar", "calendar", "team__calendar")
        .filter(key=key)
        .first()
    )


def channel_at(host: str, key: str = "") -> Channel | None:
    """The chat that the page of our own shows at this host name: the named one, else that of the office whose pages
    are shown here, the one nearest to the top first."""
    if key:
        return find_channel(key)
    rows = (
        Channel.objects.active()  # type: ignore[attr-defined]
        .of_kind("webchat")
        .select_related("office__body", "office__calendar", "calendar", "team__calendar")
    )
    slug = office_slug_at(host)
    top = Office.objects.filter(slug=slug).values_list("path", flat=True).first() if slug else None
    if top:
        rows = rows.filter(office__path__startswith=top)
    elif slug:
        return None
    else:
        rows = rows.filter(office__body=Office.objects.filter(parent=None).order_by("pk")[:1])
    return rows.order_by("office__path", "pk").first()


def languages(channel: Channel) -> list[str]:
    """The codes people may choose here, the office's order."""
    known = [code for code, _name in settings.LANGUAGES]
    return [code for code in channel.office.languages if code in known] or known


def spoken(channel: Channel, asked: str) -> str:
    """The language to speak: what was asked for when we have it, else the channel's own."""
    offered = languages(channel)
    wanted = (asked or "")[:2].lower()
    own = channel.language or channel.office.default_language
    return next((code for code in (wanted, own) if code in offered), offered[0])
