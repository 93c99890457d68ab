"""What people may type about a program."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from apps.bot.models import Bot
from apps.kb.models import Category


class BotForm(forms.Form):
    """On or off, a name and a greeting for each language, and the shelves it answers from."""

    is_active = forms.BooleanField(required=False, label=_("A program answers first here"))

    def __init__(self, languages: list[tuple[str, Any]], body_id: int, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.languages = languages
        for code, name in languages:
            own, says = _("Its name"), _("What it says after its name")
            self.fields[f"name_{code}"] = forms.CharField(
                required=False,
                max_length=60,
                label=f"{own} · {name}",
                widget=forms.TextInput(attrs={"class": "input", "lang": code}),
            )
            self.fields[f"greeting_{code}"] = forms.CharField(
                required=False,
                max_length=300,
                label=f"{says} · {name}",
                widget=forms.Textarea(attrs={"rows": 2, "class": "field", "lang": code}),
            )
        self.fields["categories"] = forms.ModelMultipleChoiceField(
            queryset=Category.objects.in_body(body_id),
            required=False,
            label=_("Answers from these categories"),
            help_text=_("None chosen: every published article."),
            widget=forms.CheckboxSelectMultiple,
        )

    def texts(self, kind: str) -> dict[str, str]:
        return {code: self.cleaned_data.get(f"{kind}_{code}", "") for code, _name in self.languages}


def initial(bot: Bot | None) -> dict[str, Any]:
    if bot is None:
        return {}
    names = {f"name_{code}": text for code, text in bot.names.items()}
    greetings = {f"greeting_{code}": text for code, text in bot.greetings.items()}
    return {"is_active": bot.is_active, **names, **greetings, "categories": list(bot.categories.all())}
