"""What people may type, and how it is cleaned. Sentences say what to do, never what somebody did wrong."""

import re
from collections.abc import Iterable
from typing import Any

from django import forms
from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from apps.portal.services import NEEDS
from apps.tickets.models import Ticket

TEXT_LENGTH = 10_000
OFFERED_BYTES = 20_000_000
OTHER = "other"
PHONE = re.compile(r"\+?[0-9][0-9\s().\-/]{3,24}", re.ASCII)


class Files(forms.FileInput):
    allow_multiple_selected = True


class FilesField(forms.FileField):
    """Any number of files up to the limit; cleaned to a list."""

    widget = Files

    def clean(self, data: Any, initial: Any = None) -> list[UploadedFile]:  # type: ignore[override]
        uploads = [upload for upload in (data if isinstance(data, (list, tuple)) else [data]) if upload]
        if len(uploads) > settings.ACUDO_MAX_FILES:
            raise forms.ValidationError(gettext("At most %(n)s files.") % {"n": settings.ACUDO_MAX_FILES})
        for upload in uploads:
            if upload.size > OFFERED_BYTES:
                raise forms.ValidationError(
                    gettext("%(name)s weighs %(size)s MB. The maximum is %(most)s MB. Choose another file.")
                    % {"name": upload.name, "size": round(upload.size / 1e6), "most": OFFERED_BYTES // 1_000_000}
                )
        return uploads


class ServiceForm(forms.Form):
    """What is it about?"""

    form = forms.ChoiceField(
        label=_("What is it about?"),
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose one. If you are not sure, choose the last one.")},
    )

    def __init__(self, *args: Any, names: Iterable[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["form"].choices = [(name, name) for name in names]  # type: ignore[attr-defined]


class MatterForm(forms.Form):
    text = forms.CharField(
        label=_("Tell us what you need"),
        help_text=_("Do not write passwords or card numbers."),
        max_length=TEXT_LENGTH,
        widget=forms.Textarea(attrs={"class": "field", "rows": 8}),
        error_messages={
            "required": _("Tell us what you need. One sentence is enough."),
            "max_length": _("That is too long for one request. Write the most important part, and attach the rest."),
        },
    )
    files = FilesField(
        label=_("Files"),
        help_text=_("Photos or documents, up to 20 MB each."),
        required=False,
        widget=Files(attrs={"class": "field", "multiple": True}),
    )


class ContactForm(forms.Form):
    """How to answer. For a person we know already only what may be different this time is asked."""

    name = forms.CharField(
        label=_("Full name"),
        max_length=120,
        widget=forms.TextInput(attrs={"class": "field", "autocomplete": "name"}),
        error_messages={"required": _("Write your name, so that we know how to address you.")},
    )
    email = forms.EmailField(
        label=_("E-mail"),
        help_text=_("We answer there. You can also follow your request with it."),
        max_length=200,
        required=False,
        widget=forms.EmailInput(attrs={"class": "field", "autocomplete": "email", "spellcheck": "false"}),
        error_messages={"invalid": _("Write the e-mail with an @, for example maria@olmo.example.")},
    )
    phone = forms.CharField(
        label=_("Telephone"),
        help_text=_("If you have no e-mail, or prefer that we call you."),
        max_length=30,
        required=False,
        widget=forms.TextInput(attrs={"class": "field", "type": "tel", "autocomplete": "tel"}),
    )
    language = forms.ChoiceField(
        label=_("In which language shall we answer?"), widget=forms.Select(attrs={"class": "field"})
    )
    needs = forms.MultipleChoiceField(
        label=_("Do you need any of these?"),
        choices=list(NEEDS.items()),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    other_need = forms.CharField(
        label=_("Something else that helps you"),
        max_length=200,
        required=False,
        widget=forms.TextInput(attrs={"class": "field"}),
    )

    def __init__(self, *args: Any, languages: list[tuple[str, str]], is_known: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["language"].choices = languages  # type: ignore[attr-defined]
        self.is_known = is_known
        if is_known:
            for name in ("name", "email", "phone"):
                del self.fields[name]

    def clean_phone(self) -> str:
        phone = self.cleaned_data["phone"].strip()
        if phone and not PHONE.fullmatch(phone):
            raise forms.ValidationError(gettext("Write the telephone in figures, for example 2400 0000."))
        return phone

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        has_none = not data.get("email") and not data.get("phone")
        if not self.is_known and has_none and not ({"email", "phone"} & set(self.errors)):
            self.add_error("email", gettext("Write your e-mail or your telephone."))
        return data


class SendForm(forms.Form):
    """Nobody sees this field; who fills it in is no person, or a program that meant well."""

    website = forms.CharField(required=False, max_length=200)

    @property
    def is_trapped(self) -> bool:
        return bool(self.data.get("website"))


class AskForm(forms.Form):
    """An address, or the number of a request."""

    who = forms.CharField(
        label=_("Your e-mail or the number of your request"),
        help_text=_("For example maria@olmo.example or 2026-004821."),
        max_length=200,
        widget=forms.TextInput(
            attrs={"class": "field", "autocomplete": "email", "spellcheck": "false", "autocapitalize": "none"}
        ),
        error_messages={"required": _("Write your e-mail or the number of your request.")},
    )

    def clean_who(self) -> str:
        """The address in lower case, or '#' and the number."""
        text = self.cleaned_data["who"].strip()
        number = Ticket.pk_from_reference(text)
        if number is not None:
            return f"#{number}"
        try:
            return forms.EmailField(max_length=200).clean(text).lower()
        except forms.ValidationError as error:
            raise forms.ValidationError(gettext("Write an e-mail with an @, or a number like 2026-004821.")) from error


class CodeForm(forms.Form):
    code = forms.CharField(
        label=_("The code in the letter"),
        help_text=_("Six figures. It works for 15 minutes."),
        max_length=20,
        widget=forms.TextInput(attrs={"class": "field code", "inputmode": "numeric", "autocomplete": "one-time-code"}),
        error_messages={"required": _("Write the six figures from the letter.")},
    )
    is_shared = forms.BooleanField(label=_("This is a shared computer"), required=False)


class AnswerForm(forms.Form):
    text = forms.CharField(
        label=_("Write to us"),
        max_length=TEXT_LENGTH,
        required=False,
        widget=forms.Textarea(attrs={"class": "field", "rows": 5}),
    )
    files = FilesField(label=_("Files"), required=False, widget=Files(attrs={"class": "field", "multiple": True}))
    client_id = forms.RegexField(r"^[A-Za-z0-9]{22}$", widget=forms.HiddenInput)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if not data.get("text", "").strip() and not data.get("files") and not self.errors:
            self.add_error("text", gettext("Write something first."))
        return data
