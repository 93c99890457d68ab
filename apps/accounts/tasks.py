"""Letters to the people who work here. Sent from a task, so that a known address takes no longer than a stranger's."""

from celery import shared_task
from django.conf import settings
from django.core.mail import send_mail
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation

from apps.accounts.models import User
from apps.accounts.services import INVITATION, RESET, password_link


@shared_task
def mail_reset(typed: str) -> None:
    """A second run sends a second letter with the same power; both die with the first use (S-38)."""
    user = User.objects.active().filter(email=typed.lower()).first()  # type: ignore[attr-defined]
    if user:
        _mail(user, RESET)


@shared_task
def mail_invitation(user_id: int) -> None:
    user = User.objects.active().filter(pk=user_id).first()  # type: ignore[attr-defined]
    if user:
        _mail(user, INVITATION)


def _mail(user: User, purpose: str) -> None:
    """To the stored address, with a link under the configured one: no header of a request reaches it."""
    path = reverse("accounts:choose_password", args=[purpose, password_link(user, purpose)])
    words = {"user": user, "link": f"{settings.ACUDO_BASE_URL}{path}", "has_password": user.has_usable_password()}
    words["sign_in"] = f"{settings.ACUDO_BASE_URL}{reverse('accounts:login')}"
    with translation.override(user.language):
        subject = " ".join(render_to_string(f"accounts/mail/{purpose}_subject.txt", words).split())
        send_mail(subject, render_to_string(f"accounts/mail/{purpose}.txt", words), None, [user.email])
