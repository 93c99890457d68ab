"""Pages that say how things are: hours, privacy, accessibility."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from apps.core import clock
from apps.omnichannel.links import call_links
from apps.portal import contact
from apps.portal.models import DRAFT_DAYS
from apps.portal.pages import portal_of, public_page, show


@public_page
@require_safe
def hours(request: HttpRequest) -> HttpResponse:
    portal, language, at = portal_of(request), get_language() or "", clock.now()
    calls = call_links(portal.office, language=language, at=at)
    context = {
        "counters": contact.counters(portal, calls, at),
        "send": contact.request_way(portal, language, at),
        "chat": contact.chat_way(portal, language, at),
        "calls": contact.call_ways(portal, calls, at),
    }
    return show(request, "portal/hours.html", context)


@public_page
@require_safe
def accessibility(request: HttpRequest) -> HttpResponse:
    return show(request, "portal/accessibility.html")


@public_page
@require_safe
def privacy(request: HttpRequest) -> HttpResponse:
    return show(request, "portal/privacy.html", {"draft_days": DRAFT_DAYS, "reopen_days": settings.ACUDO_REOPEN_DAYS})
