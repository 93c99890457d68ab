"""Connecting a mailbox, one question at a time. Each step is saved by itself, so one can go back, or on tomorrow."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from apps.accounts.viewers import Viewer
from apps.omnichannel import services
from apps.omnichannel.forms import ChannelForm
from apps.omnichannel.models import Channel

from .cards import DOORS
from .forms import EmailForm
from .probe import door_of, installation_sends

COMMON = ("name", "office", "team", "language")
WEBHOOK = ("provider", "webhook_key", "webhook_password", "webhook_api_key")
IMAP = ("imap_host", "imap_security", "imap_port", "imap_username", "imap_auth", "imap_password")
OAUTH = (
    "oauth_provider",
    "oauth_tenant",
    "oauth_client_id",
    "oauth_client_secret",
    "oauth_refresh_token",
    "oauth_token_url",
    "oauth_scope",
)
FOLDERS = ("imap_folder", "imap_since", "imap_after", "imap_done_folder")
NEEDED = {"provider", "imap_host", "imap_security", "imap_auth", "imap_password", "smtp_host", "smtp_security"}
SMTP = ("smtp_host", "smtp_security", "smtp_port", "smtp_username", "smtp_password")


@dataclass(frozen=True)
class Step:
    key: str
    title: Any


STEPS = (
    Step("address", _("The mailbox")),
    Step("door", _("How mail comes in")),
    Step("details", _("What the door needs")),
    Step("way-out", _("How answers leave")),
    Step("test", _("Send yourself a test")),
)
KEYS = [step.key for step in STEPS]


class _Own(EmailForm):
    """Some of the fields of a mailbox; a secret that is there need not be typed again and is never shown."""

    def __init__(self, row: Channel, names: tuple[str, ...], *args: Any, **kwargs: Any) -> None:
        initial = {**(row.settings or {}), "address": row.address}
        super().__init__(*args, initial=initial, **kwargs)
        self.names = names
        for name in [name for name in self.fields if name not in names]:
            del self.fields[name]
        self.secret_names = {n for n, f in self.fields.items() if isinstance(f.widget, forms.PasswordInput)}
        for name in self.secret_names & {n for n, text in (row.secrets or {}).items() if text}:
            self.fields[name].help_text = _("It is set. Write a new one to replace it; leave it empty to keep it.")
        for name in NEEDED & self.fields.keys():
            self.fields[name].is_needed = True  # here, although the whole form can do without
        _dress(self)

    def taken(self) -> tuple[dict[str, Any], dict[str, str]]:
        """What belongs to the settings, and the secrets."""
        data = {name: self.cleaned_data.get(name, "") for name in self.fields}
        secrets = {name: data.pop(name) for name in self.secret_names}
        data.pop("address", None)
        return data, secrets


class AddressForm(ChannelForm):
    """Whose mailbox it is. A mailbox that is only being set up takes nothing yet."""

    def __init__(self, viewer: Viewer, row: Channel, *args: Any) -> None:
        initial = {"name": row.name, "office": row.office_id, "team": row.team_id, "language": row.language}
        super().__init__(viewer, "email", *args, has_own_address=True, initial=initial)
        for name in [name for name in self.fields if name not in COMMON]:
            del self.fields[name]
        self.fields["name"].help_text = _("Your colleagues see it: Library desk, Town hall.")
        _dress(self)


class DoorForm(forms.Form):
    door = forms.ChoiceField(choices=list(DOORS.items()), widget=forms.RadioSelect, label=_("How mail comes in"))


class WayForm(forms.Form):
    way = forms.ChoiceField(
        widget=forms.RadioSelect,
        label=_("How answers leave"),
        choices=[("installation", _("The way the whole installation uses")), ("smtp", _("A mail server of its own"))],
    )


class Wizard:
    """The forms of one step, filled from the row or from what a browser posted."""

    def __init__(self, viewer: Viewer, row: Channel, key: str, data: Mapping[str, Any] | None = None) -> None:
        self.viewer, self.row, self.key = viewer, row, key
        self.given = () if data is None else (data,)
        self.forms: dict[str, Any] = getattr(self, f"_{key.replace('-', '_')}")()

    @property
    def door(self) -> str:
        return door_of(self.row)

    @property
    def installation(self) -> str:
        return installation_sends()

    def is_valid(self) -> bool:
        if not all([form.is_valid() for form in self.forms.values()]):
            return False
        missing = self._missing()
        if missing:
            form, name, text = missing
            self.forms[form].add_error(name, ValidationError(text))
        return not missing

    def save(self, *, actor: Any) -> Channel:
        row, common, settings, secrets = self.row, {}, dict(self.row.settings or {}), {}
        if "common" in self.forms:
            common = {name: self.forms["common"].cleaned_data[name] for name in COMMON}
            common["address"] = self.forms["own"].cleaned_data["address"]
            if row.pk is None:
                common["is_active"] = False  # until its test
        elif "own" in self.forms:
            settings_now, secrets = self.forms["own"].taken()
            settings |= settings_now
        if self.key == "door":
            settings |= _only(self.forms["door"].cleaned_data["door"], settings)
        if self.key == "way-out" and self.forms["way"].cleaned_data["way"] == "installation":
            settings["smtp_host"] = ""
        return services.save_channel(row, common=common, settings=settings, secrets=secrets, actor=actor)

    def _address(self) -> dict[str, Any]:
        return {
            "common": AddressForm(self.viewer, self.row, *self.given),
            "own": _Own(self.row, ("address",), *self.given),
        }

    def _door(self) -> dict[str, Any]:
        return {"door": DoorForm(*self.given, initial={"door": _chosen(self.row)})}

    def _details(self) -> dict[str, Any]:
        names = {"webhook": WEBHOOK, "imap": (*IMAP, *OAUTH, *FOLDERS)}.get(_chosen(self.row), ())
        return {"own": _Own(self.row, names, *self.given)}

    def _way_out(self) -> dict[str, Any]:
        way = "smtp" if (self.row.settings or {}).get("smtp_host") else "installation"
        return {"way": WayForm(*self.given, initial={"way": way}), "own": _Own(self.row, SMTP, *self.given)}

    def _test(self) -> dict[str, Any]:
        return {}

    def _missing(self) -> tuple[str, str, Any] | None:
        """What a step cannot do without, although the whole form can."""
        data = self.forms["own"].cleaned_data if "own" in self.forms else {}
        if self.key == "way-out" and self.forms["way"].cleaned_data["way"] == "smtp" and not data["smtp_host"]:
            return "own", "smtp_host", _("Name the server.")
        if self.key == "details" and "imap_host" in data and not data["imap_host"]:
            return "own", "imap_host", _("Name the server.")
        if self.key == "details" and "provider" in data and not data["provider"]:
            return "own", "provider", _("Choose the provider.")
        return None


def groups(form: _Own) -> list[tuple[Any, list[Any], bool]]:
    """(heading or "", bound fields, folded) of the fields of one door."""
    if "imap_host" not in form.fields:
        return [("", list(form), False)]
    is_oauth = form["imap_auth"].value() == "oauth"
    faults = set(form.errors) if form.is_bound else set()
    return [
        ("", [form[name] for name in IMAP], False),
        (_("Signing in with Google or Microsoft 365"), [form[n] for n in OAUTH], not (is_oauth or faults & set(OAUTH))),
        (_("Which folder, and what becomes of the mail"), [form[n] for n in FOLDERS], not faults & set(FOLDERS)),
    ]


def after(key: str) -> str:
    return KEYS[min(KEYS.index(key) + 1, len(KEYS) - 1)]


def _chosen(row: Channel) -> str:
    """The door that was chosen; it may not be filled in yet."""
    return str((row.settings or {}).get("door") or door_of(row))


def _only(door: str, settings: Mapping[str, Any]) -> dict[str, Any]:
    """One door is open; what was typed for another would keep it open, too."""
    closed: dict[str, Any] = {"door": door}
    if door != "imap" and settings.get("imap_host"):
        closed["imap_host"] = ""
    if door != "webhook" and settings.get("provider"):
        closed["provider"] = ""
    return closed


def _dress(form: forms.Form) -> None:
    for field in form.fields.values():
        if not isinstance(field.widget, (forms.CheckboxInput, forms.RadioSelect)):
            field.widget.attrs["class"] = "field"
        field.widget.attrs.setdefault("autocomplete", "off")
