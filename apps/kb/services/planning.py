"""What happens to an article later: published at a moment, looked at again on a day."""

from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.db.models import F
from django.urls import reverse
from django.utils.translation import gettext as _

from apps.accounts.models import User
from apps.activity.bus import Actor, record
from apps.core import clock
from apps.core.errors import DomainError, Invalid
from apps.kb import events
from apps.kb.errors import MoveNotAllowed, NotReady
from apps.kb.models import Article, Translation
from apps.kb.services import writing
from apps.kb.states import MOVES, State
from apps.notifications.services import notify


@transaction.atomic
def plan_publication(translation: Translation, *, at: datetime, actor: User) -> Translation:
    """Publish the words as they are at that moment. Raises Invalid, NotReady, MoveNotAllowed."""
    translation = writing.locked(translation)
    if at <= clock.now():
        raise Invalid("in_the_past", _("Choose a moment that is still to come."), field="publish_at")
    if State.PUBLISHED not in MOVES[translation.state]:
        raise MoveNotAllowed(translation.state, State.PUBLISHED)
    if found := writing.problems(translation):
        raise NotReady(found)
    translation.publish_at, translation.planned_by = at, actor
    translation.save(update_fields=["publish_at", "planned_by"])
    event = events.PublicationPlanned(**writing.names_of(translation), at=at.isoformat())
    record(event, Actor.of(actor))
    return translation


@transaction.atomic
def cancel_plan(translation: Translation, *, actor: Any) -> Translation:
    translation = writing.locked(translation)
    if translation.publish_at is not None:
        translation.publish_at = translation.planned_by = None
        translation.save(update_fields=["publish_at", "planned_by"])
        record(events.PublicationPlanned(**writing.names_of(translation), at=""), Actor.of(actor))
    return translation


def publish_due(now: datetime) -> int:
    """Whatever was planned for now or earlier, in the name of who planned it. May run twice, and at once."""
    due = Translation.objects.filter(publish_at__lte=now).order_by("publish_at").values_list("pk", flat=True)
    return sum(_publish_planned(pk, now) for pk in list(due[:200]))


@transaction.atomic
def _publish_planned(pk: int, now: datetime) -> bool:
    translation = Translation.objects.select_for_update(of=("self",)).filter(pk=pk, publish_at__lte=now).first()
    if translation is None:
        return False
    planned_by = translation.planned_by
    Translation.objects.filter(pk=pk).update(publish_at=None, planned_by=None)
    try:
        with transaction.atomic():
            writing.publish(translation, actor=planned_by)
    except DomainError as error:
        tell = {planned_by, translation.article.owner} - {None}
        notify(
            tell,  # type: ignore[arg-type]
            kind="article_held",
            office_id=translation.article.office_id,
            url=_page(translation),
            by_mail=True,
            title=translation.title,
            why=str(error.message),
        )
        return False
    return True


def remind_of_reviews(today: date) -> int:
    """Tell the owner, else who may publish, once a review date: the bell and a letter. May run twice."""
    due = Article.objects.due_for_review(today).exclude(review_told_on=F("review_on"))
    return sum(_remind(pk) for pk in list(due.values_list("pk", flat=True)[:500]))


@transaction.atomic
def _remind(pk: int) -> bool:
    article = Article.objects.select_for_update(of=("self",)).select_related("office", "owner").get(pk=pk)
    if article.review_on is None or article.review_told_on == article.review_on:
        return False
    Article.objects.filter(pk=pk).update(review_told_on=article.review_on)
    translation = article.in_language(article.office.default_language)
    if translation is None or not any(t.state == State.PUBLISHED for t in article.by_language.values()):
        return False
    if article.owner and article.owner.is_active:
        people = [article.owner]
    else:
        above = [int(office) for office in article.office.path.strip("/").split("/")]
        people = list(User.objects.active().who_may("kb.publish", above))
    notify(
        people,
        kind="article_review",
        office_id=article.office_id,
        url=_page(translation),
        by_mail=True,
        title=translation.title,
        on=article.review_on.isoformat(),
    )
    return True


def _page(translation: Translation) -> str:
    return reverse("kb:translation", args=[translation.article_id, translation.language])
