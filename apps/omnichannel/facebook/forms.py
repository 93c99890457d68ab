from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

SHORTEST_SECRET = 16


class FacebookForm(forms.Form):
    """What a page needs: which one, which app speaks for it, and what it opens tickets for."""

    address = forms.RegexField(
        r"^\d{1,30}$", label=_("Number of the page"), help_text=_("Facebook shows it under “About”, page transparency.")
    )
    app_id = forms.RegexField(r"^\d{1,30}$", label=_("Number of the app"), required=False)
    app_secret = forms.CharField(
        label=_("Secret of the app"),
        max_length=200,
        widget=forms.PasswordInput,
        help_text=_("It proves each delivery."),
    )
    page_token = forms.CharField(label=_("Token of the page"), max_length=600, widget=forms.PasswordInput)
    verify_token = forms.CharField(
        label=_("Word for the first greeting"),
        max_length=200,
        widget=forms.PasswordInput,
        help_text=_("Write the same at Facebook, beside the address of deliveries."),
    )
    human_agent = forms.BooleanField(
        label=_("Facebook approved “Human Agent” for this app"),
        help_text=_("Then people may answer up to seven days after the last message, instead of 24 hours."),
        required=False,
    )
    opens_on_reaction = forms.BooleanField(label=_("A mere reaction opens a ticket"), required=False)
    opens_on_mention = forms.BooleanField(label=_("Being mentioned elsewhere opens a ticket"), required=False)
    graph_version = forms.RegexField(
        r"^v\d{1,3}\.\d{1,2}$", label=_("Version of the Graph"), required=False, help_text=_("Empty: that of the desk.")
    )
    graph_base = forms.URLField(
        label=_("Address of the Graph"),
        required=False,
        assume_scheme="https",
        help_text=_("Empty: that of the desk. Only for a stand-in."),
    )

    def clean_verify_token(self) -> str:
        word = str(self.cleaned_data["verify_token"])
        if word and len(word) < SHORTEST_SECRET:
            raise ValidationError(_("This word is too short: at least 16 characters."))
        return word
