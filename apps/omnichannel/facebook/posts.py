"""The post above a comment: noted when the comment comes, read at Facebook by a worker."""

from datetime import timedelta

from apps.core import clock
from apps.core.given import storable
from apps.core.queue import nudge
from apps.omnichannel.models import Channel
from apps.omnichannel.ports import DeliveryFailed

from .adapter import FacebookAdapter
from .models import Post
from .reading import moment

MOST_TRIES = 5
LONGEST = 5000


def note(channel_id: int, external_id: str, permalink: str = "") -> None:
    """Safe to say twice."""
    row, made = Post.objects.get_or_create(
        channel_id=channel_id, external_id=external_id[:250], defaults={"permalink": permalink[:2000]}
    )
    if made:
        nudge("apps.omnichannel.facebook.tasks.read_post", row.pk)


def read(post_id: int) -> None:
    """One look at Facebook; the row says when the next one is due."""
    row = Post.objects.select_related("channel__office").filter(pk=post_id, next_at__lte=clock.now()).first()
    if row is None or not isinstance(row.channel, Channel):
        return
    row.tries += 1
    try:
        said = (
            FacebookAdapter(row.channel.facts())
            .graph()
            .get(row.external_id, fields="message,permalink_url,created_time")
        )
    except DeliveryFailed as error:
        may_pass = error.kind in DeliveryFailed.PASSING or error.is_of_channel
        row.next_at = clock.now() + timedelta(minutes=4**row.tries) if may_pass and row.tries < MOST_TRIES else None
    else:
        row.text = storable(str(said.get("message") or ""))[:LONGEST]
        row.permalink = str(said.get("permalink_url") or row.permalink)[:2000]
        row.published_at = moment(said.get("created_time")) or row.published_at
        row.next_at = None
    row.save()


def due() -> list[int]:
    return list(Post.objects.filter(next_at__lte=clock.now()).order_by("next_at").values_list("pk", flat=True)[:50])
