"""Tasks take an id and call one verb."""

from celery import shared_task

from . import asking, checking, posts


@shared_task
def read_post(post_id: int) -> None:
    """A second run finds it read."""
    posts.read(post_id)


@shared_task
def ask_how_it_was(ticket_id: int) -> None:
    """A second run finds it asked."""
    asking.ask_how_it_was(ticket_id)


@shared_task
def sweep() -> None:
    for pk in posts.due():
        read_post.delay(pk)


@shared_task
def check(channel_id: int) -> None:
    """A second run finds nothing new."""
    checking.check(channel_id)


@shared_task
def check_due() -> None:
    for pk in checking.due():
        check.delay(pk)
