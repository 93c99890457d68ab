from datetime import timedelta

import pytest
from django.core.management import call_command

from apps.accounts.viewers import ANONYMOUS, for_user
from apps.activity.models import Activity
from apps.core import clock
from apps.core.errors import Invalid
from apps.kb import services
from apps.kb.errors import MoveNotAllowed, NotReady, SavedMeanwhile
from apps.kb.models import Article, Category, Revision, Translation
from apps.kb.reading import public_html
from tests.factories.accounts import OfficeFactory, UserFactory, user_in
from tests.factories.kb import CategoryFactory, TranslationFactory
from tests.factories.people import PersonFactory
from tests.factories.tickets import TicketFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def office():
    return OfficeFactory(default_language="es")


@pytest.fixture
def editor(office):
    return user_in(office, "editor")


def titles(found):
    return [translation.title for translation in found]


# Writing


def test_an_article_begins_as_a_draft_with_an_address_of_its_own(office, editor):
    draft = services.create_article(office, author=editor, language="es", title="Cómo renovar un libro")

    assert (draft.state, draft.slug, draft.path) == ("draft", "como-renovar-un-libro", "/es/kb/como-renovar-un-libro/")
    assert list(Translation.objects.visible_to(ANONYMOUS)) == []
    assert Activity.objects.filter(subject_kind="article", verb="article_written").count() == 1


def test_two_articles_of_one_name_get_two_addresses_in_a_body_and_a_language(office, editor):
    first, second = (TranslationFactory(office=office, author=editor, title="Multas") for _ in range(2))
    abroad = TranslationFactory(title="Multas")
    english = services.save_draft(first.article, language="en", title="Multas", author=editor)

    assert [t.slug for t in (first, second, abroad, english)] == ["multas", "multas-2", "multas", "multas"]


def test_the_address_stays_once_people_may_have_kept_it(office, editor):
    draft = services.create_article(office, author=editor, language="es", title="Multas")
    draft = services.save_draft(draft.article, language="es", title="Multas", text="x", slug="sanciones", author=editor)
    services.publish(draft, actor=editor)

    again = services.save_draft(draft.article, language="es", title="Otra", text="x", slug="otra", author=editor)

    assert again.slug == "sanciones"


def test_saving_over_somebody_elses_save_is_refused_and_overwrites_nothing(office, editor):
    draft = services.create_article(office, author=editor, language="es", title="Multas", text="uno")
    opened_with = draft.version
    services.save_draft(draft.article, language="es", title="Multas", text="dos", author=UserFactory())

    with pytest.raises(SavedMeanwhile):
        services.save_draft(
            draft.article, language="es", title="Multas", text="tres", author=editor, seen_version=opened_with
        )

    draft.refresh_from_db()
    assert draft.text == "dos"


@pytest.mark.parametrize(
    "words",
    [{"title": "  "}, {"title": "x" * 161}, {"summary": "x" * 161}, {"language": "xx"}, {"text": "x" * 200_001}],
)
def test_words_that_do_not_fit_are_refused(office, editor, words):
    with pytest.raises(Invalid):
        services.create_article(office, author=editor, **({"language": "es", "title": "Multas"} | words))

    assert not Article.objects.exists()


def test_a_category_of_another_body_is_refused(office, editor):
    with pytest.raises(Invalid):
        services.create_article(office, author=editor, language="es", title="Multas", category=CategoryFactory())


# From draft to reader


def test_an_article_goes_through_review_to_the_readers_and_away_again(office, editor):
    draft = TranslationFactory(office=office, author=editor, is_draft=True)

    services.submit(draft, actor=editor)
    assert draft.state == "in_review"
    services.publish(draft, actor=editor)
    assert list(Translation.objects.visible_to(ANONYMOUS)) == [draft]
    services.retire(draft, actor=editor)
    assert list(Translation.objects.visible_to(ANONYMOUS)) == []
    services.send_back(draft, actor=editor)
    assert draft.state == "draft"

    verbs = Activity.objects.filter(subject_kind="article").values_list("verb", flat=True)
    assert list(verbs) == [
        "article_written", "article_submitted", "article_published", "article_retired", "article_sent_back",
    ]  # fmt: skip


