"""Refusals become pages that say what happened and what to do."""

import logging
from collections.abc import Callable

from django.db import OperationalError
from django.http import HttpRequest, HttpResponse

from apps.core.errors import TooMany
from apps.portal.offices import NoOffice
from apps.portal.views import errors

log = logging.getLogger(__name__)


class RefusalPages:
    """429 with the seconds to wait, 503 where the database does not answer or nothing is set up yet."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if isinstance(exception, TooMany):
            return errors.too_many(request, exception.retry_after)
        if isinstance(exception, NoOffice):
            return errors.unavailable(request)
        if isinstance(exception, OperationalError):
            log.exception("the database does not answer")
            return errors.unavailable(request)
        return None
