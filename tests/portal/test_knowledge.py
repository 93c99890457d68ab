import json
import re

import pytest

from apps.kb import services
from tests.factories.accounts import OfficeFactory, user_in
from tests.factories.kb import CategoryFactory, TranslationFactory


@pytest.fixture
def shelf(body):
    return CategoryFactory(body=body, slug="loans", names={"es": "Préstamos", "en": "Loans"})


@pytest.fixture
def article(body, shelf):
    return TranslationFactory(
        office=body,
        category=shelf,
        title="Renovar un libro",
        summary="Por teléfono o en el mostrador.",
        text="1. Llame.\n2. Diga su número.\n\n## Cuándo\n\nSiempre.",
    )


@pytest.mark.parametrize("path", ["kb/", "kb/c/loans/", "kb/renovar-un-libro/"])
def test_articles_may_be_kept_by_any_cache_and_set_no_cookie(client, article, path):
    client.cookies["acudo_person"] = "whatever"
    response = client.get(f"/es/{path}")
    assert response.status_code == 200
    assert response["Cache-Control"] == "public, max-age=300"
    assert "Cookie" not in response.get("Vary", "")
    assert not response.cookies
    assert "csrf" not in response.content.decode()


def test_an_article_reads_as_it_was_published(client, article, django_assert_max_num_queries):
    services.save_draft(article.article, language="es", title="Otra cosa", text="Secreto", author=user_in(article.body))
    with django_assert_max_num_queries(8):
        page = client.get("/es/kb/renovar-un-libro/").content.decode()
    assert "<h1>Renovar un libro</h1>" in page
    assert "<li>Llame.</li>" in page
    assert "Secreto" not in page
    assert 'href="http://testserver/es/kb/renovar-un-libro/"' in page


def test_an_article_describes_itself_to_search_engines_without_running_anything(client, body):
    TranslationFactory(office=body, title='Ana </script><script>alert("1")</script>', text="x")
    slug = "ana-scriptscriptalert1script"
    page = client.get(f"/es/kb/{slug}/").content.decode()
    (found,) = re.findall(r'<script type="application/ld\+json">(.*?)</script>', page)
    assert json.loads(found)["headline"] == 'Ana </script><script>alert("1")</script>'
    assert 'alert("1")' not in page.replace(found, "")


def test_a_missing_language_is_said_and_the_words_carry_their_own(client, article):
    page = client.get("/en/kb/renovar-un-libro/").content.decode()
    assert "This answer does not exist in English yet; you are reading it in Español." in page
    assert '<article class="article stack stack-6" lang="es">' in page
    english = services.save_draft(
        article.article, language="en", title="Renew a book", text="Call.", author=user_in(article.body)
    )
    services.publish(english, actor=user_in(article.body, "editor"))
    page = client.get("/en/kb/renovar-un-libro/").content.decode()
    assert "<h1>Renew a book</h1>" in page
    assert 'hreflang="es" href="http://testserver/es/kb/renovar-un-libro/"' in page
    assert 'hreflang="en" href="http://testserver/en/kb/renew-a-book/"' in page


def test_s_28_what_is_not_public_looks_like_what_never_was(client, body, article):
    TranslationFactory(office=body, title="Interno", is_internal=True)
    TranslationFactory(office=body, title="Borrador", is_draft=True)
    TranslationFactory(office=OfficeFactory(), title="Ajeno")
    unknown = client.get("/es/kb/nunca-estuvo/")
    assert unknown.status_code == 404
    for slug in ("interno", "borrador", "ajeno"):
        hidden = client.get(f"/es/kb/{slug}/")
        assert (hidden.status_code, hidden.content) == (404, unknown.content)
        assert hidden.headers.keys() == unknown.headers.keys()


def test_search_finds_public_articles_only_and_says_so_when_there_are_none(client, body, article):
    TranslationFactory(office=body, title="Libro interno", is_internal=True)
    TranslationFactory(office=OfficeFactory(), title="Libro ajeno")
    page = client.get("/es/search/?q=libros").content.decode()
    assert "Renovar un <mark>libro</mark></a>" in page
    assert "interno" not in page
    assert "ajeno" not in page
    page = client.get("/es/search/", {"q": "<script>alert(1)</script>"}).content.decode()
    assert "<script>alert" not in page
    assert client.get("/es/search/?q=" + "x" * 5000).status_code == 200


def test_s_57_search_has_a_limit(client, body, clock_at):
    clock_at("2026-03-02 10:00:00")
    for _question in range(120):
        assert client.get("/es/search/?q=a").status_code == 200
    refused = client.get("/es/search/?q=a")
    assert refused.status_code == 429
    assert 0 < int(refused["Retry-After"]) <= 60


def test_a_long_article_gets_an_index(client, body):
    text = "\n\n".join(f"## Parte {n}\n\nTexto." for n in range(5))
    TranslationFactory(office=body, title="Larga", text=text)
    page = client.get("/es/kb/larga/").content.decode()
    assert '<a href="#s-parte-3">Parte 3</a>' in page
    assert '<h2 id="s-parte-3" tabindex="-1">Parte 3</h2>' in page