@pytest.mark.parametrize("verb", [services.submit, services.send_back])
def test_what_is_published_is_neither_submitted_nor_sent_back(verb):
    with pytest.raises(MoveNotAllowed):
        verb(TranslationFactory(), actor=None)


def test_readers_see_what_was_published_while_the_draft_goes_on(office, editor):
    article = TranslationFactory(office=office, author=editor, title="Multas", text="Cuesta **10**.")

    services.save_draft(article.article, language="es", title="Multas", text="Cuesta **20**.", author=editor)
    article.refresh_from_db()
    assert article.has_changes
    assert "10" in public_html(article)

    services.publish(article, actor=editor)
    assert not article.has_changes
    assert "20" in public_html(article)


@pytest.mark.parametrize("text", ["", "  ", "![](https://olmo.example/x.png)", "#### Salto"])
def test_what_readers_cannot_use_is_not_published(office, editor, text):
    draft = TranslationFactory(office=office, author=editor, text=text, is_draft=True)

    with pytest.raises(NotReady):
        services.publish(draft, actor=editor)

    draft.refresh_from_db()
    assert draft.state == "draft"


# History


def test_saves_of_one_sitting_are_one_revision_and_of_another_day_a_second(office, editor, clock_at):
    clock_at("2026-03-02 10:00")
    draft = services.create_article(office, author=editor, language="es", title="Multas", text="a")
    clock_at("2026-03-02 10:05")
    services.save_draft(draft.article, language="es", title="Multas", text="b", author=editor)
    clock_at("2026-03-03 10:00")
    services.save_draft(draft.article, language="es", title="Multas", text="c", author=editor)

    assert [r.text for r in draft.revisions.all()] == ["c", "b"]


def test_what_was_published_is_never_written_over(office, editor):
    article = TranslationFactory(office=office, author=editor, text="a")
    services.save_draft(article.article, language="es", title="x", text="b", author=editor)

    assert [(r.text, r.published_at is not None) for r in article.revisions.all()] == [("b", False), ("a", True)]


def test_earlier_words_can_become_the_draft_again(office, editor):
    article = TranslationFactory(office=office, author=editor, title="Multas", text="a")
    services.save_draft(article.article, language="es", title="Multas", text="b", author=editor)

    restored = services.restore(Revision.objects.get(text="a"), author=editor)

    assert restored.text == "a"
    assert Revision.objects.filter(translation=article).count() == 3


def test_a_translation_is_outdated_when_the_original_was_published_after_it(office, editor, clock_at):
    clock_at("2026-03-02 10:00")
    original = TranslationFactory(office=office, author=editor)
    english = TranslationFactory(article=original.article, office=office, author=editor, language="en")
    assert english.outdated_since(original) is None

    clock_at("2026-03-05 10:00")
    services.save_draft(original.article, language="es", title="Nuevo", text="otro", author=editor)
    services.publish(original, actor=editor)

    assert english.outdated_since(original) == clock.now()
    assert original.outdated_since(original) is None


# Reading


def test_an_address_is_answered_in_the_language_asked_for_or_in_another(office, editor):
    spanish = TranslationFactory(office=office, author=editor, title="Multas")
    english = TranslationFactory(article=spanish.article, office=office, author=editor, language="en", title="Fines")

    assert services.article_for("multas", "es") == spanish
    assert services.article_for("multas", "en") == english
    assert services.article_for("multas", "pt") == spanish
    assert services.article_for("multas", "es", body_id=OfficeFactory().pk) is None


def test_s_28_a_draft_and_an_internal_article_are_like_none(office, editor):
    TranslationFactory(office=office, author=editor, title="Borrador", is_draft=True)
    TranslationFactory(office=office, author=editor, title="Interno", is_internal=True)

    assert services.article_for("borrador", "es") is None
    assert services.article_for("interno", "es") is None
    assert services.article_for("interno", "es", viewer=for_user(editor)).title == "Interno"


def test_a_list_shows_each_article_once_in_the_nearest_language(office, editor):
    both = TranslationFactory(office=office, author=editor, title="Multas")
    TranslationFactory(article=both.article, office=office, author=editor, language="en", title="Fines")
    TranslationFactory(office=office, author=editor, title="Horario")
    TranslationFactory(office=office, author=editor, language="it", title="Prestiti")

    found = Translation.objects.public().in_language("en")

    assert sorted(titles(found)) == ["Fines", "Horario", "Prestiti"]


