"""What a question came to, who speaks in a conversation, where a training stands."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Outcome(models.TextChoices):
    WAITING = "waiting", _("being read")
    ANSWERED = "answered", _("answered")
    ASKED_BACK = "asked_back", _("asked back")
    MISSED = "missed", _("not answered")
    TALK = "talk", _("small talk")
    HANDED_OVER = "handed_over", _("handed over")


class Holder(models.TextChoices):
    BOT = "bot", _("the program")
    PERSON = "person", _("a person")


class Review(models.TextChoices):
    OPEN = "open", _("to be looked at")
    WORDING = "wording", _("wording added")
    ARTICLE = "article", _("article begun")
    RULE = "rule", _("answer written")
    IGNORED = "ignored", _("not for the bot")


class Stage(models.TextChoices):
    WAITING = "waiting", _("waiting")
    RUNNING = "running", _("running")
    READY = "ready", _("ready")
    LIVE = "live", _("live")
    RETIRED = "retired", _("earlier")
    FAILED = "failed", _("failed")
