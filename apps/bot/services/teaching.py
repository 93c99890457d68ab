"""What people make of the questions that were not answered, and the training that follows."""

import zlib
from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from apps.accounts.models import Office, User
from apps.bot import knowledge
from apps.bot.models import ConfirmedAnswer, Question, Training
from apps.bot.states import Outcome, Review, Stage
from apps.core import clock
from apps.core.errors import Conflict, Invalid
from apps.core.queue import nudge
from apps.kb import services as kb
from apps.kb.models import Article, Translation, Wording

TRAIN = "apps.bot.tasks.train"
LEASE = timedelta(minutes=10)
LONGEST_WORDING = 200
APART = 5  # one wording of so many is kept apart while a training is judged
MOST_PAST = 300  # questions of the past that a training is tried on


@transaction.atomic
def teach_wording(questions: Iterable[Question], *, article: Article, actor: User) -> int:
    """These are other ways of asking for that article. Returns how many questions are settled."""
    rows = list(questions)
    for row in rows:
        if row.body_id != article.office.body_id:
            raise Invalid("elsewhere", _("This article belongs to somebody else."), field="article")
        _add_wording(article, row, actor)
    return _settle(rows, Review.WORDING, actor)


@transaction.atomic
def teach_answer(questions: Iterable[Question], *, text: str, actor: User) -> ConfirmedAnswer:
    """A short answer of its own for what was asked. Raises Invalid without words."""
    rows = list(questions)
    if not text.strip():
        raise Invalid("empty", _("Write the answer first."), field="text")
    answer = None
    for row in rows:
        answer = ConfirmedAnswer.objects.create(
            body_id=row.body_id,
            language=row.language,
            question=_one_line(row.text)[:LONGEST_WORDING],
            text=text.strip()[:2000],
            author=actor,
        )
    if answer is None:
        raise Invalid("nothing_chosen", _("Choose at least one question."))
    _settle(rows, Review.RULE, actor)
    return answer


@transaction.atomic
def teach_article(questions: Iterable[Question], *, office: Office, title: str, actor: User) -> Translation:
    """The draft of an article about them, which knows them as wordings. It answers once somebody has published it."""
    rows = list(questions)
    if not rows:
        raise Invalid("nothing_chosen", _("Choose at least one question."))
    draft = kb.create_article(office, author=actor, language=rows[0].language, title=title or rows[0].text[:160])
    for row in rows:
        kb.add_wording(draft, text=row.text, author=actor)
    _settle(rows, Review.ARTICLE, actor)
    return draft


@transaction.atomic
def ignore(questions: Iterable[Question], *, actor: User) -> int:
    """Nothing the program should answer."""
    return _settle(list(questions), Review.IGNORED, actor)


@transaction.atomic
def judge_answer(question: Question, *, has_helped: bool) -> None:
    """What the person says about an answer."""
    Question.objects.filter(pk=question.pk, outcome=Outcome.ANSWERED).update(has_helped=has_helped)


@transaction.atomic
def start_training(body: Office, *, actor: User | None) -> Training:
    """Queue a training with everything known now. Raises Conflict while one is under way."""
    if Training.objects.filter(body=body, stage__in=(Stage.WAITING, Stage.RUNNING)).exists():
        raise Conflict("under_way", _("A training is under way already."))
    number = (Training.objects.filter(body=body).aggregate(last=Max("number"))["last"] or 0) + 1
    try:
        with transaction.atomic():
            row = Training.objects.create(body=body, number=number, started_by=actor, next_at=clock.now())
    except IntegrityError as error:
        raise Conflict("under_way", _("A training is under way already.")) from error
    nudge(TRAIN, row.pk)
    return row


def run_training(training_id: int) -> Training | None:
    """Fit, judge on what was kept apart, try on the questions of the past. Safe to run twice: one lease, one result."""
    row = _claimed(training_id)
    if row is None:
        return None
    try:
        _train(row)
    except Exception as error:
        Training.objects.filter(pk=row.pk).update(stage=Stage.FAILED, next_at=None, error=type(error).__name__[:300])
        raise
    return row


@transaction.atomic
def publish_training(training: Training, *, actor: User) -> Training:
    """This one answers from now on; also how one goes back to an earlier one. Raises Conflict when it is not ready."""
    row = Training.objects.select_for_update().get(pk=training.pk)
    if row.stage not in (Stage.READY, Stage.RETIRED):
        raise Conflict("not_ready", _("This training cannot be published now."))
    Training.objects.live().filter(body_id=row.body_id).update(stage=Stage.RETIRED)
    row.stage, row.live_at = Stage.LIVE, clock.now()
    row.save(update_fields=["stage", "live_at"])
    return row


