"""What the program says, in the active language. Every message leaves a way to a person."""

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from apps.bot.models import Bot
from apps.core.html import text_from_html
from apps.core.markdown import render
from apps.kb.models import Translation

LONGEST_EXTRACT = 600  # characters


def name_of(bot: Bot) -> str:
    return str(bot.names) or _("Virtual assistant")


def greeting(bot: Bot) -> str:
    said = _("I am %(name)s, a program and not a person.") % {"name": name_of(bot)}
    own = str(bot.greetings)
    return f"{said} {own}".strip()


def way_out() -> str:
    return _("To talk to a person, write “person”.")


def welcome() -> str:
    return _("Ask me in your own words. %(way_out)s") % {"way_out": way_out()}


def who() -> str:
    return _("I am a program. I answer from what this office has published, and show you where.")


def answered(translation: Translation) -> str:
    """The words of the article, where they stand, and a question whether they helped."""
    live = translation.live
    assert live is not None  # who asks has found it published
    source = _("Source: %(title)s, %(url)s") % {
        "title": live.title,
        "url": f"{settings.ACUDO_BASE_URL}{translation.path}",
    }
    return _paragraphs(extract(live.summary, live.text), source, helped())


def confirmed(text: str) -> str:
    return _paragraphs(text, helped())


def helped() -> str:
    return _("Did this help? Answer yes or no. %(way_out)s") % {"way_out": way_out()}


def glad() -> str:
    return _("Glad to hear it. You can write again whenever you like.")


def which_one(titles: list[str]) -> str:
    lines = [f"{number}. {title}" for number, title in enumerate(titles, 1)]
    return _paragraphs(
        _("Is it one of these? Write its number."), "\n".join(lines), _("If none of them fits, write “person”.")
    )


def not_known() -> str:
    return _("I have found nothing about this. Say it in other words, or write “person” and somebody will read it.")


def passed_on() -> str:
    return _("I am passing you to a person. You will not have to repeat what you wrote.")


def kept(question: str, closed: str, reference: str) -> str:
    return _paragraphs(
        closed,
        _("I have kept your question under number %(reference)s: “%(question)s”")
        % {
            "reference": reference,
            "question": question,
        },
        _("Somebody will answer you. If you leave your e-mail address in this window, the answer also comes by mail."),
    )


def closed(opening: datetime | None, time_zone: str) -> str:
    if opening is None:
        return _("Nobody is here now.")
    local = opening.astimezone(ZoneInfo(time_zone))
    when = {"day": date_format(local, "l j F"), "time": date_format(local, "G:i")}
    return _("Nobody is here now. We open on %(day)s at %(time)s.") % when


def summary_for_desk(questions: list[Any], unanswered: str, reason: str) -> str:
    """What a colleague reads first: the exact question, then what was said so far."""
    lines = [_("Handed over by the program: %(reason)s.") % {"reason": reason}]
    if unanswered:
        lines.append(_("Not answered: “%(question)s”") % {"question": unanswered})
    told = [question for question in questions if question.article_id or question.confidence]
    if told:
        lines.append(_("So far:"))
    for question in told:
        line = f"- “{question.text[:200]}”: {question.get_outcome_display()}"
        if question.article_id:
            title = question.article.in_language(question.language)
            line += f" ({title})" if title else ""
        lines.append(line)
    return "\n".join(lines)


def reasons() -> dict[str, Any]:
    return {
        "asked": _("the person asked for it"),
        "missed": _("it did not know the answer"),
        "not_helped": _("the answer did not help"),
        "failed": _("it stopped"),
    }


def extract(summary: str, text: str) -> str:
    """Whole paragraphs of the article as plain text, as many as fit."""
    plain, kept_words = text_from_html(render(text)).strip(), ""
    for paragraph in plain.split("\n\n"):
        if kept_words and len(kept_words) + len(paragraph) > LONGEST_EXTRACT:
            return _paragraphs(summary, kept_words, "…")
        kept_words = _paragraphs(kept_words, paragraph[:LONGEST_EXTRACT])
    return _paragraphs(summary, kept_words)


def _paragraphs(*texts: str) -> str:
    return "\n\n".join(text for text in texts if text)
