"""What editors may type."""

from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from apps.accounts.models import Office, Team, User
from apps.core.markdown import LONGEST
from apps.kb.models import Article, Category, Translation
from apps.kb.services import SUMMARY_LENGTH, TITLE_LENGTH

FIELD = {"class": "field"}


class WordsForm(forms.Form):
    title = forms.CharField(label=_("Title"), max_length=TITLE_LENGTH, widget=forms.TextInput(FIELD))
    summary = forms.CharField(
        label=_("Summary"),
        max_length=SUMMARY_LENGTH,
        required=False,
        help_text=_("One sentence: who needs this and what for."),
        widget=forms.TextInput(FIELD),
    )
    slug = forms.SlugField(
        label=_("Address"),
        max_length=80,
        required=False,
        help_text=_("The last part of the web address. It stays once the article was published."),
        widget=forms.TextInput(FIELD),
    )
    text = forms.CharField(
        label=_("Text"),
        max_length=LONGEST,
        required=False,
        strip=False,
        widget=forms.Textarea(FIELD | {"rows": 22, "spellcheck": "true"}),
    )
    version = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, has_address: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if has_address:
            del self.fields["slug"]

    @property
    def words(self) -> dict[str, str]:
        return {name: self.cleaned_data.get(name, "") for name in ("title", "summary", "text", "slug")}


class NewArticleForm(forms.Form):
    title = forms.CharField(label=_("Title"), max_length=TITLE_LENGTH, widget=forms.TextInput(FIELD))
    office = forms.ModelChoiceField(label=_("Office"), queryset=None, widget=forms.Select(FIELD), empty_label=None)
    language = forms.ChoiceField(label=_("Language"), choices=settings.LANGUAGES, widget=forms.Select(FIELD))
    is_internal = forms.BooleanField(label=_("Only for staff"), required=False)

    def __init__(self, *args: Any, offices: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["office"].queryset = offices  # type: ignore[attr-defined]


class PlaceForm(forms.ModelForm):
    class Meta:
        model = Article
        fields = ["category", "owner", "review_on", "is_internal", "teams"]
        labels = {"owner": _("Who looks after it"), "teams": _("Only these teams")}
        help_texts = {"teams": _("Of an internal article: who reads it. Nobody chosen: all staff of the office.")}
        widgets = {
            "category": forms.Select(FIELD),
            "owner": forms.Select(FIELD),
            "review_on": forms.DateInput(FIELD | {"type": "date"}, format="%Y-%m-%d"),
            "teams": forms.CheckboxSelectMultiple,
        }

    related = forms.CharField(
        label=_("Read on"),
        required=False,
        max_length=2_000,
        help_text=_("Addresses of related articles, one a line."),
        widget=forms.Textarea(FIELD | {"rows": 3}),
    )

    def __init__(self, *args: Any, viewer: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        article: Article = self.instance
        self.viewer = viewer
        rows = Translation.objects.filter(article__in=article.related.all()).order_by("article", "pk")
        home = article.office.default_language
        paths = {row.article_id: row.path for row in sorted(rows, key=lambda row: row.language == home)}
        self.initial["related"] = "\n".join(paths.values())
        above = [int(pk) for pk in article.office.path.strip("/").split("/")]
        self.fields["category"].queryset = Category.objects.in_body(article.office.body_id)  # type: ignore[attr-defined]
        self.fields["teams"].queryset = Team.objects.filter(office__body_id=article.office.body_id).order_by("name")  # type: ignore[attr-defined]
        self.fields["owner"].queryset = User.objects.active().working_in(above)  # type: ignore[attr-defined]

    def clean_related(self) -> list[Article]:
        """Addresses as they stand in the browser, or their last part alone."""
        slugs = [line.strip().strip("/").rpartition("/")[2] for line in self.cleaned_data["related"].split("\n")]
        wanted = [slug for slug in slugs if slug][:20]
        rows = Translation.objects.visible_to(self.viewer).in_body(self.instance.office.body_id).filter(slug__in=wanted)
        found = {row.slug: row.article for row in rows.select_related("article")}
        if missing := [slug for slug in wanted if slug not in found]:
            raise forms.ValidationError(_("There is no article at %(slug)s.") % {"slug": missing[0]})
        return [found[slug] for slug in wanted]


def offices_to_write_for(viewer: Any) -> Any:
    return Office.objects.filter(pk__in=viewer.offices_with("kb.edit"))
