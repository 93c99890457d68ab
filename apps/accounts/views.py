"""Coming in, going out, and a new password."""

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import login
from django.contrib.auth.views import LoginView, LogoutView
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from apps.accounts import services, tasks
from apps.accounts.forms import AskForLinkForm, NewPasswordForm, SignInForm
from apps.core import limits
from apps.core.errors import DomainError, TooMany
from apps.core.queue import nudge

BACKEND = "django.contrib.auth.backends.ModelBackend"


class SignIn(LoginView):
    form_class = SignInForm
    template_name = "accounts/login.html"

    def form_valid(self, form: SignInForm) -> HttpResponse:
        response = super().form_valid(form)
        services.note_sign_in(form.get_user(), address=_address(self.request))  # type: ignore[arg-type]
        _speak(response, form.get_user().language)  # type: ignore[union-attr]
        return response


class SignOut(LogoutView):
    http_method_names = ["post", "options"]


@require_http_methods(["GET", "HEAD", "POST"])
def ask_for_link(request: HttpRequest) -> HttpResponse:
    """The answer never tells whether the address is known (S-37)."""
    form = AskForLinkForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        address = form.cleaned_data["email"].lower()
        try:
            limits.allow("reset-from", _address(request), limit=20, seconds=900)
            limits.allow("reset-for", address, limit=3, seconds=900)
        except TooMany as error:
            return _too_many(request, error)
        nudge(tasks.mail_reset, address)
        return render(request, "accounts/link_sent.html")
    return render(request, "accounts/ask_for_link.html", {"form": form}, status=422 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
def choose_password(request: HttpRequest, purpose: str, token: str) -> HttpResponse:
    """Opening the link changes nothing; mail scanners open links (S-34)."""
    if purpose not in services.LINK_LIVES:
        raise Http404
    user = services.user_of_link(purpose, token)
    if user is None:
        return render(request, "accounts/link_over.html", {"purpose": purpose}, status=404)
    form = NewPasswordForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            services.set_password(user, password=form.cleaned_data["password"])
        except DomainError as error:
            form.add_error("password", str(error.message))
        else:
            login(request, user, backend=BACKEND)
            services.note_sign_in(user, address=_address(request))
            messages.success(request, _("Your password is set."))
            return _speak(redirect(settings.LOGIN_REDIRECT_URL), user.language)
    context = {"form": form, "user_for": user, "purpose": purpose}
    return render(request, "accounts/choose_password.html", context, status=422 if form.errors else 200)


def _address(request: HttpRequest) -> str:
    return request.META.get("REMOTE_ADDR") or ""


def _too_many(request: HttpRequest, error: TooMany) -> HttpResponse:
    context = {"form": AskForLinkForm(), "wait": error.retry_after, "back": reverse("accounts:login")}
    response = render(request, "accounts/ask_for_link.html", context, status=429)
    response["Retry-After"] = str(error.retry_after)
    return response


def _speak(response: Any, language: str) -> Any:
    """Public pages on this browser speak the person's language too."""
    response.set_cookie(
        settings.LANGUAGE_COOKIE_NAME,
        language,
        max_age=365 * 86400,
        secure=settings.LANGUAGE_COOKIE_SECURE,
        httponly=settings.LANGUAGE_COOKIE_HTTPONLY,
        samesite=settings.LANGUAGE_COOKIE_SAMESITE,
    )
    return response
