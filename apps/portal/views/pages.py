"""Pages that say how things are: hours, privacy, accessibility."""

from urllib.parse import urlsplit

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from apps.core import clock
from apps.hours.feeds import calendar_answer, opening_feed
from apps.hours.following import calendar_of
from apps.omnichannel.links import call_links
from apps.portal import contact
from apps.portal.models import DRAFT_DAYS
from apps.portal.offices import base_url
from apps.portal.pages import cached_page, portal_of, public_page, show


@public_page
@require_safe
def hours(request: HttpRequest) -> HttpResponse:
    portal, language, at = portal_of(request), get_language() or "", clock.now()
    calls = call_links(portal.office, language=language, at=at)
    context = {
        "strip": contact.open_strip(portal, language, at, calls=calls),
        "counters": contact.counters(portal, calls, at),
        "send": contact.request_way(portal, language, at),
        "chat": contact.chat_way(portal, language, at),
        "calls": contact.call_ways(portal, calls, at),
    }
    return show(request, "portal/hours.html", context)


@cached_page
@require_safe
def hours_feed(request: HttpRequest, office: str) -> HttpResponse:
    """The opening hours of one office of this portal for anybody's calendar."""
    portal = portal_of(request)
    row = next((one for one in portal.offices if one.slug == office), None)
    calendar = calendar_of(row) if row else None
    if row is None or calendar is None:
        raise Http404
    text = opening_feed(calendar, name=row.name, at=clock.now(), host=urlsplit(base_url(row)).hostname or "acudo")
    return calendar_answer(text, row.slug)


@public_page
@require_safe
def accessibility(request: HttpRequest) -> HttpResponse:
    return show(request, "portal/accessibility.html")


@public_page
@require_safe
def privacy(request: HttpRequest) -> HttpResponse:
    return show(request, "portal/privacy.html", {"draft_days": DRAFT_DAYS, "reopen_days": settings.ACUDO_REOPEN_DAYS})
