"""What stands above a conversation on the page, and how the page itself stands."""

from django.conf import settings

from apps.accounts.viewers import Viewer
from apps.omnichannel.beside import Piece
from apps.omnichannel.models import Channel
from apps.tickets.models import Message, Ticket
from apps.tickets.states import Direction

from .models import Check, Post


def above(ticket: Ticket, viewer: Viewer) -> Piece | None:
    """Two queries."""
    first = Message.objects.filter(ticket=ticket, direction=Direction.IN).order_by("pk").only("details").first()
    name = first.details.get("post_id") if first else ""
    if not name or not first:
        return None
    post = Post.objects.filter(external_id=name, channel__threads__ticket=ticket).first()
    if post is None:
        return None
    return Piece("facebook/above.html", {"post": post, "permalink": first.details.get("permalink") or post.permalink})


def card(channel: Channel) -> Piece:
    """One query. What is missing is named."""
    check = Check.objects.filter(channel=channel).first()
    hook = f"{settings.ACUDO_BASE_URL}/hooks/{channel.key}/"
    return Piece("facebook/card.html", {"check": check, "hook": hook, "every": settings.META_CHECK_MINUTES})
