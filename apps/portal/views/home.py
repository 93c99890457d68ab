"""The first page: ask, read, write, call."""

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import get_language, get_language_from_request
from django.views.decorators.http import require_GET, require_safe

from apps.core import clock
from apps.core.colour import accent_steps
from apps.core.errors import TooMany
from apps.kb.models import Translation
from apps.omnichannel.links import call_address, call_links, note_click
from apps.portal import contact, doors
from apps.portal.offices import portal_at
from apps.portal.pages import portal_of, public_page, show

ARTICLES = 6


class Redirect(HttpResponseRedirect):
    """To an address an administrator configured and `calls` has checked, never to one from a request."""

    allowed_schemes = ["https", "tel", "sip", "sips"]


@require_safe
def pick_language(request: HttpRequest) -> HttpResponse:
    """The cookie's language, else the browser's, else the office's."""
    portal = portal_at(request.get_host())
    wanted = get_language_from_request(request)
    asked = bool(request.COOKIES or request.headers.get("Accept-Language"))
    language = wanted if asked and wanted in portal.languages else portal.default_language
    response = HttpResponseRedirect(f"/{language}/")
    response["Vary"] = "Accept-Language, Cookie"
    return response


@public_page
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    portal, language, at = portal_of(request), get_language() or "", clock.now()
    calls = call_links(portal.office, language=language, at=at)
    counters = contact.counters(portal, calls, at)
    articles = (
        Translation.objects.public()
        .in_body(portal.body_id)
        .in_language(language, fallback=portal.default_language)
        .filter(language__in=portal.languages)
        .for_reading()
        .newest_first()
    )
    context = {
        "articles": articles[:ARTICLES],
        "send": contact.request_way(portal, language, at),
        "chat": contact.chat_way(portal, language, at),
        "calls": contact.call_ways(portal, calls, at),
        "counters": counters,
        "closed_today": _closed_today(counters),
    }
    return show(request, "portal/home.html", context)


@require_GET
def call(request: HttpRequest, key: str) -> HttpResponse:
    """To where the call starts; the click is counted, unless a machine clicks all day or only looks ahead."""
    portal = portal_at(request.get_host())
    found = call_address(key)
    if found is None or not found[0].office.path.startswith(portal.office.path):
        raise Http404
    channel, href = found
    if "prefetch" not in request.headers.get("Sec-Purpose", ""):
        try:
            doors.count_call(request)
            note_click(channel)
        except TooMany:
            pass
    return Redirect(href)


@require_safe
def theme(request: HttpRequest, colour: str) -> HttpResponse:
    """The hue of an office on our own steps of lightness: contrast always holds."""
    steps = accent_steps(f"#{colour}")
    if not steps:
        raise Http404
    response = render(request, "portal/theme.css", {"steps": steps}, content_type="text/css; charset=utf-8")
    response["Cache-Control"] = "public, max-age=86400"
    return response


def _closed_today(counters: list[contact.Counter]) -> contact.Counter | None:
    """The first office whose doors stay shut all day on a day that is not like others."""
    return next((c for c in counters if c.today and c.today.is_special and c.today.is_closed), None)
