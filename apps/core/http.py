"""Answers for a page that swaps pieces, and for the same page without script."""

import json
from typing import Any
from urllib.parse import quote

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.http import url_has_allowed_host_and_scheme

from apps.core.errors import DomainError


def is_partial(request: HttpRequest) -> bool:
    """A script asks for a piece. Going back in the history asks for the whole page."""
    return request.headers.get("HX-Request") == "true" and "HX-History-Restore-Request" not in request.headers


def back(request: HttpRequest, fallback: str) -> str:
    """Where the form says it came from, if that is one of our own pages (S-51)."""
    url = request.POST.get("back", "")
    return url if url.startswith("/") and url_has_allowed_host_and_scheme(url, allowed_hosts=None) else fallback


def done(request: HttpRequest, text: Any, *, to: str, event: str = "desk:changed", **detail: Any) -> HttpResponse:
    """It happened: scripts hear `event` and fetch what they show; without script the page is loaded again."""
    if is_partial(request):
        response = HttpResponse(status=204)
        response["HX-Trigger"] = json.dumps({event: {"text": str(text), **detail}})
        return response
    if text:
        messages.success(request, text)
    return HttpResponseRedirect(back(request, to))


def refused(request: HttpRequest, error: DomainError, *, to: str) -> HttpResponse:
    """It did not happen, and why."""
    if is_partial(request):
        # 400 swaps nothing: the page stays as it is, with the sentence beside it.
        response = HttpResponse(str(error.message), status=400 if error.status in {409, 422} else error.status)
        response["Content-Type"] = "text/plain; charset=utf-8"
        response["X-Acudo-Message"] = quote(str(error.message))
        return response
    messages.error(request, error.message)
    return HttpResponseRedirect(back(request, to))
