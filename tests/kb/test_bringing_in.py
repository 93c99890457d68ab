"""Many articles at once, and how people ask for them."""

import pytest

from apps.accounts.viewers import ANONYMOUS
from apps.activity.models import Activity
from apps.core.errors import Invalid
from apps.kb import front_matter, services
from apps.kb.errors import NotReady
from apps.kb.models import Article, Translation, Wording
from tests.factories.accounts import OfficeFactory, user_in
from tests.factories.kb import CategoryFactory, TranslationFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def office():
    return OfficeFactory(default_language="es")


@pytest.fixture
def editor(office):
    return user_in(office, "editor")


def incoming(office, key="uno", text="Cuesta 10.", **more):
    words = (services.Words("es", f"Artículo {key}", text, asked=("cuanto sale",)),)
    return services.Incoming(key=key, office=office, words=more.pop("words", words), **more)


def found(question, office, language=""):
    hits = Translation.objects.matching(question, ANONYMOUS, language=language, body_id=office.body_id)
    return [translation.title for translation in hits]


def test_articles_come_with_languages_and_relations_and_are_found_at_once(office, editor):
    words = (
        services.Words("es", "Multas", "Cuesta 10.", asked=("me clavaron una multa", "ME CLAVARON una multa")),
        services.Words("en", "Fines", "It costs 10.", asked=("late fee",)),
    )
    first, second = services.bring_in(
        [incoming(office, words=words, related=("dos", "uno", "nowhere")), incoming(office, "dos")],
        author=editor,
        is_published=True,
    )
    assert found("clavaron", office) == ["Multas"] and found("late fee", office, "en") == ["Fines"]
    assert list(first.related.all()) == [second]
    assert Wording.objects.filter(translation__language="es", translation__article=first).count() == 1
    assert Activity.objects.filter(verb="article_brought_in").count() == 2
    spanish = first.translations.get(language="es")
    assert (spanish.state, spanish.slug, spanish.live.number) == ("published", "multas", 1)


def test_a_taken_address_gets_a_number_also_among_those_that_come_together(office, editor):
    TranslationFactory(office=office, author=editor, title="Artículo uno")
    made = services.bring_in([incoming(office), incoming(office)], author=editor)
    slugs = Translation.objects.filter(article__in=made).order_by("pk").values_list("slug", flat=True)
    assert list(slugs) == ["articulo-uno-2", "articulo-uno-3"]


def test_as_drafts_nobody_outside_sees_them(office, editor):
    services.bring_in([incoming(office)], author=editor)
    assert not Translation.objects.visible_to(ANONYMOUS).exists() and found("cuanto", office) == []


def test_all_or_none(office, editor):
    bad = [incoming(office), incoming(office, "dos", "![](x.png)")]
    with pytest.raises(NotReady):
        services.bring_in(bad, author=editor, is_published=True)
    with pytest.raises(Invalid):
        services.bring_in([incoming(office), incoming(office, category=CategoryFactory())], author=editor)
    assert not Article.objects.exists()


# How people ask


def test_ways_of_asking_find_the_article_and_are_forgotten_with_it(office, editor):
    article = TranslationFactory(office=office, author=editor, title="Renovar un libro")
    services.keep_wordings(article, texts=["quiero alargar el plazo", "QUIERO alargar el plazo", " "], author=editor)
    assert found("alargar", office) == ["Renovar un libro"]
    assert [wording.text for wording in article.wordings.all()] == ["quiero alargar el plazo"]
    services.keep_wordings(article, texts=["me extienden el plazo"], author=editor)
    assert found("alargar", office) == [] and found("extienden", office) == ["Renovar un libro"]
    services.retire(article, actor=editor)
    services.add_wording(article, text="prórroga", author=editor)
    assert found("prorroga", office) == []


def test_one_more_way_is_kept_once(office, editor):
    article = TranslationFactory(office=office, author=editor)
    first = services.add_wording(article, text="Prórroga", author=editor)
    assert services.add_wording(article, text="prorroga", author=editor) == first
    with pytest.raises(Invalid):
        services.add_wording(article, text=" \n ", author=editor)
    with pytest.raises(Invalid):
        services.keep_wordings(article, texts=[f"palabra{n}" for n in range(101)], author=editor)


# The head of a file


def test_a_head_is_read_and_written_the_same():
    text = "---\ntitle: Uno: y dos\nasked:\n  - qué es\n  - cómo: se usa\n---\n\nTexto\n\n---\n\nmás\n"
    head, body = front_matter.split(text)
    assert head == {"title": "Uno: y dos", "asked": ["qué es", "cómo: se usa"]}
    assert body == "Texto\n\n---\n\nmás\n"
    assert front_matter.split(front_matter.join(head, body)) == (head, body)


def test_a_text_without_a_head_is_all_text():
    assert front_matter.split("Hola\n---\n") == ({}, "Hola\n---\n")
    assert front_matter.split("---\ntitle: x\n") == ({}, "---\ntitle: x\n")
