"""What an administrator fills in for a mailbox."""

import re
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.translation import gettext_lazy as _

from . import mailbox
from .providers import PROVIDERS
from .tracking import TRACKERS

HOST = re.compile(r"[A-Za-z0-9.-]{1,253}|\[[0-9a-fA-F:.]{2,45}\]")

GATEWAY = re.compile(r"[^\s@]{0,64}@[a-z0-9.-]{1,253}")


class EmailForm(forms.Form):
    """The address, how mail comes in, how it leaves, and what stands below it."""

    address = forms.EmailField(label=_("Address of the mailbox"), help_text=_("For example help@desk.olmo.example."))
    aliases = forms.CharField(
        required=False,
        label=_("Other addresses of this mailbox"),
        help_text=_("One a line. Mail to them counts as written to us."),
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    from_name = forms.CharField(
        required=False, max_length=80, label=_("Sender's name"), help_text=_("Empty: the name of the office.")
    )
    signature = forms.CharField(
        required=False, max_length=2000, label=_("Signature"), widget=forms.Textarea(attrs={"rows": 4})
    )
    undo_seconds = forms.IntegerField(
        required=False,
        min_value=0,
        max_value=30,
        label=_("Seconds in which an answer can be taken back"),
        help_text=_("Empty: ten."),
    )
    most_mb = forms.IntegerField(
        required=False,
        min_value=1,
        max_value=100,
        label=_("Most megabytes of files in one mail"),
        help_text=_("Empty: twenty."),
    )
    tracks_opening = forms.BooleanField(
        required=False,
        label=_("Show when a mail was opened"),
        help_text=_("Only where the provider tells. Say it in your privacy notice."),
    )
    tracker = forms.ChoiceField(required=False, label=_("What became of our mail is told by"), choices=[])
    tracking_key = forms.CharField(
        required=False,
        max_length=4000,
        label=_("Key with which the provider signs what became of our mail"),
        help_text=_("Give the provider the address of this channel's calls with deliveries/ at its end."),
        widget=forms.PasswordInput,
    )
    reply_style = forms.ChoiceField(
        required=False,
        label=_("How answers find their request"),
        choices=[
            ("plus", _("help+…@ (most servers)")),
            ("dash", _("help-…@ (servers that refuse the plus sign)")),
            ("domain", _("…@ (a domain of its own, all of whose mail comes here)")),
        ],
    )
    is_behind_list = forms.BooleanField(
        required=False,
        label=_("Mail comes through a mailing list or group"),
        help_text=_("Then a list's marks on a mail do not make it automatic."),
    )
    fax_gateways = forms.CharField(
        required=False,
        label=_("Fax gateways"),
        help_text=_("Addresses or domains (@fax.example), one a line. What they send with pages becomes a fax."),
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    provider = forms.ChoiceField(required=False, label=_("Mail is posted to us by"), choices=[])
    webhook_key = forms.CharField(
        required=False, label=_("Signing key of the provider"), widget=forms.PasswordInput, max_length=4000
    )
    webhook_api_key = forms.CharField(
        required=False,
        label=_("Key for fetching the rest of a mail"),
        help_text=_("Brevo, Mailtrap and Resend; Amazon SES as ACCESS_KEY_ID:SECRET where mails are kept in S3."),
        widget=forms.PasswordInput,
        max_length=500,
    )
    webhook_password = forms.CharField(
        required=False,
        label=_("Password in the address that we give the provider"),
        help_text=_("https://desk:PASSWORD@… Needed where the provider signs nothing."),
        widget=forms.PasswordInput,
        max_length=200,
    )
    imap_host = forms.CharField(
        required=False,
        max_length=255,
        label=_("Incoming server (IMAP)"),
        help_text=_("Empty: this mailbox is not fetched."),
    )
    imap_port = forms.IntegerField(required=False, min_value=1, max_value=65535, label=_("Port of the incoming server"))
    imap_security = forms.ChoiceField(
        required=False,
        label=_("Encryption of the incoming server"),
        choices=[
            (mailbox.TLS, _("TLS from the start")),
            (mailbox.STARTTLS, _("STARTTLS")),
            (mailbox.NONE, _("None (only in a network of our own)")),
        ],
    )
    imap_username = forms.CharField(
        required=False, max_length=200, label=_("User name there"), help_text=_("Empty: the address of the mailbox.")
    )
    imap_auth = forms.ChoiceField(
        required=False,
        label=_("How we sign in there"),
        choices=[(mailbox.PASSWORD, _("With a password")), (mailbox.OAUTH, _("With OAuth 2 (Google, Microsoft 365)"))],
    )
    imap_password = forms.CharField(
        required=False, max_length=500, label=_("Password there"), widget=forms.PasswordInput
    )
    oauth_provider = forms.ChoiceField(
        required=False,
        label=_("Who signs us in"),
        choices=[
            ("", _("Nobody")),
            (mailbox.GOOGLE, "Google"),
            (mailbox.MICROSOFT, "Microsoft 365"),
            (mailbox.OTHER, _("Another service")),
        ],
    )
    oauth_tenant = forms.RegexField(
        r"^[A-Za-z0-9.-]{0,100}$", required=False, label=_("Tenant"), help_text=_("Microsoft 365 only.")
    )
    oauth_token_url = forms.URLField(
        required=False,
        assume_scheme="https",
        label=_("Address that gives tokens"),
        help_text=_("Another service only."),
    )
    oauth_scope = forms.CharField(
        required=False, max_length=500, label=_("Scope"), help_text=_("Empty: the usual one of the service.")
    )
    oauth_client_id = forms.CharField(required=False, max_length=500, label=_("Client id"), widget=forms.PasswordInput)
    oauth_client_secret = forms.CharField(
        required=False, max_length=500, label=_("Client secret"), widget=forms.PasswordInput
    )
    oauth_refresh_token = forms.CharField(
        required=False, max_length=4000, label=_("Refresh token"), widget=forms.PasswordInput
    )
    imap_folder = forms.CharField(
        required=False,
        max_length=200,
        label=_("Folder"),
        help_text=_("Empty: INBOX. One folder belongs to one channel."),
    )
    imap_since = forms.DateField(
        required=False,
        label=_("Fetch mail from this day on"),
        help_text=_("Empty: only what comes from now on. It counts when the folder is opened for the first time."),
        widget=forms.DateInput(attrs={"type": "date"}),
    )
    imap_after = forms.ChoiceField(
        required=False,
        label=_("What becomes of fetched mail on the server"),
        choices=[
            (mailbox.LEAVE, _("It stays as it is")),
            (mailbox.SEEN, _("It is marked as read")),
            (mailbox.MOVE, _("It is moved to another folder")),
            (mailbox.DELETE, _("It is deleted")),
        ],
    )
    imap_done_folder = forms.CharField(required=False, max_length=200, label=_("Folder for fetched mail"))
    authserv_id = forms.CharField(
        required=False,
        max_length=253,
        label=_("Name by which our mail server signs its checks"),
        help_text=_("From Authentication-Results. Empty: no sender counts as proven."),
    )
    smtp_host = forms.CharField(
        required=False,
        max_length=255,
        label=_("Outgoing server"),
        help_text=_("Empty: the way out that the installation uses."),
    )
    smtp_port = forms.IntegerField(required=False, min_value=1, max_value=65535, label=_("Port"))
    smtp_security = forms.ChoiceField(
        required=False,
        label=_("Encryption"),
        choices=[("starttls", _("STARTTLS")), ("tls", _("TLS from the start")), ("none", _("None"))],
    )
    smtp_username = forms.CharField(required=False, max_length=200, label=_("User name"))
    smtp_password = forms.CharField(required=False, max_length=500, label=_("Password"), widget=forms.PasswordInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        labels = [(name, provider.label) for name, provider in PROVIDERS.items()]
        told_by = [(name, tracker.label) for name, tracker in TRACKERS.items()]
        self.fields["tracker"].choices = [("", _("Whoever posts mail to us")), *told_by]  # type: ignore[attr-defined]
        self.fields["provider"].choices = [("", _("Nobody")), *labels]  # type: ignore[attr-defined]

    def clean_aliases(self) -> list[str]:
        lines = [line.strip().lower() for line in self.cleaned_data["aliases"].splitlines() if line.strip()]
        for line in lines:
            try:
                validate_email(line)
            except ValidationError as error:
                message = _("“%(line)s” is not an e-mail address.")
                raise ValidationError(message, params={"line": line}) from error
        return lines

    def clean_fax_gateways(self) -> list[str]:
        lines = [line.strip().lower() for line in self.cleaned_data["fax_gateways"].splitlines() if line.strip()]
        for line in lines:
            if not GATEWAY.fullmatch(line):
                message = _("“%(line)s” is neither an e-mail address nor a domain.")
                raise ValidationError(message, params={"line": line})
        return lines

    def clean_address(self) -> str:
        return self.cleaned_data["address"].lower()

    def clean_smtp_host(self) -> str:
        return self._host("smtp_host")

    def clean_imap_host(self) -> str:
        return self._host("imap_host")

    def _host(self, name: str) -> str:
        host = self.cleaned_data[name].strip()
        if host and not HOST.fullmatch(host):
            raise ValidationError(_("Write only the server's name, without a scheme or a port."))
        return host

    def clean_reply_style(self) -> str:
        return self.cleaned_data["reply_style"] or "plus"

    def clean_smtp_security(self) -> str:
        return self.cleaned_data["smtp_security"] or "starttls"

    def clean_imap_security(self) -> str:
        return self.cleaned_data["imap_security"] or mailbox.TLS

    def clean_imap_auth(self) -> str:
        return self.cleaned_data["imap_auth"] or mailbox.PASSWORD

    def clean_imap_after(self) -> str:
        return self.cleaned_data["imap_after"] or mailbox.LEAVE

    def clean_imap_since(self) -> str:
        """As text: settings are kept as JSON."""
        day = self.cleaned_data["imap_since"]
        return day.isoformat() if day else ""

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if not data.get("imap_host"):
            return data
        if data.get("imap_auth") == mailbox.OAUTH and not data.get("oauth_provider"):
            self.add_error("oauth_provider", _("Say who signs us in."))
        if data.get("oauth_provider") == mailbox.OTHER and not data.get("oauth_token_url"):
            self.add_error("oauth_token_url", _("Give the address of that service."))
        if data.get("imap_after") == mailbox.MOVE and not data.get("imap_done_folder"):
            self.add_error("imap_done_folder", _("Name the folder."))
        if data.get("imap_done_folder") and data["imap_done_folder"] == (data.get("imap_folder") or "INBOX"):
            self.add_error("imap_done_folder", _("That is the folder we fetch from."))
        return data
