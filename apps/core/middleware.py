"""Small things every answer needs."""

import contextlib
import uuid
from collections.abc import Callable
from io import BytesIO

import structlog
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import get_callable
from django.utils.cache import patch_cache_control
from whitenoise.middleware import WhiteNoiseMiddleware
from whitenoise.responders import StaticFile

Answer = Callable[[HttpRequest], HttpResponse]


class RequestIdMiddleware:
    """One id in the log line, the answer's header and the error page: all an error ever shows."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.id = uuid.uuid4().hex[:16]
        structlog.contextvars.bind_contextvars(request_id=request.id)
        try:
            response = self.get_response(request)
        finally:
            structlog.contextvars.unbind_contextvars("request_id")
        response["X-Request-Id"] = request.id
        return response


class StaticFilesMiddleware(WhiteNoiseMiddleware):
    """Our files are small: handed over whole. A stream would be taken apart in a thread and put together again."""

    @staticmethod
    def serve(static_file: StaticFile, request: HttpRequest) -> HttpResponse:
        found = static_file.get_response(request.method, request.META)
        with found.file or contextlib.nullcontext(BytesIO()) as file:
            response = HttpResponse(file.read(), status=int(found.status))
        del response["Content-Type"]
        for name, value in found.headers:
            response[name] = value
        return response


class NoStoreMiddleware:
    """What a view did not declare cacheable is private: also fragments, errors and odd suffixes (S-51)."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if not response.has_header("Cache-Control"):
            patch_cache_control(response, private=True, no_store=True)
        return response


class SameOriginMiddleware:
    """Beside the CSRF token, the browser's own word about where an unsafe request comes from (S-46)."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Callable, view_args: tuple, view_kwargs: dict
    ) -> HttpResponse | None:
        is_unsafe = request.method not in ("GET", "HEAD", "OPTIONS", "TRACE")
        is_ours = request.headers.get("Sec-Fetch-Site", "same-origin") in ("same-origin", "none")
        if is_ours or not is_unsafe or getattr(view, "csrf_exempt", False):
            return None
        return get_callable(settings.CSRF_FAILURE_VIEW)(request, reason="The request comes from another site.")
