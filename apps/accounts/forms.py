"""What people who work here may type about themselves, their colleagues and their house."""

import zoneinfo
from typing import Any

from django import forms
from django.conf import settings
from django.contrib.auth.forms import AuthenticationForm
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy as within

from apps.accounts.models import Membership, Office, Role, Team, User
from apps.accounts.services import check_office, grantable_roles
from apps.accounts.viewers import Viewer
from apps.core.errors import DomainError
from apps.core.forms import Dressed

TOKEN_DAYS = {30: _("30 days"), 90: _("90 days"), 365: _("One year")}
THEMES = [("system", _("Like the device")), ("light", within("theme", "Light")), ("dark", within("theme", "Dark"))]
DENSITIES = [("comfortable", _("Comfortable")), ("compact", _("Compact"))]


class SignInForm(Dressed, AuthenticationForm):
    error_messages = {
        # One sentence for everything that can be wrong, so that nobody learns who has an account (S-37).
        "invalid_login": _("E-mail or password is not right. After five tries you have to wait 15 minutes."),
        "inactive": _("E-mail or password is not right. After five tries you have to wait 15 minutes."),
    }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["username"].label = _("E-mail")
        self.fields["username"].widget = forms.EmailInput(
            attrs={"class": "field", "autocomplete": "username", "autofocus": True, "maxlength": 254}
        )


class AskForLinkForm(Dressed, forms.Form):
    email = forms.EmailField(
        label=_("E-mail"), max_length=254, widget=forms.EmailInput(attrs={"autocomplete": "username"})
    )


class NewPasswordForm(Dressed, forms.Form):
    password = forms.CharField(
        label=_("New password"),
        help_text=_("At least 12 characters. A few words in a row are easy to remember."),
        max_length=200,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )


class ChangePasswordForm(NewPasswordForm):
    current = forms.CharField(
        label=_("Password until now"),
        max_length=200,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )
    field_order = ["current", "password"]

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user

    def clean_current(self) -> str:
        if not self.user.check_password(self.cleaned_data["current"]):
            raise ValidationError(_("This is not your password."))
        return self.cleaned_data["current"]


class ProfileForm(Dressed, forms.ModelForm):
    theme = forms.ChoiceField(label=_("Colours"), choices=THEMES)
    density = forms.ChoiceField(label=_("Density"), choices=DENSITIES)

    class Meta:
        model = User
        fields = ["full_name", "language", "theme", "density", "shortcuts_on"]
        labels = {"language": _("Language"), "shortcuts_on": _("Letter keys are shortcuts")}
        help_texts = {"shortcuts_on": _("Turn this off if you use a screen reader or dictate.")}


class TokenForm(Dressed, forms.Form):
    name = forms.CharField(label=_("What is it for?"), max_length=80)
    membership = forms.ModelChoiceField(
        label=_("May do"), queryset=Membership.objects.none(), help_text=_("One of your roles, in one office.")
    )
    days = forms.TypedChoiceField(label=_("Works for"), choices=list(TOKEN_DAYS.items()), coerce=int, initial=90)

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["membership"]
        field.queryset = Membership.objects.filter(user=user).select_related("office", "role")  # type: ignore[attr-defined]
        field.label_from_instance = lambda row: f"{row.role} · {row.office}"  # type: ignore[attr-defined]


