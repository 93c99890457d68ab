"""My settings, and the pages on which a house says who works in it."""

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import translation
from django.utils.translation import gettext as now_in_words
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_POST

from apps.accounts import services, tasks
from apps.accounts.access import staff_page
from apps.accounts.forms import (
    ChangePasswordForm,
    InviteForm,
    OfficeForm,
    ProfileForm,
    RoleInOfficeForm,
    TeamForm,
    TokenForm,
)
from apps.accounts.models import ApiToken, Membership, Office, Team, User
from apps.core.errors import DomainError
from apps.core.queue import nudge

BOTH = require_http_methods(["GET", "HEAD", "POST"])


@staff_page()
@BOTH
def profile(request: HttpRequest) -> HttpResponse:
    form = ProfileForm(request.POST or None, instance=request.user)
    if request.method == "POST" and form.is_valid():
        user = form.save()
        translation.activate(user.language)
        messages.success(request, now_in_words("Saved."))
        response = redirect("staff:profile")
        response.set_cookie(
            settings.LANGUAGE_COOKIE_NAME,
            user.language,
            max_age=365 * 86400,
            secure=settings.LANGUAGE_COOKIE_SECURE,
            httponly=True,
            samesite="Lax",
        )
        return response
    return render(request, "accounts/profile.html", {"form": form}, status=422 if form.errors else 200)


@staff_page()
@BOTH
def security(request: HttpRequest) -> HttpResponse:
    """Change the password; every other session and socket of this person ends, this one goes on under a new id."""
    user = _me(request)
    form = ChangePasswordForm(request.POST or None, user=user)
    if request.method == "POST" and form.is_valid():
        try:
            services.set_password(user, password=form.cleaned_data["password"])
        except DomainError as error:
            form.add_error("password", str(error.message))
        else:
            update_session_auth_hash(request, user)
            messages.success(request, _("Your password is changed. You are signed out everywhere else."))
            return redirect("staff:security")
    return _security_page(request, form=form, status=422 if form.errors else 200)


@staff_page()
@require_POST
def close_sessions(request: HttpRequest) -> HttpResponse:
    user = _me(request)
    services.end_sessions(user)
    update_session_auth_hash(request, user)
    messages.success(request, _("You are signed out everywhere else."))
    return redirect("staff:security")


@staff_page()
@require_POST
def issue_token(request: HttpRequest) -> HttpResponse:
    """The one answer that ever contains the token."""
    user = _me(request)
    form = TokenForm(request.POST, user=user)
    if not form.is_valid():
        return _security_page(request, token_form=form, status=422)
    _row, text = services.issue_token(user, **form.cleaned_data)
    return _security_page(request, new_token=text)


@staff_page()
@require_POST
def revoke_token(request: HttpRequest, pk: int) -> HttpResponse:
    user = _me(request)
    services.revoke_token(get_object_or_404(ApiToken, pk=pk, user=user), actor=user)
    messages.success(request, _("The key no longer works."))
    return redirect("staff:security")


@staff_page("team.manage")
def people(request: HttpRequest) -> HttpResponse:
    rows = _colleagues(request).prefetch_related("memberships__office", "memberships__role", "teams")
    return render(request, "accounts/people.html", {"people": rows, "ours": set(_ours(request))})


@staff_page("team.manage")
@BOTH
def invite(request: HttpRequest) -> HttpResponse:
    form = InviteForm(request.POST or None, viewer=request.viewer)  # type: ignore[attr-defined]
    if request.method == "POST" and form.is_valid():
        try:
            user = services.invite(viewer=request.viewer, **form.cleaned_data)  # type: ignore[attr-defined]
        except DomainError as error:
            form.add_error(None, str(error.message))
        else:
            nudge(tasks.mail_invitation, user.pk)
            name = form.cleaned_data["full_name"]
            messages.success(request, _("The invitation to %(name)s was sent. It works for 3 days.") % {"name": name})
            return redirect("staff:people")
    return _form_page(request, form, _("Somebody new"), "people", _("Invite"))


@staff_page("team.manage")
def person(request: HttpRequest, pk: int) -> HttpResponse:
    user = get_object_or_404(_colleagues(request).prefetch_related("memberships__office", "memberships__role"), pk=pk)
    form = RoleInOfficeForm(viewer=request.viewer)  # type: ignore[attr-defined]
    offices = set(_ours(request))
    memberships = [row for row in user.memberships.all() if row.office_id in offices]  # type: ignore[attr-defined]
    return render(request, "accounts/person.html", {"person": user, "memberships": memberships, "form": form})


