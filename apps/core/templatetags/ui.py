"""The few components every template shares. Plain values in, markup out; nothing here knows what a ticket is."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import Any
from zlib import crc32

from django import template
from django.conf import settings
from django.template.context import Context
from django.templatetags.static import static
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import get_language, gettext, gettext_lazy, ngettext
from django.utils.translation import pgettext_lazy as within

from apps.core import clock, words

register = template.Library()

LATE_WORD_WITHIN = timedelta(hours=4)
"""Closer than this we say how much is left; further away a clock time says more."""


@register.simple_tag
@lru_cache(maxsize=1024)  # a page shows the same few a hundred times, and the address of a file is known for good
def icon(name: str, css: str = "") -> SafeString:
    return format_html('<svg class="i {}" aria-hidden="true"><use href="{}#{}"/></svg>', css, static("icons.svg"), name)


# Status, priority, channel: shape + word + colour, never colour alone


@dataclass(frozen=True)
class Look:
    icon: str
    word: Any
    tone: str = "soft"


STATUS = {
    "new": Look("circle-dashed", within("status", "New"), "info"),
    "open": Look("circle", within("status", "Open")),
    "waiting": Look("circle-pause", within("status", "Waiting for them"), "warn"),
    "on_hold": Look("hourglass", within("status", "On hold"), "faint"),
    "snoozed": Look("alarm-clock", within("status", "Snoozed"), "faint"),
    "solved": Look("circle-check", within("status", "Solved"), "ok"),
    "closed": Look("circle-slash", within("status", "Closed"), "faint"),
    "spam": Look("ban", within("status", "Spam"), "faint"),
    "merged": Look("merge", within("status", "Merged"), "faint"),
}

PRIORITY = {
    4: Look("chevrons-up", within("priority", "Urgent"), "bad"),
    3: Look("chevron-up", within("priority", "High"), "bad"),
    2: Look("equal", within("priority", "Normal"), "faint"),
    1: Look("chevron-down", within("priority", "Low"), "faint"),
}

CHANNEL = {
    "email": Look("mail", gettext_lazy("E-mail")),
    "webchat": Look("message-circle", gettext_lazy("Chat")),
    "portal": Look("globe", gettext_lazy("Web form")),
    "phone": Look("phone", gettext_lazy("Telephone")),
    "calls": Look("phone", gettext_lazy("Call")),
    "video": Look("video", gettext_lazy("Video")),
    "counter": Look("store", gettext_lazy("At the counter")),
    "sms": Look("smartphone", gettext_lazy("SMS")),
    "fax": Look("printer", gettext_lazy("Fax")),
    "api": Look("webhook", gettext_lazy("Program")),
    "internal": Look("building-2", gettext_lazy("Internal")),
    "bot": Look("bot", gettext_lazy("Assistant")),
    "whatsapp": Look("=WA", "WhatsApp"),
    "facebook": Look("=FB", "Facebook"),
    "facebook-feed": Look("=FB", "Facebook"),
    "instagram": Look("=IG", "Instagram"),
    "telegram": Look("=TG", "Telegram"),
}


@register.simple_tag
def status_mark(status: str) -> SafeString:
    """Icon and word."""
    return _status_mark(status, get_language())


@lru_cache(maxsize=256)
def _status_mark(status: str, language: str | None) -> SafeString:
    look = STATUS.get(status, STATUS["open"])
    return format_html('<span class="chip calm tone-{}">{}{}</span>', look.tone, icon(look.icon), look.word)


@register.simple_tag
def status_word(status: str) -> Any:
    return STATUS.get(status, STATUS["open"]).word


@register.simple_tag
def status_icon(status: str) -> SafeString:
    look = STATUS.get(status, STATUS["open"])
    return icon(look.icon, f"tone-{look.tone}")


@register.simple_tag
def priority_mark(priority: int, hide_normal: bool = False) -> SafeString | str:
    if hide_normal and int(priority) == 2:
        return ""
    return _priority_mark(int(priority), get_language())


@lru_cache(maxsize=64)
def _priority_mark(priority: int, language: str | None) -> SafeString:
    look = PRIORITY.get(priority, PRIORITY[2])
    css = "bad" if priority == 4 else f"calm tone-{look.tone}"
    return format_html('<span class="chip {}">{}{}</span>', css, icon(look.icon), look.word)


@register.simple_tag
def priority_word(priority: int) -> Any:
    return PRIORITY.get(int(priority), PRIORITY[2]).word


@register.simple_tag
def priority_icon(priority: int) -> SafeString:
    look = PRIORITY.get(int(priority), PRIORITY[2])
    return icon(look.icon, f"tone-{look.tone}")


@register.simple_tag
def channel_icon(via: str) -> SafeString:
    look = CHANNEL.get(via, CHANNEL["internal"])
    if look.icon.startswith("="):
        return format_html('<span class="mono" aria-hidden="true">{}</span>', look.icon[1:])
    return icon(look.icon)


@register.simple_tag
def channel_word(via: str) -> Any:
    return CHANNEL[via].word if via in CHANNEL else via


@register.simple_tag
def avatar(name: str, css: str = "") -> SafeString:
    """Initials on a quiet tint that stays the same for a name. Decoration: the name stands beside it as text."""
    words = [w for w in str(name).replace("@", " ").split() if w[0].isalnum()] or ["?"]
    initials = (words[0][0] + (words[-1][0] if len(words) > 1 else "")).upper()
    return format_html(
        '<span class="avatar c{} {}" aria-hidden="true">{}</span>', crc32(str(name).encode()) % 6, css, initials
    )


# Time


@register.simple_tag
def ago(moment: datetime | None) -> SafeString | str:
    """ "12 min", "3 h", "Monday", "4 June", with the whole date for those who ask. lib/dates.js keeps it true."""
    if moment is None:
        return ""
    return format_html(
        '<time datetime="{}" title="{}" data-ago>{}</time>', moment.isoformat(), _in_full(moment), _ago(moment)
    )


@register.simple_tag
def at(moment: datetime | None) -> SafeString | str:
    """ "9:12" today, else the date and the time."""
    if moment is None:
        return ""
    local = timezone.localtime(moment)
    is_today = local.date() == timezone.localtime(clock.now()).date()
    words = f"{local:%H:%M}" if is_today else f"{_day(local.date())} {local:%H:%M}"
    return format_html('<time datetime="{}" title="{}">{}</time>', moment.isoformat(), _in_full(moment), words)


@register.simple_tag
def day(moment: datetime | date) -> str:
    return _day(timezone.localtime(moment).date() if isinstance(moment, datetime) else moment)


@register.simple_tag
def due_chip(due_at: datetime | None, warn_at: datetime | None = None, label: str = "") -> SafeString | str:
    """How a promise stands: time left, at risk, or late. The shape, the word and the colour all change."""
    if due_at is None:
        return ""
    now = clock.now()
    state = "late" if now > due_at else "risk" if warn_at and now >= warn_at else "calm"
    css, shape = {"late": ("bad", "octagon-alert"), "risk": ("warn", "timer"), "calm": ("calm", "timer")}[state]
    return format_html(
        '<span class="chip {}" data-due="{}" data-warn="{}" data-state="{}" title="{}">{}<span>{}{}</span></span>',
        css,
        due_at.isoformat(),
        warn_at.isoformat() if warn_at else "",
        state,
        _in_full(due_at),
        icon(shape),
        format_html('<span class="due-label">{}: </span>', label) if label else "",
        format_html("<span data-due-words>{}</span>", due_words(due_at, now)),
    )


def due_words(due_at: datetime, now: datetime) -> str:
    """ "18 min left", "12 min late", or the moment itself when it is far."""
    if now > due_at:
        gone = now - due_at
        whole_hours = gone - timedelta(minutes=gone.seconds // 60 % 60)  # by then minutes are no news
        return gettext("%(length)s late") % {"length": length(gone if gone < timedelta(hours=1) else whole_hours)}
    if due_at - now <= LATE_WORD_WITHIN:
        return gettext("%(length)s left") % {"length": length(due_at - now)}
    local = timezone.localtime(due_at)
    return gettext("due %(moment)s") % {"moment": f"{_day(local.date())} {local:%H:%M}"}


@register.filter("span")
def length(span: timedelta | int | float | None) -> str:
    """A stretch of time in at most two parts: "18 min", "3 h 20 min", "2 days"."""
    if span is None:
        return ""
    minutes = int((span.total_seconds() if isinstance(span, timedelta) else span) // 60)
    if minutes < 60:
        return gettext("%(n)s min") % {"n": minutes}
    hours, rest = divmod(minutes, 60)
    if hours < 24:
        tail = " " + gettext("%(n)s min") % {"n": rest} if rest and hours < 10 else ""
        return gettext("%(n)s h") % {"n": hours} + tail
    days = hours // 24
    return ngettext("%(n)s day", "%(n)s days", days) % {"n": days}


def _ago(moment: datetime) -> str:
    gone = clock.now() - moment
    if gone < timedelta(minutes=1):
        return gettext("now")
    if gone < timedelta(hours=1):
        return length(gone)
    if gone < timedelta(hours=24):
        return gettext("%(n)s h") % {"n": int(gone.total_seconds() // 3600)}
    return _day(timezone.localtime(moment).date())


def _day(when: date) -> str:
    today = timezone.localtime(clock.now()).date()
    if when == today:
        return gettext("today")
    if when == today - timedelta(days=1):
        return gettext("yesterday")
    if when == today + timedelta(days=1):
        return gettext("tomorrow")
    if abs((when - today).days) < 7:
        return _date(when, "l", get_language())
    return _date(when, "j M" if when.year == today.year else "j M Y", get_language())


def _in_full(moment: datetime) -> str:
    local = timezone.localtime(moment)
    return f"{_date(local.date(), 'l j F Y', get_language())}, {local:%H:%M}"


@lru_cache(maxsize=4096)
def _date(when: date, shape: str, language: str | None) -> str:
    """A page names few days, and each of them many times."""
    return date_format(when, shape)


# The frame


@register.simple_tag(takes_context=True)
def face(context: Context, kind: str = "staff") -> SafeString:
    """What <html> carries: theme (of the person, else of the cookie), density, whether letters are shortcuts."""
    if kind == "public":  # the same for everybody who asks: neither session nor cookie is looked at
        return format_html('data-face="{}" data-shortcuts="off"', kind)
    request = context.get("request")
    user = getattr(request, "user", None)
    theme, density, shortcuts = "system", "comfortable", "on"
    if user is not None and user.is_authenticated:
        theme, density, shortcuts = user.theme, user.density, "on" if user.shortcuts_on else "off"
    elif request is not None:
        theme = request.COOKIES.get("acudo_theme", "system")
    attributes = format_html('data-face="{}" data-shortcuts="{}"', kind, shortcuts)
    if theme in {"light", "dark"}:
        attributes += format_html(' data-theme="{}"', theme)
    if density == "compact":
        attributes += SafeString(' data-density="compact"')
    return attributes


@dataclass(frozen=True)
class Place:
    key: str
    url: str
    icon: str
    word: Any
    verb: str
    is_here: bool = False


PLACES = (  # order fixed; what the person may not do is absent
    Place("inbox", "/desk/", "inbox", gettext_lazy("Inbox"), "ticket.view"),
    Place("people", "/desk/people/", "users", gettext_lazy("People"), "person.view"),
    Place("kb", "/desk/kb/", "book-open", gettext_lazy("Articles"), "kb.view"),
    Place("live", "/desk/live/", "gauge", gettext_lazy("Live"), "report.view"),
    Place("reports", "/desk/reports/", "chart-column", gettext_lazy("Reports"), "report.view"),
    Place("outbox", "/desk/admin/outbox/", "send", gettext_lazy("Outbox"), "operator.view"),
    Place("admin", "/desk/admin/channels/", "settings", gettext_lazy("Settings"), "channel.manage"),
    # The same room by another door, for who sets up hours and promises and no channels.
    Place("admin", "/desk/admin/hours/", "settings", gettext_lazy("Settings"), "hours.manage"),
)


@register.simple_tag(takes_context=True)
def places(context: Context, here: str = "") -> list[Place]:
    viewer = getattr(context.get("request"), "viewer", None)
    if viewer is None:
        return []
    open_to = {p.key: p for p in reversed(PLACES) if viewer.may(p.verb)}  # of two doors to one room, the first
    return [
        Place(p.key, p.url, p.icon, p.word, p.verb, is_here=p.key == here) for p in PLACES if open_to.get(p.key) is p
    ]


@register.simple_tag
def script_words() -> SafeString:
    return _script_words(get_language())


@lru_cache(maxsize=16)
def _script_words(language: str | None) -> SafeString:
    pairs = format_html_join("", ' data-word-{}="{}"', words.for_scripts().items())
    return format_html('<template id="words"{}></template>', pairs)


@register.filter
def rooms(viewer: Any) -> tuple[str, ...]:
    """Which places of the frame this viewer may enter: a key for what is `kept`."""
    return tuple(place.url for place in PLACES if viewer and viewer.may(place.verb))


@register.filter
def may(viewer: Any, verb: str) -> bool:
    """Anywhere at all? For one office ask in the view."""
    return bool(viewer) and viewer.may(verb)


@register.simple_tag
def language_names() -> list[tuple[str, str]]:
    """Each language in its own words, for the switch."""
    own = {"es": "Español", "it": "Italiano", "en": "English", "pt": "Português"}
    return [(code, own.get(code, code)) for code, _name in settings.LANGUAGES]


@register.simple_tag
def language_name(code: str | None) -> Any:
    """ "Spanish", in the language of the page."""
    return gettext(str(dict(settings.LANGUAGES).get(code or "", code or "–")))


@register.filter
def filesize(size: int | None) -> str:
    """ "120 kB", "2.4 MB"."""
    size = size or 0
    if size < 1_000_000:
        return f"{max(1, round(size / 1000)) if size else 0} kB"
    return f"{size / 1_000_000:.1f} MB"
