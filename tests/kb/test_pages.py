import re

import pytest
from django.urls import reverse

from apps.kb import services
from apps.kb.models import Article, Revision, Translation
from tests.factories.accounts import OfficeFactory, user_in
from tests.factories.kb import CategoryFactory, TranslationFactory
from tests.factories.tickets import TicketFactory

pytestmark = pytest.mark.django_db

PAYLOAD = "\"'><script>alert(1)</script><img src=x onerror=alert(1)>{{7*7}}"


@pytest.fixture
def office():
    return OfficeFactory(default_language="es")


@pytest.fixture
def publisher(office, client):
    user = user_in(office, "editor")
    client.force_login(user)
    return user


@pytest.fixture
def article(office, publisher):
    return TranslationFactory(office=office, author=publisher, title="Multas", text="Cuesta **10**.")


def page(name, *args):
    return reverse(f"kb:{name}", args=args)


def words(translation, **changes):
    said = {"title": translation.title, "text": translation.text, "version": translation.version}
    return said | changes


# The shelf


def test_the_shelf_shows_articles_and_how_each_language_stands(client, article):
    response = client.get(page("articles"))

    assert response.status_code == 200
    assert b"Multas" in response.content
    assert b"missing" in response.content


def test_the_shelf_costs_the_same_however_many_articles(client, office, publisher, django_assert_max_num_queries):
    for _ in range(12):
        one = TranslationFactory(office=office, author=publisher)
        TranslationFactory(article=one.article, office=office, author=publisher, language="en")
    client.get(page("articles"))

    with django_assert_max_num_queries(8):
        client.get(page("articles"))


@pytest.mark.parametrize(
    ("address", "found"),
    [
        ("?show=draft", ["Borrador"]),
        ("?show=published", ["Multas"]),
        ("?missing=en", ["Borrador", "Multas"]),
        ("?q=mult", ["Multas"]),
        ("?q=nada", []),
        ("?show=%27OR&missing=x&page=-3", ["Borrador", "Multas"]),
    ],
)
def test_s_32_the_shelf_is_narrowed_by_known_words_only(client, office, publisher, article, address, found):
    TranslationFactory(office=office, author=publisher, title="Borrador", is_draft=True)

    content = client.get(page("articles") + address).content.decode()

    assert [title for title in ("Borrador", "Multas") if f">{title}</a>" in content] == found


# Who may


def test_s_28_an_article_of_another_body_is_like_none(client, publisher):
    foreign = TranslationFactory()
    gone = Article.objects.order_by("-pk").first().pk + 1000

    for name, extra in [("article", ()), ("translation", ("es",)), ("history", ("es",))]:
        there = client.get(page(name, foreign.article_id, *extra))
        nowhere = client.get(page(name, gone, *extra))
        assert there.status_code == nowhere.status_code == 404
        assert re.sub(rb"\d+", b"", there.content) == re.sub(rb"\d+", b"", nowhere.content)
    assert client.post(page("words", foreign.article_id, "es"), words(foreign, title="mine")).status_code == 404
    assert client.post(page("move", foreign.article_id, "es", "retirement")).status_code == 404
    foreign.refresh_from_db()
    assert (foreign.title, foreign.state) != ("mine", "retired")


def test_who_only_reads_finds_no_button_and_no_way_around(client, office, article):
    client.force_login(user_in(office, "agent"))

    content = client.get(page("translation", article.article_id, "es")).content.decode()
    assert "You can read this article but not change it." in content
    assert "/words/" not in content
    assert client.post(page("words", article.article_id, "es"), words(article, title="x")).status_code in (403, 404)
    assert client.post(page("move", article.article_id, "es", "retirement")).status_code in (403, 404)
    article.refresh_from_db()
    assert (article.title, article.state) == ("Multas", "published")


