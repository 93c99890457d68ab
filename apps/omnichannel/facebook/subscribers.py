"""A conversation began below a post: the post is to be shown above it."""

from apps.activity.bus import Actor
from apps.omnichannel.events import ThreadBegun
from apps.tickets import at_hand

from . import posts


def note_post(event: ThreadBegun, actor: Actor) -> None:
    message = at_hand.message(event.message_id)
    post = message.details.get("post_id")
    if message.via == "facebook" and post and post != message.details.get("message_id"):
        posts.note(event.channel_id, post, message.details.get("permalink", ""))