def test_categories_count_what_everybody_may_read(office, editor):
    shelf = CategoryFactory(body=office.body)
    CategoryFactory(body=office.body)
    one = TranslationFactory(office=office, author=editor, category=shelf)
    TranslationFactory(article=one.article, office=office, author=editor, language="en")
    TranslationFactory(office=office, author=editor, category=shelf, is_internal=True)
    TranslationFactory(office=office, author=editor, category=shelf, is_draft=True)

    assert [(c.pk, c.article_count) for c in Category.objects.in_body(office.body_id).with_counts()] == [(shelf.pk, 1)]


# Finding


def test_published_words_are_found_and_drafts_are_not(office, editor):
    article = TranslationFactory(office=office, author=editor, title="Multas", text="Cómo se paga una sanción")
    services.save_draft(article.article, language="es", title="Multas", text="canario", author=editor)
    TranslationFactory(office=office, author=editor, title="Canario", is_draft=True)

    found = Translation.objects.public()
    assert titles(found.matching("sanciones", ANONYMOUS, body_id=office.body_id)) == ["Multas"]
    assert titles(found.matching("canario", ANONYMOUS, body_id=office.body_id)) == []
    assert titles(found.matching("canario", for_user(editor))) == []


def test_what_is_retired_or_made_internal_is_no_longer_found_outside(office, editor):
    article = TranslationFactory(office=office, author=editor, title="Multas")
    services.place(article.article, category=None, is_internal=True, actor=editor)
    assert titles(Translation.objects.published().matching("multas", ANONYMOUS, body_id=office.body_id)) == []
    assert titles(Translation.objects.published().matching("multas", for_user(editor))) == ["Multas"]

    services.retire(article, actor=editor)
    assert titles(Translation.objects.all().matching("multas", for_user(editor))) == []


def test_another_language_is_better_than_nothing(office, editor):
    TranslationFactory(office=office, author=editor, title="Renovar un libro")

    found = Translation.objects.public().matching("renovar", ANONYMOUS, language="pt", body_id=office.body_id)

    assert titles(found) == ["Renovar un libro"]


def test_a_ticket_is_offered_articles_in_its_language(office, editor):
    spanish = TranslationFactory(
        office=office, author=editor, title="Renovar un libro", text="En la web o por teléfono"
    )
    TranslationFactory(article=spanish.article, office=office, author=editor, language="en", title="Renew a book")
    TranslationFactory(office=office, author=editor, title="Renovar, para el equipo", is_internal=True)
    TranslationFactory(title="Renovar en otra ciudad")
    person = PersonFactory(body=office.body, language="es")

    ticket = TicketFactory(
        office=office, requester=person, subject="¿Puedo renovar el libro que tengo?", text="Gracias"
    )

    assert titles(services.suggest_for(ticket)) == ["Renovar un libro"]


def test_an_answer_takes_over_the_address_or_the_words(office, editor):
    article = TranslationFactory(
        office=office, author=editor, title="Multas", text="# Paso\n\n1. Vaya a [la web](/es/hours/)"
    )

    link, text = services.insertable(article)

    assert link == "http://testserver/es/kb/multas/"
    assert text == "Paso\n\n1. Vaya a la web"


def test_the_sitting_has_an_end():
    assert timedelta(minutes=1) < services.SAME_SITTING < timedelta(hours=1)


def test_everything_can_be_indexed_anew(office, editor):
    from apps.search.models import SearchDocument

    TranslationFactory(office=office, author=editor, title="Multas")
    TicketFactory(office=office, subject="Sala")
    before = list(SearchDocument.objects.order_by("kind", "object_id", "part").values_list("kind", "object_id", "part"))
    SearchDocument.objects.all().delete()

    call_command("reindex")

    after = SearchDocument.objects.order_by("kind", "object_id", "part").values_list("kind", "object_id", "part")
    assert list(after) == before
    assert titles(Translation.objects.public().matching("multas", ANONYMOUS, body_id=office.body_id)) == ["Multas"]
