import hmac
import ipaddress

from django.conf import settings
from django.http import Http404, HttpRequest, JsonResponse
from django.views.decorators.http import require_safe

from apps.reporting import health


@require_safe
def live(request: HttpRequest) -> JsonResponse:
    """The process answers. Asks nothing of anybody else."""
    return JsonResponse({"status": "well"})


@require_safe
def ready(request: HttpRequest) -> JsonResponse:
    report = health.ready()
    return JsonResponse({"status": report.as_plain()["status"]}, status=200 if report.is_well else 503)


@require_safe
def deep(request: HttpRequest) -> JsonResponse:
    if not (_is_from_here(request) or _has_token(request)):
        raise Http404
    report = health.deep()
    return JsonResponse(report.as_plain(), status=200 if report.is_well else 503)


def _is_from_here(request: HttpRequest) -> bool:
    """A proxy on this machine is not a visitor from this machine: its forwarded headers, believed or not, show it."""
    if getattr(request, "scope", {}).get("acudo.was_forwarded"):
        return False
    try:
        return ipaddress.ip_address(request.META.get("REMOTE_ADDR", "")).is_loopback
    except ValueError:
        return False


def _has_token(request: HttpRequest) -> bool:
    expected = settings.ACUDO_HEALTH_TOKEN
    given = request.headers.get("Authorization", "").removeprefix("Bearer ")
    return bool(expected) and hmac.compare_digest(given.encode(), expected.encode())