@staff_page("team.manage")
@require_POST
def give_role(request: HttpRequest, pk: int) -> HttpResponse:
    user = get_object_or_404(_colleagues(request), pk=pk)
    form = RoleInOfficeForm(request.POST, viewer=request.viewer)  # type: ignore[attr-defined]
    if not form.is_valid():
        messages.error(request, _("Choose an office and a role."))
        return redirect("staff:person", pk=pk)
    try:
        services.give_another_role(user, viewer=request.viewer, **form.cleaned_data)  # type: ignore[attr-defined]
    except DomainError as error:
        messages.error(request, error.message)
    else:
        messages.success(request, _("Saved."))
    return redirect("staff:person", pk=pk)


@staff_page("team.manage")
@require_POST
def take_role(request: HttpRequest, pk: int, membership: int) -> HttpResponse:
    row = get_object_or_404(
        Membership.objects.select_related("user", "office", "role"),
        pk=membership,
        user_id=pk,
        office_id__in=_ours(request),
    )
    try:
        services.take_role(row, viewer=request.viewer)  # type: ignore[attr-defined]
    except DomainError as error:
        messages.error(request, error.message)
        return redirect("staff:person", pk=pk)
    messages.success(request, _("Saved."))
    return redirect("staff:people")


@staff_page("team.manage")
@require_POST
def set_active(request: HttpRequest, pk: int) -> HttpResponse:
    """`active=1` lets the person in again; anything else shuts the door."""
    user = get_object_or_404(_colleagues(request), pk=pk)
    verb = services.activate if request.POST.get("active") == "1" else services.deactivate
    try:
        verb(user, viewer=request.viewer)  # type: ignore[attr-defined]
    except DomainError as error:
        messages.error(request, error.message)
    else:
        messages.success(request, _("Saved."))
    return redirect("staff:person", pk=pk)


@staff_page("team.manage")
def teams(request: HttpRequest) -> HttpResponse:
    rows = (
        Team.objects.filter(office_id__in=_ours(request))
        .select_related("office", "calendar")
        .prefetch_related("members")
    )
    return render(request, "accounts/teams.html", {"teams": rows})


@staff_page("team.manage")
@BOTH
def edit_team(request: HttpRequest, slug: str = "") -> HttpResponse:
    team = get_object_or_404(Team, slug=slug, office_id__in=_ours(request)) if slug else Team()
    form = TeamForm(request.POST or None, instance=team, viewer=request.viewer)  # type: ignore[attr-defined]
    if request.method == "POST" and form.is_valid():
        try:
            services.save_team(form.save(commit=False), members=form.cleaned_data["members"], actor=request.user)
        except DomainError as error:
            form.add_error(error.detail.get("field"), str(error.message))
        else:
            messages.success(request, _("Saved."))
            return redirect("staff:teams")
    return _form_page(request, form, team.name if slug else _("New team"), "teams", _("Save"))


@staff_page("office.manage")
def offices(request: HttpRequest) -> HttpResponse:
    rows = Office.objects.where(request.viewer, "office.manage").select_related("parent", "calendar")  # type: ignore[attr-defined]
    return render(request, "accounts/offices.html", {"offices": rows})


@staff_page("office.manage")
@BOTH
def edit_office(request: HttpRequest, slug: str = "") -> HttpResponse:
    ours = Office.objects.where(request.viewer, "office.manage")  # type: ignore[attr-defined]
    office = get_object_or_404(ours, slug=slug) if slug else Office(languages=["es"])
    form = OfficeForm(request.POST or None, instance=office, viewer=request.viewer)  # type: ignore[attr-defined]
    if request.method == "POST" and form.is_valid():
        services.save_office(form.save(commit=False), actor=request.user)
        messages.success(request, _("Saved."))
        return redirect("staff:offices")
    return _form_page(request, form, office.name if slug else _("New office"), "offices", _("Save"))


def _me(request: HttpRequest) -> User:
    return User.objects.get(pk=request.user.pk)


def _ours(request: HttpRequest) -> tuple[int, ...]:
    return request.viewer.offices_with("team.manage")  # type: ignore[attr-defined]


def _colleagues(request: HttpRequest) -> Any:
    """Who has work in an office whose people the viewer looks after."""
    return User.objects.working_in(_ours(request))


def _security_page(request: HttpRequest, *, status: int = 200, **context: Any) -> HttpResponse:
    user = _me(request)
    context.setdefault("form", ChangePasswordForm(user=user))
    context.setdefault("token_form", TokenForm(user=user))
    context["tokens"] = ApiToken.objects.filter(user=user).select_related("office", "role")
    return render(request, "accounts/security.html", context, status=status)


def _form_page(request: HttpRequest, form: Any, heading: Any, section: str, button: Any) -> HttpResponse:
    context = {"form": form, "heading": heading, "section": section, "button": button, "back": f"staff:{section}"}
    return render(request, "accounts/form_page.html", context, status=422 if form.errors else 200)
