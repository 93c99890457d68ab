"""Hearing what a visitor writes, answering from what is published, and handing over. Nothing is answered in the
transaction of the message: a row says what waits, a task reads it."""

from datetime import timedelta
from typing import Any

from django.db import transaction
from django.utils import translation

from apps.activity.bus import Actor
from apps.bot import knowledge, reading, words
from apps.bot.models import Bot, ConfirmedAnswer, Conversation, Question
from apps.bot.states import Holder, Outcome
from apps.core import clock
from apps.core.queue import nudge
from apps.hours import services as hours
from apps.kb.models import Translation
from apps.omnichannel.models import Thread
from apps.tickets import services as tickets
from apps.tickets.models import Message, Ticket
from apps.tickets.states import MOVES, Status

ANSWER = "apps.bot.tasks.answer_question"
LEASE = timedelta(minutes=2)
MOST_TRIES = 3
QUIET_FOR = timedelta(minutes=30)  # silence after an answer: it helped, until the person says otherwise
BY_BOT = Actor(kind="rule", label="bot")


@transaction.atomic
def hear(message: Message, thread: Thread) -> Question | None:
    """A message of a visitor waits for the program, where one speaks and holds the conversation. None otherwise."""
    conversation = Conversation.objects.filter(thread=thread).first()
    if conversation is None:
        bot = Bot.objects.filter(channel_id=thread.channel_id, is_active=True).first()
        if bot is None or Conversation.objects.filter(ticket_id=message.ticket_id).exists():
            return None
        if message.ticket.messages.filter(direction="out", is_automatic=False).exists():  # type: ignore[attr-defined]
            return None  # people are already talking
        conversation = Conversation.objects.create(bot=bot, thread=thread, ticket_id=message.ticket_id)
        Thread.objects.filter(pk=thread.pk).update(is_with_program=True)
    if conversation.holder != Holder.BOT or not message.text.strip():
        return None
    question, _made = Question.objects.get_or_create(
        message=message,
        defaults={
            "conversation": conversation,
            "body_id": message.ticket.office.body_id,
            "language": message.ticket.language or message.ticket.office.default_language,
            "text": message.text,
            "asked_at": message.written_at,
            "next_at": clock.now(),
        },
    )
    Conversation.objects.filter(pk=conversation.pk).update(quiet_at=None)
    nudge(ANSWER, question.pk)
    return question


def answer_question(question_id: int) -> Question | None:
    """Read it and say what is to be said. A second run finds it answered; whatever breaks it three times hands over."""
    question = _claimed(question_id)
    if question is None:
        return None
    conversation = question.conversation
    assert conversation is not None  # only questions of a conversation wait
    if question.attempts > MOST_TRIES:
        with _speaking(question):
            _give_up(question, conversation)
        return question
    said = reading.read(question, conversation)
    with transaction.atomic(), _speaking(question):
        conversation = Conversation.objects.select_for_update(of=("self",)).get(pk=conversation.pk)
        if conversation.holder != Holder.BOT or not conversation.bot.is_active:
            _done(question, Outcome.HANDED_OVER)
            return question
        _act(question, conversation, said)
    return question


@transaction.atomic
def hand_over(conversation: Conversation, *, reason: str, question: Question | None = None) -> None:
    """From now on a person holds it: told to the visitor, and to the desk with the exact question. Once only."""
    row = Conversation.objects.select_for_update(of=("self",)).get(pk=conversation.pk)
    if row.holder == Holder.PERSON:
        return
    ticket = row.ticket
    unanswered = _unanswered(row, question)
    row.holder, row.handed_over_at, row.unanswered, row.quiet_at = Holder.PERSON, clock.now(), unanswered, None
    row.save(update_fields=["holder", "handed_over_at", "unanswered", "quiet_at"])
    Thread.objects.filter(pk=row.thread_id).update(is_with_program=False)
    told = list(row.questions.select_related("article").order_by("pk"))  # type: ignore[attr-defined]
    with translation.override(ticket.office.default_language):
        note = words.summary_for_desk(told, unanswered, str(words.reasons()[reason]))
        tickets.add_note(ticket, author=None, text=note, actor=BY_BOT, author_label=words.name_of(row.bot))
    _say(row, _handing_words(row, unanswered))


