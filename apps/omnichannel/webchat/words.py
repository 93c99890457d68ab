"""The words the scripts need, in the language of the window: they carry none of their own."""

import json

from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from apps.omnichannel.models import Channel
from apps.omnichannel.webchat.window import languages


def window_words() -> str:
    """JSON for the window script, in the active language."""
    return json.dumps(
        {
            "sending": _("Sending…"),
            "waiting": _("Waiting a moment…"),
            "cancel": _("Cancel"),
            "program": pgettext("author of a message", "automatic"),
            "sent": _("Sent"),
            "notSent": _("Not sent:"),
            "again": _("Try again"),
            "drop": _("Remove"),
            "tooLong": _("the text is too long. Shorten it, or send it as a file."),
            "failed": _("something went wrong here."),
            "reconnecting": _("No connection. What you write will be sent when it is back."),
            "typing": _("{name} is writing…"),
            "read": pgettext("message", "Read"),
            "newOne": _("↓ 1 new message"),
            "newMany": _("↓ {n} new messages"),
        },
        ensure_ascii=False,
    )


def loader_words(channel: Channel) -> dict[str, dict[str, str]]:
    """For the bubble, in every language of the office: the host's page says which one it speaks."""
    words = {}
    for code in languages(channel):
        with translation.override(code):
            words[code] = {
                "chat": pgettext("bubble", "Chat"),
                "title": _("Chat with %(office)s") % {"office": channel.office.name},
                "one": _("1 new message"),
                "many": _("{n} new messages"),
                "page": _("Open the chat on a page of its own"),
            }
    return words
