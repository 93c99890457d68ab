"""What the town has written: enough of it, in four languages, with the ways people ask."""

from collections import Counter

import pytest

from apps.demo import library, world
from apps.kb.checks import findings
from apps.kb.models import Article, Translation

pytestmark = pytest.mark.django_db


@pytest.fixture
def town():
    town = world.build()
    library.write(town)
    return town


def test_there_is_enough_to_read_in_every_language(town):
    public = Counter(Translation.objects.public().values_list("language", flat=True))
    assert public["es"] >= 60 and all(public[code] >= 25 for code in ("it", "en", "pt"))


def test_every_public_article_says_how_people_ask_for_it(town):
    for translation in Translation.objects.public().prefetch_related("wordings"):
        asked = {wording.text for wording in translation.wordings.all()}
        assert 4 <= len(asked) <= 10, translation.title
        assert translation.title not in asked and translation.summary


def test_every_text_can_be_read_by_all_and_leaves_no_placeholder_open(town):
    from apps.kb.reading import public_html

    for translation in Translation.objects.published().for_reading():
        assert findings(translation.text).is_readable_by_all, translation.title
        html = public_html(translation)
        assert "{{" not in html and ":::" not in html, translation.title


def test_writing_again_adds_nothing_and_brings_back_nothing_changed(town):
    one = Translation.objects.filter(language="es").first()
    one.text = "Cambiado"
    one.save()
    count = Article.objects.count()
    library.write(town)
    assert Article.objects.count() == count
    one.refresh_from_db()
    assert one.text == "Cambiado"
