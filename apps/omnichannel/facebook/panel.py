"""What stands above a conversation on the page: the post, and where it is."""

from apps.accounts.viewers import Viewer
from apps.omnichannel.beside import Piece
from apps.tickets.models import Message, Ticket
from apps.tickets.states import Direction

from .models import Post


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
