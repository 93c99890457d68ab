"""What every page of the portal needs: whose page it is, in which language, and who reads it."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from functools import wraps
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language

from apps.accounts.viewers import ANONYMOUS, for_person
from apps.core.colour import accent_steps
from apps.portal import services
from apps.portal.models import Device
from apps.portal.offices import Portal, base_url, portal_at
from apps.portal.services.access import Entered

View = Callable[..., HttpResponse]
COOKIE = f"{'__Host-' if settings.IS_HTTPS else ''}acudo_person"
OWN_NAMES = {"es": "Español", "it": "Italiano", "en": "English", "pt": "Português"}
CACHED_SECONDS = 300


def public_page(view: View) -> View:
    """Open to everybody, the same for everybody who asks with the same address and cookie."""

    @wraps(view)
    def page(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        _settle(request)
        with _office_time(request):
            return view(request, *args, **kwargs)

    return page


def cached_page(view: View) -> View:
    """Open to everybody and the same for everybody: no cookie is read or set, any cache may keep it."""

    @wraps(view)
    def page(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        _settle(request)
        request.is_cached_page = True  # type: ignore[attr-defined]
        with _office_time(request):
            response = view(request, *args, **kwargs)
        response["Cache-Control"] = f"public, max-age={CACHED_SECONDS}"
        return response

    return page


def person_page(view: View) -> View:
    """For the person whose device this is. Everybody else is asked for an address first."""

    @wraps(view)
    def page(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        _settle(request)
        device = device_of(request)
        if device is None:
            return HttpResponseRedirect(reverse("portal:access"))
        request.person = device.person  # type: ignore[attr-defined]
        request.viewer = for_person(device.person)  # type: ignore[attr-defined]
        with _office_time(request):
            return view(request, *args, **kwargs)

    return page


def portal_of(request: HttpRequest) -> Portal:
    return request.portal  # type: ignore[attr-defined, no-any-return]


def device_of(request: HttpRequest) -> Device | None:
    """The device this request comes from, looked up once."""
    if not hasattr(request, "_device"):
        secret = request.COOKIES.get(COOKIE, "")
        body_id = portal_of(request).body_id
        request._device = services.device_with(secret, body_id=body_id) if secret else None  # type: ignore[attr-defined]
    return request._device  # type: ignore[attr-defined, no-any-return]


def remember(response: HttpResponse, entered: Entered) -> None:
    """30 days on an own device; on a shared one until the browser is closed."""
    response.set_cookie(
        COOKIE,
        entered.secret,
        expires=None if entered.device.is_shared else entered.device.expires_at,
        secure=settings.IS_HTTPS,
        httponly=True,
        samesite="Lax",
    )


def forget(response: HttpResponse) -> None:
    response.delete_cookie(COOKIE, samesite="Lax")


def show(
    request: HttpRequest, template: str, context: dict[str, Any] | None = None, *, status: int = 200
) -> HttpResponse:
    """A page in the portal's frame. `language_urls` in the context names other addresses for other languages."""
    portal = portal_of(request)
    context = context or {}
    frame: dict[str, Any] = {
        "portal": portal,
        "body_name": portal.office.name,
        "language_links": language_links(request, portal, context.get("language_urls")),
        "theme_url": theme_url(portal),
        "base_url": base_url(portal.office),
    }
    if getattr(request, "is_cached_page", False):
        # Asking for either would read the session and make the page one browser's own.
        frame |= {"messages": (), "csrf_token": ""}
    return render(request, template, frame | context, status=status)


def language_links(request: HttpRequest, portal: Portal, urls: dict[str, str] | None) -> list[dict[str, Any]]:
    """The same page in the other languages; the question of a search goes along."""
    current = get_language()
    query = f"?{request.GET.urlencode()}" if request.GET else ""
    same = {code: f"/{code}{request.path[3:]}{query}" for code in portal.languages}
    return [
        {"code": code, "name": OWN_NAMES[code], "url": (urls or same)[code], "is_current": code == current}
        for code in portal.languages
        if code in (urls or same)
    ]


def theme_url(portal: Portal) -> str:
    """The office's colour as a sheet of its own; '' where it has none."""
    if not accent_steps(portal.office.accent):
        return ""
    return reverse("portal_theme", args=[portal.office.accent.removeprefix("#").lower()])


def _office_time(request: HttpRequest) -> AbstractContextManager[None]:
    """Every hour on the page is the office's."""
    return timezone.override(ZoneInfo(portal_of(request).office.time_zone))


def _settle(request: HttpRequest) -> None:
    """Which portal, and does it speak this language? A staff session of the same browser counts for nothing here."""
    request.portal = portal_at(request.get_host())  # type: ignore[attr-defined]
    request.viewer = ANONYMOUS  # type: ignore[attr-defined]
    if get_language() not in portal_of(request).languages:
        raise Http404