def test_a_writer_asks_for_review_and_cannot_publish(client, office, article):
    from apps.accounts.models import Membership, Role
    from tests.factories.accounts import UserFactory

    writer = UserFactory()
    role = Role.objects.create(key="writer", name={"en": "Writer"}, permissions=["kb.view", "kb.edit"])
    Membership.objects.create(user=writer, office=office, role=role)
    client.force_login(writer)
    draft = TranslationFactory(office=office, author=writer, is_draft=True)

    refused = client.post(page("words", draft.article_id, "es"), words(draft, then="publication"))
    draft.refresh_from_db()
    assert (refused.status_code, draft.state) == (403, "draft")
    client.post(page("words", draft.article_id, "es"), words(draft, then="review"))
    draft.refresh_from_db()
    assert draft.state == "in_review"
    assert client.post(page("place", article.article_id), {"is_internal": "on", "language": "es"}).status_code == 403


def test_nobody_signed_in_is_sent_to_the_log_in(client, article):
    client.logout()

    for address in (page("articles"), page("translation", article.article_id, "es"), page("insert")):
        assert client.get(address).status_code == 302


# Writing


def test_an_article_is_written_published_changed_and_retired(client, office, publisher):
    client.post(page("new"), {"title": "Carné", "office": office.pk, "language": "es"})
    draft = Translation.objects.get()

    client.post(page("words", draft.article_id, "es"), words(draft, text="Traiga una foto.", then="publication"))
    draft.refresh_from_db()
    assert (draft.state, draft.live.text) == ("published", "Traiga una foto.")

    client.post(page("words", draft.article_id, "es"), words(draft, text="Traiga dos fotos."))
    draft.refresh_from_db()
    assert draft.has_changes

    client.post(page("move", draft.article_id, "es", "retirement"))
    draft.refresh_from_db()
    assert draft.state == "retired"


def test_a_translation_begins_beside_the_original(client, article):
    empty = client.get(page("translation", article.article_id, "it")).content.decode()
    assert "There is no translation yet." in empty
    assert "Cuesta **10**." in empty

    client.post(page("words", article.article_id, "it"), {"title": "Multe", "text": "Costa 10."})

    assert Translation.objects.get(language="it").title == "Multe"


def test_a_save_over_somebody_elses_keeps_both_texts(client, office, article):
    opened = words(article, text="mine")
    services.save_draft(article.article, language="es", title="Multas", text="theirs", author=user_in(office, "editor"))

    response = client.post(page("words", article.article_id, "es"), opened)

    assert response.status_code == 409
    assert "mine" in response.content.decode()
    article.refresh_from_db()
    assert article.text == "theirs"


def test_what_is_typed_is_kept_while_typing(client, article):
    response = client.post(
        page("words", article.article_id, "es"), words(article, text="sigue"), headers={"HX-Request": "true"}
    )

    article.refresh_from_db()
    assert article.text == "sigue"
    assert f'name="version" value="{article.version}"' in response.content.decode()
    stale = client.post(
        page("words", article.article_id, "es"), {"title": "", "text": "x"}, headers={"HX-Request": "true"}
    )
    assert stale.status_code == 422


def test_publishing_what_is_not_ready_keeps_the_words_and_says_why(client, article):
    response = client.post(
        page("words", article.article_id, "es"), words(article, text="### Salto", then="publication"), follow=True
    )

    assert "A heading skips a level." in response.content.decode()
    article.refresh_from_db()
    assert (article.text, article.live.text) == ("### Salto", "Cuesta **10**.")


def test_s_31_a_category_or_owner_from_elsewhere_is_refused(client, article):
    foreign = {"category": CategoryFactory().pk, "owner": user_in(OfficeFactory()).pk, "language": "es"}

    assert client.post(page("place", article.article_id), foreign).status_code == 422
    assert Article.objects.get().category is None


def test_an_article_becomes_internal_and_leaves_the_readers(client, article):
    client.post(page("place", article.article_id), {"is_internal": "on", "language": "es"})

    assert services.article_for("multas", "es") is None


