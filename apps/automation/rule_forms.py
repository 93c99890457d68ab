"""A rule as one types it: when, if, then. Each condition is one choice; needs no script."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from apps.accounts.models import Office
from apps.accounts.sharing import MANAGING
from apps.accounts.viewers import Viewer
from apps.automation.macro_forms import ActLines
from apps.automation.models import Rule
from apps.core.forms import Dressed
from apps.tickets.condition_choices import NAMES, choices_for
from apps.tickets.conditions import ANY, LONGEST_HOURS, LONGEST_VALUE, MATCH, YES

TYPED = ("text", "not_tag", "quiet_hours", "opened_hours")
TICKED = ("outside_hours", "late")


class RuleForm(Dressed, ActLines, forms.Form):
    name = forms.CharField(label=_("Name"), max_length=80)
    office = forms.ModelChoiceField(Office.objects.none(), label=_("Office"), empty_label=None)
    when = forms.ChoiceField(label=_("When"), choices=Rule.When.choices)
    hours = forms.ChoiceField(label=_("Hours"), choices=Rule.Hours.choices)
    text = forms.CharField(label=_("Words in the subject or the message"), required=False, max_length=LONGEST_VALUE)
    not_tag = forms.ChoiceField(label=_("Without the tag"), required=False)
    quiet_hours = forms.IntegerField(
        label=_("Nothing said for so many hours"), required=False, min_value=1, max_value=LONGEST_HOURS
    )
    opened_hours = forms.IntegerField(
        label=_("Opened so many hours ago or more"), required=False, min_value=1, max_value=LONGEST_HOURS
    )
    outside_hours = forms.BooleanField(label=_("Written while closed"), required=False)
    late = forms.BooleanField(label=_("Late"), required=False)
    is_any = forms.BooleanField(label=_("One of these is enough"), required=False)
    stops = forms.BooleanField(label=_("No later rule has its turn"), required=False)
    is_active = forms.BooleanField(label=_("In use"), required=False)

    def __init__(self, viewer: Viewer, rule: Rule, *args: Any, **kwargs: Any) -> None:
        own = {name: getattr(rule, name) for name in ("name", "when", "hours", "stops", "is_active")}
        asked = {name: values[0] for name, values in rule.conditions.items() if values}
        ticks = {name: YES in rule.conditions.get(name, ()) for name in TICKED}
        initial = own | asked | ticks | {"office": rule.office_id, "is_any": MATCH in rule.conditions}
        choices = choices_for(viewer, with_me=False)
        super().__init__(*args, initial=initial, **kwargs)
        places: Any = self.fields["office"]
        places.queryset = Office.objects.where(viewer, MANAGING)
        for name, label in NAMES.items():
            kept = [(value, value) for value in rule.conditions.get(name, ())]
            known = {str(value) for value, _said in choices[name]}
            self.fields[name] = forms.MultipleChoiceField(
                label=label,
                required=False,
                choices=[*choices[name], *(row for row in kept if row[0] not in known)],
                initial=rule.conditions.get(name, ()),
                widget=forms.CheckboxSelectMultiple(),
            )
        tags: Any = self.fields["not_tag"]
        tags.choices = [("", "–"), *choices["tag"]]
        self.add_lines(viewer, rule.acts)

    @property
    def conditions(self) -> dict[str, list[str]]:
        typed = self.cleaned_data
        found = {name: typed[name] for name in NAMES if typed.get(name)}
        found |= {name: [str(typed[name]).strip()] for name in TYPED if str(typed.get(name) or "").strip()}
        found |= {name: [YES] for name in TICKED if typed.get(name)}
        return found | ({MATCH: [ANY]} if typed.get("is_any") and found else {})

    def into(self, rule: Rule) -> Rule:
        for name in ("name", "office", "when", "hours", "stops", "is_active"):
            setattr(rule, name, self.cleaned_data[name])
        rule.conditions, rule.acts = self.conditions, self.acts
        return rule

    def chosen_fields(self) -> list[Any]:
        return [self[name] for name in NAMES]
