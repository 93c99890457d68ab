"""Setting up a door: the half that all doors share and the half of its kind, checked together, saved as one."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext as _

from apps.accounts.viewers import Viewer
from apps.omnichannel import registry
from apps.omnichannel.forms import ChannelForm
from apps.omnichannel.models import Channel
from apps.omnichannel.services.channels import save_channel

COMMON = ("name", "office", "address", "team", "calendar", "language", "is_active")


class ChannelSetup:
    """`data` is what a browser posted, or None to show the door as it is. `kept`: secrets that need not come again."""

    def __init__(self, viewer: Viewer, row: Channel, data: Mapping[str, Any] | None = None) -> None:
        self.row = row
        own_class = registry.form_class(row.kind)
        given = () if data is None else (data,)
        self.common = ChannelForm(
            viewer,
            row.kind,
            *given,
            initial=_common_values(row),
            has_own_address="address" in own_class.base_fields,
        )
        self.own = own_class(*given, initial=_own_values(row))
        self.kept = _mark_secrets(self.own, row)

    @classmethod
    def with_changes(cls, viewer: Viewer, row: Channel, changes: Mapping[str, Any]) -> "ChannelSetup":
        """For programs: what they do not name stays as it is."""
        now = cls(viewer, row)
        data = {
            name: form.get_initial_for_field(field, name)
            for form in (now.own, now.common)
            for name, field in form.fields.items()
        }
        return cls(viewer, row, {**data, **changes})

    @property
    def secret_names(self) -> set[str]:
        return _secret_names(self.own)

    @property
    def setting_names(self) -> set[str]:
        """What only this kind has, and is no secret. The address is shared where the kind asks for none of its own."""
        return set(self.own.fields) - self.secret_names - {"address"}

    def is_valid(self) -> bool:
        return all([self.common.is_valid(), self.own.is_valid()])

    @property
    def errors(self) -> dict[str, list[str]]:
        return {
            name: [str(e) for e in found] for form in (self.common, self.own) for name, found in form.errors.items()
        }

    def save(self, *, actor: Any) -> Channel:
        own = dict(self.own.cleaned_data)
        secrets = {name: own.pop(name) for name in self.secret_names}
        common = dict(self.common.cleaned_data)
        if "address" in own:
            common["address"] = own.pop("address")
        return save_channel(self.row, common=common, settings=own, secrets=secrets, actor=actor)


def _common_values(row: Channel) -> dict[str, Any]:
    return {name: getattr(row, f"{name}_id" if name in {"office", "team", "calendar"} else name) for name in COMMON}


def _own_values(row: Channel) -> dict[str, Any]:
    values = dict(row.settings or {}) | ({"address": row.address} if row.address else {})
    return {name: "\n".join(value) if isinstance(value, list) else value for name, value in values.items()}


def _secret_names(form: forms.Form) -> set[str]:
    """Password fields are secrets: sealed in the row, never shown again (S-53)."""
    return {name for name, field in form.fields.items() if isinstance(field.widget, forms.PasswordInput)}


def _mark_secrets(form: forms.Form, row: Channel) -> list[str]:
    """A secret that is there need not be typed again."""
    kept = [name for name in _secret_names(form) if (row.secrets or {}).get(name)]
    for name in kept:
        form.fields[name].required = False
        form.fields[name].help_text = _("It is set. Write a new one to replace it; leave it empty to keep it.")
    return kept
