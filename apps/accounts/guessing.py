"""How often somebody may try passwords: five times for an account, twenty from an address, in a quarter of an hour."""

from typing import Any

from axes.handlers.database import AxesDatabaseHandler
from axes.models import AccessAttempt
from django.conf import settings
from django.http import HttpRequest, HttpResponse


class TwoLimits(AxesDatabaseHandler):
    """AXES_FAILURE_LIMIT holds for the account; the address, which many may share, has its own and wider one (S-36)."""

    def get_failures(self, request: HttpRequest, credentials: dict[str, Any] | None = None) -> int:
        of_account, of_address = (
            sum(attempts.values_list("failures_since_start", flat=True))
            for attempts in self.get_user_attempts(request, credentials)
        )
        if of_address >= settings.ACUDO_SIGN_IN_TRIES_PER_ADDRESS:
            return settings.AXES_FAILURE_LIMIT
        return of_account

    def reset_user_attempts(self, request: HttpRequest, credentials: dict[str, Any] | None = None) -> int:
        """A success clears the account's own failures: those made at others from the same address stay counted."""
        return AccessAttempt.objects.filter(username=account(request, credentials)).delete()[0]


def account(request: HttpRequest, credentials: dict[str, Any] | None = None) -> str:
    """The account somebody tries, however they spell it."""
    typed = credentials or request.POST
    return str(typed.get(settings.AXES_USERNAME_FORM_FIELD) or "").strip().lower()[:250]


def same_answer(
    request: HttpRequest, original: HttpResponse, credentials: dict[str, Any] | None = None
) -> HttpResponse:
    """Locked or wrong: nobody is told which (S-37)."""
    return original