def test_the_preview_shows_markdown_and_what_to_mend(client, publisher):
    content = client.post(page("preview"), {"text": "**hola**\n\n![](https://olmo.example/x.png)"}).content.decode()

    assert "<strong>hola</strong>" in content
    assert "1 picture without text" in content


# History


def test_history_compares_and_brings_back(client, article):
    client.post(page("words", article.article_id, "es"), words(article, text="Cuesta **20**."))

    content = client.get(page("history", article.article_id, "es")).content.decode()
    assert "<ins>Cuesta **20**.</ins>" in content
    assert "<del>Cuesta **10**.</del>" in content

    client.post(page("restore", article.article_id, "es", 1))
    article.refresh_from_db()
    assert article.text == "Cuesta **10**."
    assert Revision.objects.count() == 3


def test_the_editor_costs_the_same_however_long_the_history(client, article, django_assert_max_num_queries):
    for number in range(5):
        client.post(page("words", article.article_id, "es"), words(article, text=f"v{number}", version=""))

    client.get(page("translation", article.article_id, "es"))
    with django_assert_max_num_queries(18):
        client.get(page("translation", article.article_id, "es"))
    with django_assert_max_num_queries(9):
        client.get(page("history", article.article_id, "es"))


# Beside an answer


@pytest.fixture
def agent(client, office, article):
    user = user_in(office, "agent")
    client.force_login(user)
    return user


def test_an_agent_finds_an_article_and_inserts_link_or_text(client, agent):
    content = client.get(page("insert"), {"q": "mult"}, headers={"HX-Request": "true"}).content.decode()

    assert 'data-insert="Multas: http://testserver/es/kb/multas/"' in content
    assert 'data-insert="Cuesta 10.&#10;http://testserver/es/kb/multas/"' in content


def test_without_words_what_suits_the_ticket_is_offered(client, agent, office):
    ticket = TicketFactory(office=office, subject="¿Cuánto cuesta la multa?")

    content = client.get(page("insert"), {"ticket": ticket.public_id}).content.decode()

    assert "Multas" in content


def test_s_29_only_what_everybody_may_read_is_offered_for_an_answer(client, agent, office):
    TranslationFactory(office=office, title="Canario interno", is_internal=True)
    TranslationFactory(office=office, title="Canario borrador", is_draft=True)
    TranslationFactory(title="Canario ajeno")

    content = client.get(page("insert"), {"q": "canario"}).content.decode()

    assert "Canario i" not in content
    assert "data-insert" not in content


def test_inserting_costs_few_queries(client, agent, office, django_assert_max_num_queries):
    for _ in range(6):
        TranslationFactory(office=office, title="Multa y más multas")

    with django_assert_max_num_queries(8):
        client.get(page("insert"), {"q": "multas"}, headers={"HX-Request": "true"})


# S-12


def test_s_12_a_script_in_every_field_runs_nowhere(client, office, publisher):
    shelf = CategoryFactory(body=office.body, names={"es": PAYLOAD, "en": PAYLOAD})
    words = {"title": PAYLOAD, "summary": PAYLOAD, "text": f"{PAYLOAD}\n\n[x](javascript:alert(1))"}
    translation = TranslationFactory(office=office, author=publisher, category=shelf, **words)
    services.save_draft(translation.article, language="es", title=PAYLOAD, text=PAYLOAD + "!", author=publisher)
    office.name = publisher.full_name = PAYLOAD[:100]
    office.save()
    publisher.save()
    client.post(page("words", translation.article_id, "es"), {"title": "", "text": PAYLOAD, "slug": PAYLOAD})
    agent = user_in(office, "admin")
    client.force_login(agent)

    for address in (
        page("articles") + "?q=%22%3E%3Cscript%3Ealert(1)%3C/script%3E",
        page("articles"),
        page("new"),
        page("translation", translation.article_id, "es"),
        page("translation", translation.article_id, "en"),
        page("history", translation.article_id, "es"),
        page("insert") + "?q=script",
        page("insert") + "?q=%22%3E%3Cscript%3Ealert(1)%3C/script%3E&language=%22%3E%3Cscript%3Ealert(1)",
    ):
        content = client.get(address).content.decode()
        assert "<script>alert" not in content, address
        assert "<img src=x" not in content, address
        assert not re.search(r"(href|src)=.\s*javascript:", content), address
    preview = client.post(page("preview"), {"text": PAYLOAD}).content.decode()
    assert "<script>alert" not in preview
    assert "onerror" not in re.sub(r"&lt;.*?&gt;", "", preview)


