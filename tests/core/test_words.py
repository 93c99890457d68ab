"""What scripts say, in the language of the page."""

from django.utils import translation

from apps.core.words import for_scripts


def test_what_is_counted_has_a_form_for_one():
    with translation.override("es"):
        words = for_scripts()
    assert (words["new-one"], words["new"]) == ("%(n)s nueva · mostrar", "%(n)s nuevas · mostrar")
