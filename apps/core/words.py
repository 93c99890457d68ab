"""What the scripts of a page say. They read these from one <template>, in the language of the page.

A text that counts `n` has a second form for one thing, named with "-one" behind.
"""

from django.utils.translation import gettext as _
from django.utils.translation import ngettext


def for_scripts() -> dict[str, str]:
    return {
        "left": _("%(length)s left"),
        "late": _("%(length)s late"),
        "now": _("now"),
        "minutes": _("%(n)s min"),
        "hours": _("%(n)s h"),
        "saved": _("Saved on this device"),
        "offline": _("No connection. Keep writing: nothing is lost."),
        "reconnecting": _("Reconnecting…"),
        "back": _("Connected again."),
        "retry": _("Try now"),
        "new-one": ngettext("%(n)s new · show", "%(n)s new · show", 1),
        "new": ngettext("%(n)s new · show", "%(n)s new · show", 2),
        "selected-one": ngettext("%(n)s selected", "%(n)s selected", 1),
        "selected": ngettext("%(n)s selected", "%(n)s selected", 2),
        "close": _("Close"),
        "failed": _("That did not work. Your text is safe. Try again."),
        "session": _("Your session is over. Sign in in another tab, then try again: your text stays here."),
        "writing": _("%(name)s is writing an answer"),
        "looking": _("%(name)s is looking at this"),
        "answering": _("%(name)s is answering"),
        "undo": _("Undo"),
        "leaves": _("No longer in this view"),
        "nothing": _("Nothing for “%(query)s”."),
        "everything": _("Search everything for “%(query)s”"),
        "toobig": _("%(name)s is larger than %(size)s MB. Choose another file."),
        "remove": _("Remove %(name)s"),
        "results-one": ngettext("%(n)s result", "%(n)s results", 1),
        "results": ngettext("%(n)s result", "%(n)s results", 2),
        "sent": _("Sent"),
        "later-one": ngettext("%(n)s new message", "%(n)s new messages", 1),
        "later": ngettext("%(n)s new message", "%(n)s new messages", 2),
    }