# Shelves


def test_a_category_is_added_and_renamed_and_keeps_its_address(client, office, publisher):
    client.post(page("categories"), {"name-es": "Préstamos", "name-en": "Loans"})
    shelf = office.body.kb_categories.get()
    assert (shelf.slug, shelf.names["en"]) == ("prestamos", "Loans")

    client.post(page("categories"), {"category": shelf.pk, "name-es": "Libros", "position": "3"})
    shelf.refresh_from_db()
    assert (shelf.slug, dict(shelf.names), shelf.position) == ("prestamos", {"es": "Libros"}, 3)
    assert "Libros" in client.get(page("categories")).content.decode()


def test_s_33_the_categories_of_another_body_are_neither_seen_nor_changed(client, publisher):
    foreign = CategoryFactory(names={"es": "Ajena"})

    assert "Ajena" not in client.get(page("categories")).content.decode()
    assert client.post(page("categories"), {"category": foreign.pk, "name-es": "mine"}).status_code == 404
    client.post(page("categories"), {"body": foreign.body.slug, "name-es": "mine"})
    assert foreign.body.kb_categories.count() == 1


def test_a_category_needs_a_name(client, office, publisher):
    assert "A category needs a name." in client.post(page("categories"), {"name-es": " "}, follow=True).content.decode()


# Around the words


def test_a_citizen_sees_the_draft_without_its_internal_notes(client, office, publisher, article):
    text = "Para todos.\n\n:::internal\nInterno 4711\n:::"
    services.save_draft(article.article, language="es", title="Multas", text=text, author=publisher)
    seen = client.get(page("as_citizen", article.article_id, "es")).content.decode()
    edited = client.get(page("translation", article.article_id, "es")).content.decode()
    assert "Para todos." in seen and "4711" not in seen and "4711" in edited


def test_the_preview_knows_the_office_of_the_article(client, office, publisher, article):
    office.phone = "2400 9988"
    office.save()
    data = {"text": "Llame al {{ phone }}.", "article": article.article_id, "language": "es"}
    assert b"Llame al 2400 9988." in client.post(page("preview"), data).content
    assert client.post(page("preview"), data | {"article": 10**9}).status_code == 404


def test_plan_address_and_wordings_are_kept_from_the_page(client, publisher, article):
    client.post(page("plan", article.article_id, "es"), {"at": "2035-05-01T09:30"})
    client.post(page("address", article.article_id, "es"), {"slug": "sanciones"})
    client.post(page("wordings", article.article_id, "es"), {"wordings": "me clavaron\n\nme multaron\n"})
    article.refresh_from_db()
    assert article.publish_at.isoformat() == "2035-05-01T12:30:00+00:00" and article.slug == "sanciones"
    assert [wording.text for wording in article.wordings.all()] == ["me clavaron", "me multaron"]
    client.post(page("plan", article.article_id, "es"), {"at": ""})
    assert client.post(page("plan", article.article_id, "es"), {"at": "mañana"}).status_code == 302
    article.refresh_from_db()
    assert article.publish_at is None


def test_related_articles_are_chosen_by_address_and_shown_first(client, office, publisher, article):
    other = TranslationFactory(office=office, author=publisher, title="Renovar")
    place = {"language": "es", "related": f"https://olmo.example{other.path}"}
    client.post(page("place", article.article_id), place)
    assert list(article.article.related.all()) == [other.article]
    assert b"Renovar" in client.get(article.path).content
    refused = client.post(page("place", article.article_id), place | {"related": "nada"})
    assert refused.status_code == 422
