"""What readers tell: useful or not, looked for and not found, the same by another word, misspelt."""

import gzip

import pytest

from apps.core.errors import Invalid
from apps.kb import services, spelling
from apps.kb.models import Feedback, MissedSearch
from tests.factories.accounts import OfficeFactory, user_in
from tests.factories.kb import TranslationFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def office():
    spelling.forget()
    return OfficeFactory(default_language="es", languages=["es", "en"])


@pytest.fixture
def editor(office):
    return user_in(office, "editor")


@pytest.fixture
def article(office, editor):
    return TranslationFactory(
        office=office, author=editor, title="Renovar un préstamo", text="Entre en *Mis préstamos*."
    )


def search(client, question):
    return client.get("/es/search/", {"q": question}).content.decode()


# Useful?


def test_one_browser_has_one_voice_a_revision_and_may_correct_it(client, article):
    page = f"{article.path}useful/"
    assert "Gracias" in client.post(page, {"useful": "yes"}).content.decode()
    asked = client.post(page, {"useful": "no"}).content.decode()
    assert 'name="words"' in asked
    client.post(page, {"useful": "no", "reason": "incomplete", "words": "Falta\nel precio"})
    row = Feedback.objects.get()
    assert (row.is_useful, row.reason, row.words, row.revision) == (False, "incomplete", "Falta el precio", 1)
    client.post(page, {"useful": "yes"}, HTTP_USER_AGENT="another")
    assert Feedback.objects.count() == 2 and "127.0.0.1" not in row.source


def test_only_what_is_public_is_judged(client, article, editor):
    services.retire(article, actor=editor)
    assert client.post(f"{article.path}useful/", {"useful": "yes"}).status_code == 404


def test_s_57_a_stranger_judges_sixty_times_an_hour(client, article):
    codes = [client.post(f"{article.path}useful/", {"useful": "yes"}).status_code for _ in range(61)]
    assert codes[:60] == [200] * 60 and codes[60] == 429


def test_editors_read_what_was_missing_and_see_to_it(client, article, editor):
    row = services.give_feedback(article, is_useful=False, reason="unclear", said="<script>alert(1)</script>")
    services.note_miss(article.body_id, language="es", question="¿Perros?")
    client.force_login(editor)
    page = client.get("/desk/kb/demand/").content.decode()
    assert "&lt;script&gt;alert(1)" in page and "¿Perros?" in page
    client.post(f"/desk/kb/demand/voices/{row.pk}/done/")
    client.post(f"/desk/kb/demand/misses/{MissedSearch.objects.get().pk}/done/")
    page = client.get("/desk/kb/demand/").content.decode()
    assert "alert(1)" not in page and "¿Perros?" not in page


def test_s_33_what_readers_of_another_body_said_is_not_there(client, article):
    services.note_miss(article.body_id, language="es", question="perros")
    services.give_feedback(article, is_useful=False, said="falta")
    client.force_login(user_in(OfficeFactory(), "admin"))
    page = client.get("/desk/kb/demand/").content.decode()
    assert "perros" not in page and "falta" not in page


# Not found


def test_what_finds_nothing_is_counted_once_a_question(client, article):
    for question in ("mascotas exóticas", "MASCOTAS exoticas", "renovar"):
        search(client, question)
    row = MissedSearch.objects.get()
    assert (row.count, row.text, row.language) == (2, "MASCOTAS exoticas", "es")
    services.settle(row)
    search(client, "mascotas exóticas")
    row.refresh_from_db()
    assert row.done_at is None and row.count == 3


@pytest.mark.parametrize("question", ["maria@olmo.example", "mi cédula 1.234.567-8", "099 123 456", "x"])
def test_what_looks_personal_is_not_kept(client, article, question):
    search(client, question)
    assert not MissedSearch.objects.exists()


def test_a_flood_of_nonsense_has_an_end(client, article, monkeypatch):
    monkeypatch.setattr("apps.kb.services.listening.MOST_MISSES", 2)
    for letter in "bcdf":
        search(client, letter * 5)
    assert MissedSearch.objects.count() == 2


# Another word, another spelling


def test_synonyms_find_what_is_written_with_the_other_word(client, article, editor):
    assert "Renovar un préstamo" not in search(client, "prorrogar")
    services.keep_synonyms(article.article.office, lines=["Prorrogar, renovar, alargar", ""], actor=editor)
    assert article.path in search(client, "prorrogar")
    with pytest.raises(Invalid):
        services.keep_synonyms(article.article.office, lines=["una sola"], actor=editor)
    assert article.path in search(client, "alargar")


@pytest.mark.parametrize("question", ["renuovar", "como renobar prestamo", "PRESTAMMO"])
def test_a_misspelt_word_is_taken_for_the_nearest_one_we_know(client, article, question):
    page = search(client, question)
    assert article.path in page and "Se buscó" in page
    assert not MissedSearch.objects.exists()


def test_words_that_are_known_are_left_as_they_are(client, article):
    assert "Se buscó" not in search(client, "renovar préstamos")


def test_synonyms_are_edited_on_a_page_and_nothing_typed_is_lost(client, editor):
    client.force_login(editor)
    assert client.post("/desk/kb/synonyms/", {"synonyms": "carnet, tarjeta"}).status_code == 302
    answer = client.post("/desk/kb/synonyms/", {"synonyms": "carnet, tarjeta\nuna"})
    assert answer.status_code == 422 and "carnet, tarjeta\nuna" in answer.content.decode()


# The page


def test_a_public_article_is_light_needs_no_script_and_says_what_it_is(client, article, editor):
    long = "\n\n".join(f"## Parte {n}\n\n" + "Texto de ejemplo con palabras. " * 60 for n in range(8))
    services.save_draft(article.article, language="es", title="Renovar", text=long, author=editor)
    services.publish(article, actor=editor)
    answer = client.get(article.path)
    page = answer.content.decode()
    assert len(gzip.compress(answer.content)) < 40_000
    assert "application/ld+json" in page and 'rel="canonical"' in page and 'hreflang="es"' in page
    assert "hx-" not in page and "onclick" not in page and "Set-Cookie" not in answer