class RoleInOfficeForm(Dressed, forms.Form):
    """A role and an office: only what the viewer may give away."""

    office = forms.ModelChoiceField(label=_("Office"), queryset=Office.objects.none())
    role = forms.ModelChoiceField(label=_("Role"), queryset=Role.objects.none())

    def __init__(self, *args: Any, viewer: Viewer, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offices = Office.objects.where(viewer, "team.manage")
        self.fields["office"].queryset = offices  # type: ignore[attr-defined]
        keys = {role.pk for office in offices for role in grantable_roles(viewer, office)}
        self.fields["role"].queryset = Role.objects.filter(pk__in=keys)  # type: ignore[attr-defined]


class InviteForm(RoleInOfficeForm):
    full_name = forms.CharField(label=_("Full name"), max_length=120)
    email = forms.EmailField(label=_("E-mail"), max_length=254)
    language = forms.ChoiceField(label=_("Language"), choices=settings.LANGUAGES)
    field_order = ["full_name", "email", "language", "office", "role"]


class TeamForm(Dressed, forms.ModelForm):
    members = forms.ModelMultipleChoiceField(
        label=_("Members"), queryset=User.objects.none(), required=False, widget=forms.CheckboxSelectMultiple
    )

    class Meta:
        model = Team
        fields = ["name", "office", "party", "calendar"]
        labels = {"office": _("Office"), "calendar": _("Opening hours")}

    def __init__(self, *args: Any, viewer: Viewer, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["office"].queryset = Office.objects.where(viewer, "team.manage")  # type: ignore[attr-defined]
        self.fields["party"].required = False  # left out: the desk
        calendar: Any = self.fields["calendar"]
        calendar.queryset = calendar.queryset.filter(office__body_id__in=viewer.body_ids)
        calendar.empty_label = _("Those of the office")
        people = User.objects.active().visible_to(viewer)
        if self.instance.pk:
            people = people.filter(memberships__office__body_id=self.instance.office.body_id).distinct()
            self.initial["members"] = list(self.instance.members.values_list("pk", flat=True))
        self.fields["members"].queryset = people  # type: ignore[attr-defined]

    def clean_party(self) -> str:
        return self.cleaned_data["party"] or self.instance.party


class OfficeForm(Dressed, forms.ModelForm):
    languages = forms.MultipleChoiceField(
        label=_("Languages people may choose"), choices=settings.LANGUAGES, widget=forms.CheckboxSelectMultiple
    )
    default_language = forms.ChoiceField(label=_("First language"), choices=settings.LANGUAGES)
    time_zone = forms.ChoiceField(
        label=_("Time zone"), choices=[(zone, zone) for zone in sorted(zoneinfo.available_timezones())]
    )

    map_url = forms.URLField(label=_("Link to a map"), required=False, assume_scheme="https")

    class Meta:
        model = Office
        fields = [
            "name",
            "parent",
            "languages",
            "default_language",
            "time_zone",
            "calendar",
            "term_person",
            "accent",
            "phone",
            "email",
            "address",
            "map_url",
        ]
        labels = {
            "parent": _("Part of"),
            "calendar": _("Opening hours"),
            "term_person": _("We call them"),
            "accent": _("Colour"),
            "phone": _("Telephone"),
            "email": _("E-mail"),
            "address": _("Address"),
        }
        help_texts = {"accent": _("Like #1d5f8a.")}

    def __init__(self, *args: Any, viewer: Viewer, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        ours = Office.objects.where(viewer, "office.manage")
        if self.instance.pk:
            # Moving an office under another would move the wall with it.
            del self.fields["parent"]
            calendars = self.fields["calendar"].queryset  # type: ignore[attr-defined]
            self.fields["calendar"].queryset = calendars.filter(office__body_id=self.instance.body_id)  # type: ignore[attr-defined]
            if self.instance.parent_id:
                self.fields["calendar"].empty_label = _("Those of the office above")  # type: ignore[attr-defined]
        else:
            self.fields["parent"].queryset = ours  # type: ignore[attr-defined]
            self.fields["parent"].required = True
            del self.fields["calendar"]

    def clean_accent(self) -> str:
        return self.cleaned_data["accent"].strip().lower()

    def _post_clean(self) -> None:
        """The verb's own rules, said beside the field they are about."""
        super()._post_clean()
        if self.errors:
            return
        try:
            check_office(self.instance)
        except DomainError as error:
            self.add_error(error.detail["field"] if error.detail["field"] in self.fields else None, str(error.message))