# -- the job -----------------------------------------------------------------------------------------------------------


def _claimed(training_id: int) -> Training | None:
    now = clock.now()
    with transaction.atomic():
        row = Training.objects.select_for_update().filter(pk=training_id, next_at__lte=now).first()
        if row is None or row.stage not in (Stage.WAITING, Stage.RUNNING):
            return None
        row.stage, row.next_at = Stage.RUNNING, now + LEASE
        row.save(update_fields=["stage", "next_at"])
    return row


def _train(row: Training) -> None:
    from apps.bot.answering import training
    from apps.bot.answering.answerer import Answerer
    from apps.bot.answering.index import Index

    wording_ids = list(Wording.objects.filter(translation__body_id=row.body_id).values_list("pk", flat=True))
    answer_ids = list(ConfirmedAnswer.objects.filter(body_id=row.body_id, is_active=True).values_list("pk", flat=True))
    sources = knowledge.sources_of(row.body_id, wording_ids=wording_ids, answer_ids=answer_ids)
    known = knowledge.vectors_for(sources)
    _progress(row, 25)
    weights = training.train(sources, known=known, progress=lambda share: _progress(row, 25 + int(share * 45)))
    left, apart = kept_apart(row.body_id, sources)
    report: dict[str, Any] = {"new": training.evaluate(Answerer(Index(left, known), weights), apart)}
    _progress(row, 80)
    live = Training.objects.live().filter(body_id=row.body_id).first()
    before = knowledge.answerer_for(row.body_id)
    # The one that answers now is asked the same questions, without the wordings that are kept apart for both.
    old_sources, _old_apart = kept_apart(row.body_id, before.index.sources)
    report["old"] = training.evaluate(Answerer(Index(old_sources, known), before.weights), apart)
    report["old_number"] = live.number if live else 0
    report["past"] = _tried_on_the_past(row.body_id, before, Answerer(Index(sources, known), weights))
    row.weights, row.report, row.wording_ids, row.answer_ids = weights.as_json(), report, wording_ids, answer_ids
    row.stage, row.progress, row.next_at = Stage.READY, 100, None
    row.save(update_fields=["weights", "report", "wording_ids", "answer_ids", "stage", "progress", "next_at"])


def kept_apart(body_id: int, sources: Iterable[Any]) -> tuple[list[Any], list[Any]]:
    """The sources without every fifth wording (always the same ones), and those as labelled questions, together with
    what somebody has decided to be nothing for the program."""
    from dataclasses import replace

    from apps.bot.answering.training import Labelled

    left, apart = [], []
    for source in sources:
        asked = [text for text in source.wordings if _is_apart(text)]
        apart += [Labelled(text, source.language, source.key) for text in asked]
        left.append(replace(source, wordings=tuple(text for text in source.wordings if not _is_apart(text))))
    ignored = Question.objects.filter(body_id=body_id, review=Review.IGNORED).order_by("-pk")[:MOST_PAST]
    apart += [Labelled(text, language, "") for text, language in ignored.values_list("text", "language")]
    return left, apart


def _is_apart(text: str) -> bool:
    return zlib.crc32(text.encode()) % APART == 0


def _tried_on_the_past(body_id: int, before: Any, after: Any) -> dict[str, Any]:
    """Of the newest questions that were not answered: how many would be now, and a few of them."""
    missed = Question.objects.filter(
        body_id=body_id, outcome__in=(Outcome.MISSED, Outcome.HANDED_OVER, Outcome.ASKED_BACK)
    ).order_by("-pk")[:MOST_PAST]
    gained, lost, examples = 0, 0, []
    for text, language in missed.values_list("text", "language"):
        was, now = before.answer(text, language), after.answer(text, language)
        if was.is_refused and not now.is_refused:
            gained += 1
            examples.append(text[:120])
        lost += now.is_refused and not was.is_refused
    return {"asked": len(missed), "gained": gained, "lost": lost, "examples": examples[:10]}


def _progress(row: Training, percent: int) -> None:
    """Seen by whoever waits; the lease goes on with it."""
    if percent > row.progress:
        row.progress = percent
        Training.objects.filter(pk=row.pk).update(progress=percent, next_at=clock.now() + LEASE)


def _add_wording(article: Article, question: Question, actor: User) -> None:
    """To the translation of its language, else to the one that would be shown."""
    shown = article.in_language(question.language)
    if shown is not None:
        kb.add_wording(shown, text=question.text, author=actor)


def _settle(rows: list[Question], review: str, actor: User) -> int:
    pks = [row.pk for row in rows]
    return Question.objects.filter(pk__in=pks, review=Review.OPEN).update(review=review, reviewed_by=actor)


def _one_line(text: str) -> str:
    return " ".join(text.split())
