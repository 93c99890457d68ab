"""Every refusal has one shape: {"code", "message", "detail"}."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.utils.translation import gettext_lazy as _
from rest_framework import exceptions
from rest_framework.response import Response
from rest_framework.views import set_rollback

from apps.core.errors import DomainError, TooMany


def answer(error: Exception, context: dict[str, Any]) -> Response | None:
    """What cannot be seen and what does not exist are one answer (S-28). None: our own mistake, a plain 500."""
    set_rollback()
    if isinstance(error, DomainError):
        response = _refusal(error.status, error.code, error.message, _plain(error.detail))
        if isinstance(error, TooMany):
            response["Retry-After"] = str(error.retry_after)
        return response
    if isinstance(error, Http404 | PermissionDenied | exceptions.NotFound):
        return _refusal(404, "not_found", _("There is nothing here."), {})
    if isinstance(error, exceptions.ValidationError):
        return _refusal(400, "invalid", _("Some of what was sent cannot be used."), _by_field(error.detail))
    if isinstance(error, exceptions.APIException):
        response = _refusal(error.status_code, _code(error), error.detail, {})
        header = getattr(error, "auth_header", None)
        if header:
            response["WWW-Authenticate"] = header
        return response
    return None


def _refusal(status: int, code: str, message: Any, detail: Any) -> Response:
    return Response({"code": code, "message": str(message), "detail": detail}, status=status)


def _by_field(detail: Any) -> Any:
    return detail if isinstance(detail, dict) else {"non_field_errors": detail}


def _code(error: exceptions.APIException) -> str:
    codes = error.get_codes()
    return codes if isinstance(codes, str) else error.default_code


def _plain(detail: dict[str, Any]) -> dict[str, Any]:
    return {key: value if isinstance(value, int | list | dict | None) else str(value) for key, value in detail.items()}
