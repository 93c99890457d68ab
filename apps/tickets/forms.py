from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from apps.accounts.models import Office
from apps.core.forms import Dressed
from apps.tickets.models import Tag
from apps.tickets.services.tags import NAME_LENGTH


class TagForm(Dressed, forms.ModelForm):
    """A word on tickets in every language of the house; its key is made once and stays."""

    class Meta:
        model = Tag
        fields = ["body"]
        labels = {"body": _("Body")}

    def __init__(self, *args: Any, bodies: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["body"].queryset = Office.objects.filter(pk__in=bodies)  # type: ignore[attr-defined]
        if self.instance.pk or len(bodies) == 1:
            del self.fields["body"]
            self.instance.body_id = self.instance.body_id or next(iter(bodies))
        for code, name in settings.LANGUAGES:
            initial = (self.instance.names or {}).get(code, "")
            field = forms.CharField(label=name, max_length=NAME_LENGTH, required=False, initial=initial)
            field.widget.attrs["class"] = "field"
            self.fields[f"name_{code}"] = field

    @property
    def names(self) -> dict[str, str]:
        return {code: self.cleaned_data.get(f"name_{code}", "") for code, _name in settings.LANGUAGES}

    @property
    def body(self) -> Office:
        return self.cleaned_data.get("body") or self.instance.body
