import re
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from apps.core.errors import Invalid
from apps.core.given import storable

# What may stand in a frame-ancestors list, and nothing that could begin another directive (S-51).
ALLOWED_DOMAIN = re.compile(r"(?:(https?)://)?((?:\*\.)?[a-z0-9-]+(?:\.[a-z0-9-]+)*)(?::(\d{1,5}))?", re.IGNORECASE)
SHORTEST_KEY = 32
USUAL_IDLE_MINUTES = 8
WISHES = ("copy", "mail", "window", "end", "leave", "stay", "survey", "identify")
UNREADABLE = _("This message could not be read.")


class WebchatForm(forms.Form):
    """The settings of one chat: where its bubble may appear, and on which side."""

    allowed_domains = forms.CharField(
        label=_("Web sites that may show the chat"),
        help_text=_("One a line, for example https://www.olmo.example or *.olmo.example."),
        widget=forms.Textarea(attrs={"rows": 4}),
        required=False,
    )
    side = forms.ChoiceField(
        label=_("Side of the page"), choices=[("right", _("Right")), ("left", _("Left"))], required=False
    )

    consent = forms.CharField(
        label=_("Line about data protection"),
        help_text=_("Shown above the first message, before anybody writes. Empty: none."),
        max_length=300,
        required=False,
    )
    identity_key = forms.CharField(
        label=_("Key for people your web site knows"),
        help_text=_("At least 32 characters. Your server signs with it who is there; it never reaches a browser."),
        widget=forms.PasswordInput,
        max_length=200,
        required=False,
    )

    idle_minutes = forms.IntegerField(
        label=_("Minutes of silence before the window asks “Are you still there?”"),
        help_text=_("Five minutes later the chat ends with a word. 0: never. Empty: 8."),
        min_value=0,
        max_value=120,
        required=False,
    )

    shares_out = forms.BooleanField(
        label=_("Give each new chat to whoever has a free hand"),
        help_text=_(
            "To those who are available and have fewer chats than they take at once, those on duty first. "
            "Otherwise everybody sees it, and whoever takes it has it."
        ),
        required=False,
    )

    def clean_idle_minutes(self) -> int:
        minutes = self.cleaned_data["idle_minutes"]
        return USUAL_IDLE_MINUTES if minutes is None else int(minutes)

    def clean_identity_key(self) -> str:
        key = str(self.cleaned_data["identity_key"])
        if key and len(key) < SHORTEST_KEY:
            raise ValidationError(_("This key is too short: at least 32 characters."))
        return key

    def clean_allowed_domains(self) -> list[str]:
        lines = [line.strip().rstrip("/").lower() for line in self.cleaned_data["allowed_domains"].split()]
        for line in lines:
            if not ALLOWED_DOMAIN.fullmatch(line):
                raise ValidationError(_("“%(line)s” is not the address of a web site."), params={"line": line})
        return lines

    def clean_side(self) -> str:
        return self.cleaned_data["side"] or "right"


class Words(forms.CharField):
    """Half a character, as a cut emoji leaves it, must not keep a message from being stored."""

    def to_python(self, value: Any) -> str:
        return storable(super().to_python(value) or "")


class WriteForm(forms.Form):
    """What a visitor may send. Name and e-mail are never asked for before the first words."""

    text = Words(max_length=10_000, required=False, strip=True)
    id = forms.RegexField(r"^[A-Za-z0-9_-]{8,64}$", required=False)
    name = Words(max_length=120, required=False, strip=True)
    email = forms.EmailField(max_length=200, required=False)
    website = forms.CharField(max_length=200, required=False)  # nobody sees it; who fills it in is no person

    def refusal(self, otherwise: Any = UNREADABLE) -> Invalid:
        """Why this was not taken, in words for the person who wrote it."""
        if self.has_error("text", "max_length"):
            return Invalid("too_long", _("This text is too long. Shorten it, or send it as a file."), field="text")
        return Invalid("unreadable", otherwise)


class WishForm(forms.Form):
    """What a visitor may wish for besides writing."""

    wish = forms.ChoiceField(choices=[(word, word) for word in WISHES])
    email = forms.EmailField(max_length=200, required=False)

    def refusal(self) -> Invalid:
        if "email" in self.errors:
            return Invalid("no_address", _("Write your e-mail address."), field="email")
        return Invalid("unreadable", UNREADABLE)