@transaction.atomic
def step_back(ticket: Ticket) -> None:
    """Somebody of ours writes or takes it: the program is silent from here on."""
    Thread.objects.filter(ticket=ticket, is_with_program=True).update(is_with_program=False)
    Conversation.objects.filter(ticket=ticket, holder=Holder.BOT).update(holder=Holder.PERSON, quiet_at=None)
    Question.objects.filter(conversation__ticket=ticket, next_at__isnull=False).update(
        next_at=None, outcome=Outcome.HANDED_OVER
    )


@transaction.atomic
def rest(conversation: Conversation) -> None:
    """Nothing came after the answer: the matter is solved, by the program. Writing again opens it as always."""
    row = Conversation.objects.select_for_update(of=("self",)).get(pk=conversation.pk)
    if row.quiet_at is None or row.quiet_at > clock.now():
        return
    row.quiet_at = None
    row.save(update_fields=["quiet_at"])
    if row.holder == Holder.BOT:
        _solve(row.ticket)


# -- steps -------------------------------------------------------------------------------------------------------------


def _claimed(question_id: int) -> Question | None:
    now = clock.now()
    due = Question.objects.filter(pk=question_id, next_at__lte=now)
    with transaction.atomic():
        question = due.select_for_update(of=("self",)).first()
        if question is None:
            return None
        question.next_at, question.attempts = now + LEASE, question.attempts + 1
        question.save(update_fields=["next_at", "attempts"])
    return Question.objects.select_related("conversation__bot", "conversation__ticket__office").get(pk=question_id)


def _act(question: Question, conversation: Conversation, said: reading.Said) -> None:
    """One message goes out for one that came in."""
    if said.kind == reading.PERSON:
        _done(question, Outcome.HANDED_OVER)
        hand_over(conversation, reason="asked", question=question)
    elif said.kind == reading.YES:
        _thank(question, conversation)
    elif said.kind == reading.NO:
        judged = _last_answered(conversation)
        if judged:
            Question.objects.filter(pk=judged.pk).update(has_helped=False)
        _done(question, Outcome.HANDED_OVER)
        hand_over(conversation, reason="not_helped", question=judged or question)
    elif said.kind == reading.TALK:
        _done(question, Outcome.TALK)
        _say(conversation, words.who() + " " + words.way_out() if said.talk == "who" else words.welcome())
    elif said.kind == reading.FOUND:
        _tell(question, conversation, said)
    elif said.kind == reading.UNSURE and not conversation.has_asked_back:
        _ask_back(question, conversation, said)
    elif conversation.has_asked_back:
        question.confidence = said.confidence
        _done(question, Outcome.MISSED)
        hand_over(conversation, reason="missed", question=question)
    else:
        question.confidence = said.confidence
        _done(question, Outcome.MISSED)
        conversation.has_asked_back = True
        conversation.save(update_fields=["has_asked_back"])
        _say(conversation, words.not_known())


def _tell(question: Question, conversation: Conversation, said: reading.Said) -> None:
    question.confidence = said.confidence
    texts = []
    for kind, pk in said.found:
        if kind == knowledge.ANSWER:
            row = ConfirmedAnswer.objects.filter(pk=pk, is_active=True).first()
            texts += [words.confirmed(row.text)] if row else []
            continue
        article = _readable(pk, question)
        if article is not None:
            question.article_id = question.article_id or article.article_id
            texts.append(words.answered(article))
    if not texts:  # retired while it was being read
        _done(question, Outcome.MISSED)
        hand_over(conversation, reason="missed", question=question)
        return
    _done(question, Outcome.ANSWERED)
    conversation.offered, conversation.quiet_at = [], clock.now() + QUIET_FOR
    conversation.save(update_fields=["offered", "quiet_at"])
    question.answer = _say(conversation, "\n\n".join(texts))
    question.save(update_fields=["answer"])


