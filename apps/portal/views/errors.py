"""Pages for when something is wrong: own words, the same frame, no database needed. The desk's use them too."""

import logging
from typing import Any

from django.conf import settings
from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.utils import translation

from apps.core.http import is_partial
from apps.portal.offices import NoOffice, Portal, portal_at
from apps.portal.pages import OWN_NAMES, theme_url

log = logging.getLogger(__name__)
RETRY_SECONDS = 30


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return error_page(request, 400)


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return error_page(request, 403)


def bad_token(request: HttpRequest, reason: str = "") -> HttpResponse:
    """The form's token is missing or old, or the request comes from another site (S-46)."""
    return error_page(request, 403, template="403_csrf.html")


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """The same bytes for what is not there and for what is not for you (S-28)."""
    return error_page(request, 404)


def too_many(request: HttpRequest, seconds: int) -> HttpResponse:
    response = error_page(request, 429, seconds=seconds, minutes=0 if seconds <= 90 else -(-seconds // 60))
    response["Retry-After"] = str(seconds)
    return response


def failed(request: HttpRequest) -> HttpResponse:
    return error_page(request, 500, knows_house=False)


def unavailable(request: HttpRequest) -> HttpResponse:
    response = error_page(request, 503, knows_house=False)
    response["Retry-After"] = str(RETRY_SECONDS)
    return response


def error_page(
    request: HttpRequest, status: int, *, template: str = "", knows_house: bool = True, **context: Any
) -> HttpResponse:
    """Drawn without the request, so that neither session nor person is looked up on the way."""
    portal = _portal(request) if knows_house else getattr(request, "portal", None)
    language = translation.get_language() or settings.LANGUAGE_CODE
    codes = portal.languages if portal else ()
    words = {
        "status": status,
        "is_desk": request.path.startswith(("/desk/", "/accounts/", "/admin/")),
        "is_partial": is_partial(request),
        "portal": portal,
        "body_name": portal.office.name if portal else "",
        "theme_url": theme_url(portal) if portal else "",
        "language_links": [
            {"code": code, "name": OWN_NAMES[code], "url": f"/{code}/", "is_current": code == language}
            for code in codes
        ],
        "request_id": getattr(request, "id", "")[:8].upper() if status >= 500 else "",
        **context,
    }
    with translation.override(language):
        return HttpResponse(render_to_string(template or f"{status}.html", words), status=status)


def _portal(request: HttpRequest) -> Portal | None:
    known = getattr(request, "portal", None)
    if known is not None:
        return known  # type: ignore[no-any-return]
    try:
        return portal_at(request.get_host())
    except (NoOffice, DatabaseError):
        return None
    except Exception:
        log.exception("the error page does not know whose house this is")
        return None
