"""A conversation began below a post: the post is to be shown above it. A matter is solved: was that any help?"""

from apps.activity.bus import Actor
from apps.core import clock
from apps.core.queue import nudge
from apps.omnichannel.events import ChannelSaved, ThreadBegun
from apps.tickets import at_hand
from apps.tickets.events import StatusChanged
from apps.tickets.states import Status

from . import posts
from .models import Check


def note_post(event: ThreadBegun, actor: Actor) -> None:
    message = at_hand.message(event.message_id)
    post = message.details.get("post_id")
    if message.via == "facebook" and post and post != message.details.get("message_id"):
        posts.note(event.channel_id, post, message.details.get("permalink", ""))


def ask_how_it_was(event: StatusChanged, actor: Actor) -> None:
    """Only after a person has solved it, and behind the answer that may be written in the same breath."""
    if event.new == Status.SOLVED and actor.kind == "user" and at_hand.ticket(event.ticket_id).via == "facebook":
        nudge("apps.omnichannel.facebook.tasks.ask_how_it_was", event.ticket_id)


def check_again(event: ChannelSaved, actor: Actor) -> None:
    """Whoever wrote a new token wants to know whether it works."""
    if event.kind == "facebook":
        Check.objects.update_or_create(channel_id=event.channel_id, defaults={"next_at": clock.now()})
        nudge("apps.omnichannel.facebook.tasks.check", event.channel_id)