def _ask_back(question: Question, conversation: Conversation, said: reading.Said) -> None:
    offered, titles = [], []
    for kind, pk in said.found:
        article = _readable(pk, question) if kind == knowledge.ARTICLE else None
        if article is not None and article.live is not None:
            offered.append(article.article_id)
            titles.append(article.live.title)
    question.confidence = said.confidence
    conversation.has_asked_back, conversation.offered = True, offered
    conversation.save(update_fields=["has_asked_back", "offered"])
    _done(question, Outcome.ASKED_BACK)
    _say(conversation, words.which_one(titles) if titles else words.not_known())


def _thank(question: Question, conversation: Conversation) -> None:
    judged = _last_answered(conversation)
    _done(question, Outcome.TALK)
    if judged:
        Question.objects.filter(pk=judged.pk).update(has_helped=True)
    conversation.quiet_at = None
    conversation.save(update_fields=["quiet_at"])
    _say(conversation, words.glad() if judged else words.welcome())
    if judged:
        _solve(conversation.ticket)


def _say(conversation: Conversation, text: str) -> Message:
    """A message of the program: automatic, so it never counts as a first answer. The first says that it is one."""
    bot = conversation.bot
    if not conversation.has_greeted:
        text = f"{words.greeting(bot)}\n\n{text}"
        conversation.has_greeted = True
        Conversation.objects.filter(pk=conversation.pk).update(has_greeted=True)
    return tickets.reply(
        conversation.ticket, author=None, text=text, is_automatic=True, actor=BY_BOT, author_label=words.name_of(bot)
    )


def _handing_words(conversation: Conversation, unanswered: str) -> str:
    channel, ticket = conversation.bot.channel, conversation.ticket
    calendar = channel.calendar or ticket.office.calendar
    if calendar is None or hours.is_open(calendar, clock.now()):
        return words.passed_on()
    opening = hours.next_opening(calendar, clock.now())
    return words.kept(unanswered, words.closed(opening, calendar.time_zone), ticket.reference)


def _unanswered(conversation: Conversation, question: Question | None) -> str:
    """The exact words that got no answer: those of a wish for a person are none."""
    asked = conversation.questions.exclude(outcome=Outcome.TALK)  # type: ignore[attr-defined]
    if question is not None and question.outcome != Outcome.HANDED_OVER:
        return question.text
    missed = asked.filter(outcome__in=(Outcome.MISSED, Outcome.ASKED_BACK)).order_by("-pk").first()
    if missed is not None:
        return str(missed.text)
    if question is not None:
        earlier = asked.filter(pk__lt=question.pk).order_by("-pk").first()
        return str(earlier.text) if earlier else question.text
    return ""


def _last_answered(conversation: Conversation) -> Question | None:
    return conversation.questions.filter(outcome=Outcome.ANSWERED).order_by("-pk").first()  # type: ignore[attr-defined, no-any-return]


def _readable(article_id: int, question: Question) -> Translation | None:
    rows = Translation.objects.public().in_body(question.body_id).filter(article_id=article_id).for_reading()
    fallback = question.conversation.ticket.office.default_language if question.conversation else "es"
    return rows.in_language(question.language, fallback=fallback).first()


def _done(question: Question, outcome: str) -> None:
    question.outcome, question.next_at = outcome, None
    question.save(update_fields=["outcome", "next_at", "confidence", "article"])


def _give_up(question: Question, conversation: Conversation) -> None:
    with transaction.atomic():
        _done(question, Outcome.MISSED)
        hand_over(conversation, reason="failed", question=question)


def _solve(ticket: Ticket) -> None:
    ticket.refresh_from_db()
    if Status.SOLVED in MOVES[ticket.status]:
        tickets.change_status(ticket, to=Status.SOLVED, actor=BY_BOT)


def _speaking(question: Question) -> Any:
    return translation.override(question.language)
