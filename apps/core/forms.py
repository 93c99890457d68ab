"""Forms that look like ours."""

from typing import Any

from django import forms

WITHOUT_FRAME = (forms.CheckboxInput, forms.CheckboxSelectMultiple, forms.RadioSelect, forms.HiddenInput)


class Dressed:
    """Gives every control the class its stylesheet knows; ticks and hidden fields stay bare."""

    fields: dict[str, forms.Field]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            if not isinstance(field.widget, WITHOUT_FRAME):
                field.widget.attrs.setdefault("class", "field")
