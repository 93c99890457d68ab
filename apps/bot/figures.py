"""How much the program settles by itself, counted honestly."""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import DateTimeField, DurationField, Exists, ExpressionWrapper, OuterRef, Value
from django.utils.translation import get_language

from apps.bot.models import Conversation, Question
from apps.bot.states import Holder, Outcome
from apps.core import clock
from apps.tickets.models import Message, Ticket
from apps.tickets.states import Direction

COMES_BACK_WITHIN = timedelta(days=7)
READ = (Outcome.ANSWERED, Outcome.ASKED_BACK, Outcome.MISSED, Outcome.HANDED_OVER)
MOST_WANTED = 10


@dataclass(frozen=True)
class Figures:
    """Counts, and shares between 0 and 1 (None of nothing). `deflected`: ended with the program, answered, and the
    person did not write again within 7 days by any channel; the last 7 days are not counted yet, for nobody knows."""

    conversations: int
    questions: int
    answered: int
    contained: int
    settled: int
    deflected: int
    came_back: int
    helped: int
    not_helped: int

    @property
    def coverage(self) -> float | None:
        return _share(self.answered, self.questions)

    @property
    def containment(self) -> float | None:
        return _share(self.contained, self.conversations)

    @property
    def deflection(self) -> float | None:
        return _share(self.deflected, self.settled)

    @property
    def satisfaction(self) -> float | None:
        return _share(self.helped, self.helped + self.not_helped)


def figures(viewer: Any, *, since: datetime) -> Figures:
    """Of the conversations that began since then in the viewer's offices: six queries."""
    rows = Conversation.objects.filter(ticket__office_id__in=viewer.offices_with("report.view"), created_at__gte=since)
    asked = Question.objects.filter(conversation__in=rows)
    real = asked.filter(outcome__in=READ)
    contained = rows.filter(holder=Holder.BOT)
    answered = Exists(Question.objects.filter(conversation=OuterRef("pk"), outcome=Outcome.ANSWERED))
    settled = contained.filter(answered, created_at__lt=clock.now() - COMES_BACK_WITHIN)
    settled_count = settled.count()
    back = settled.filter(_came_back()).count()
    return Figures(
        conversations=rows.count(),
        questions=real.count(),
        answered=real.filter(outcome=Outcome.ANSWERED).count(),
        contained=contained.filter(answered).count(),
        settled=settled_count,
        deflected=settled_count - back,
        came_back=back,
        helped=asked.filter(has_helped=True).count(),
        not_helped=asked.filter(has_helped=False).count(),
    )


def by_article(viewer: Any, *, since: datetime) -> list[dict[str, Any]]:
    """{"title", "answered", "not_helped"}: which articles carry the answers, most used first."""
    asked = Question.objects.filter(
        conversation__ticket__office_id__in=viewer.offices_with("report.view"),
        asked_at__gte=since,
        outcome=Outcome.ANSWERED,
        article__isnull=False,
    ).select_related("article__office")
    used: Counter[int] = Counter()
    bad: Counter[int] = Counter()
    articles = {}
    for question in asked.prefetch_related("article__translations"):
        articles[question.article_id] = question.article
        used[question.article_id] += 1
        bad[question.article_id] += question.has_helped is False
    return [
        {"title": str(articles[pk].in_language(get_language() or "")), "answered": count, "not_helped": bad[pk]}
        for pk, count in used.most_common(MOST_WANTED)
    ]


def _came_back() -> Exists:
    """The same person wrote again within the time: in this matter after its last answer, or by a new one of any way.

    A visitor without a name is one browser; whoever comes by another door unknown to us cannot be told apart.
    """
    began, ends = OuterRef("created_at"), OuterRef("created_at")
    other = Ticket.objects.filter(
        requester=OuterRef("ticket__requester"), opened_at__gt=began, opened_at__lte=_week_after(ends)
    ).exclude(pk=OuterRef("ticket"))
    return Exists(other) | Exists(_later_words())  # type: ignore[return-value]


def _later_words() -> Any:
    """A day after it began somebody is at it again."""
    return Message.objects.filter(
        ticket=OuterRef("ticket"),
        direction=Direction.IN,
        is_automatic=False,
        written_at__gt=_after(OuterRef("created_at"), timedelta(hours=24)),
        written_at__lte=_week_after(OuterRef("created_at")),
    )


def _week_after(moment: Any) -> Any:
    return _after(moment, COMES_BACK_WITHIN)


def _after(moment: Any, length: timedelta) -> Any:
    return ExpressionWrapper(moment + Value(length, output_field=DurationField()), output_field=DateTimeField())


def _share(part: int, whole: int) -> float | None:
    return part / whole if whole else None
