"""What somebody means, given what was said before. Changes nothing."""

import re
from dataclasses import dataclass

from apps.bot import knowledge
from apps.bot.answering.talk import small_talk, wants_a_person
from apps.bot.models import Conversation, Question
from apps.bot.states import Outcome
from apps.kb.models import Article
from apps.search.analyzer import fold

PERSON, YES, NO, TALK, FOUND, UNSURE, LOST = "person", "yes", "no", "talk", "found", "unsure", "lost"
MOST_OFFERED = 3

_PERSON_WORDS = {"persona", "person", "pessoa", "human", "humano", "umano"}
_YES = {
    "si",
    "yes",
    "yep",
    "sim",
    "s",
    "y",
    "claro",
    "certo",
    "sip",
    "me sirvio",
    "mi e servito",
    "it did",
    "it helped",
    "serviu",
}
_NO = {
    "no",
    "nao",
    "nope",
    "n",
    "no me sirvio",
    "no me sirve",
    "non mi serve",
    "not really",
    "nao serviu",
    "para nada",
    "no it did not",
}


@dataclass(frozen=True)
class Said:
    """`found`: (kind, id) of what answers or may answer, best first."""

    kind: str
    talk: str = ""
    found: tuple[tuple[str, int], ...] = ()
    confidence: float = 0.0


def read(question: Question, conversation: Conversation) -> Said:
    plain = " ".join(re.sub(r"[^\w ]+", " ", fold(question.text)).split())
    if plain in _PERSON_WORDS or wants_a_person(question.text):
        return Said(PERSON)
    if plain.isdigit() and 1 <= int(plain) <= len(conversation.offered):
        return Said(FOUND, found=((knowledge.ARTICLE, conversation.offered[int(plain) - 1]),), confidence=1.0)
    has_answer = conversation.questions.filter(outcome=Outcome.ANSWERED).exists()  # type: ignore[attr-defined]
    if has_answer and (judged := _judged(question.text)):
        return Said(judged)
    talk = small_talk(question.text)
    if talk:
        return Said(YES) if has_answer and talk in {"thanks", "bye"} else Said(TALK, talk=talk)
    return _looked_up(question, conversation)


def _judged(text: str) -> str:
    """YES or NO when that is all that is said, with or without courtesy behind it; '' otherwise."""
    parts = [" ".join(re.sub(r"[^\w ]+", " ", part).split()) for part in re.split(r"[,.;:!¡]+", fold(text))]
    first, *more = [part for part in parts if part] or [""]
    if all(small_talk(part) for part in more):
        return YES if first in _YES else NO if first in _NO else ""
    return ""


def _looked_up(question: Question, conversation: Conversation) -> Said:
    answerer = knowledge.answerer_for(question.body_id)
    answer = answerer.answer(question.text, question.language, allowed=allowed_keys(conversation, answerer))
    found = tuple(named(row.key) for row in answer.found)
    if not answer.is_refused and (answer.is_clear or answer.parts):
        told = found[: min(len(answer.parts), 2)] if answer.parts else found[:1]
        return Said(FOUND, found=told, confidence=answer.confidence)
    if not answer.is_refused:
        # Not clear: one question back when it may be asked, else the best there is.
        kind = FOUND if conversation.has_asked_back else UNSURE
        return Said(kind, found=found[: 1 if kind == FOUND else MOST_OFFERED], confidence=answer.confidence)
    return Said(LOST, confidence=answer.confidence)


def allowed_keys(conversation: Conversation, answerer: object) -> set[str] | None:
    """What this bot may answer from; None for everything that is public."""
    categories = list(conversation.bot.categories.values_list("pk", flat=True))
    if not categories:
        return None
    articles = Article.objects.filter(category_id__in=categories).values_list("pk", flat=True)
    return {f"{knowledge.ARTICLE}:{pk}" for pk in articles}


def named(key: str) -> tuple[str, int]:
    kind, _colon, pk = key.partition(":")
    return kind, int(pk)
