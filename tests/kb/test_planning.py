"""Published at a moment, looked at again on a day, found under an older address, read by some teams alone."""

from datetime import date, timedelta

import pytest

from apps.accounts.models import Team
from apps.accounts.viewers import ANONYMOUS, for_user
from apps.core import clock
from apps.core.errors import Invalid
from apps.kb import services, tasks
from apps.kb.errors import NotReady
from apps.kb.models import Article, FormerSlug, Reading, Translation
from apps.notifications.models import Notice
from tests.factories.accounts import OfficeFactory, user_in
from tests.factories.kb import TranslationFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def office():
    return OfficeFactory(default_language="es")


@pytest.fixture
def editor(office):
    return user_in(office, "editor")


@pytest.fixture
def draft(office, editor):
    return TranslationFactory(office=office, author=editor, title="Multas", is_draft=True)


def is_public(translation):
    return Translation.objects.public().filter(pk=translation.pk).exists()


# Later


def test_a_plan_publishes_at_its_moment_and_only_once(draft, editor):
    at = clock.now() + timedelta(hours=2)
    services.plan_publication(draft, at=at, actor=editor)
    assert services.publish_due(at - timedelta(seconds=1)) == 0 and not is_public(draft)
    assert services.publish_due(at) == 1 and is_public(draft)
    assert services.publish_due(at) == 0
    draft.refresh_from_db()
    assert draft.publish_at is None and draft.live.author == editor


def test_a_plan_can_be_given_up_and_ends_with_retirement(draft, editor):
    at = clock.now() + timedelta(hours=2)
    services.plan_publication(draft, at=at, actor=editor)
    services.cancel_plan(draft, actor=editor)
    assert services.publish_due(at) == 0
    services.publish(draft, actor=editor)
    services.plan_publication(draft, at=at, actor=editor)
    services.retire(draft, actor=editor)
    assert services.publish_due(at) == 0 and not is_public(draft)


def test_the_past_and_an_unfinished_text_cannot_be_planned(draft, editor):
    with pytest.raises(Invalid):
        services.plan_publication(draft, at=clock.now(), actor=editor)
    services.save_draft(draft.article, language="es", title="Multas", text="", author=editor)
    with pytest.raises(NotReady):
        services.plan_publication(draft, at=clock.now() + timedelta(hours=1), actor=editor)


def test_what_became_unfinished_is_held_and_who_planned_it_is_told(draft, editor):
    at = clock.now() + timedelta(hours=2)
    services.plan_publication(draft, at=at, actor=editor)
    services.save_draft(draft.article, language="es", title="Multas", text="![](x)", author=editor)
    assert services.publish_due(at) == 0 and services.publish_due(at) == 0
    assert [notice.kind for notice in Notice.objects.filter(user=editor)] == ["article_held"]
    assert not is_public(draft)


# Again


def test_the_owner_is_told_once_a_review_date(office, editor):
    article = TranslationFactory(office=office, author=editor).article
    place = {"category": None, "is_internal": False, "owner": editor, "actor": editor}
    services.place(article, review_on=date(2030, 5, 1), **place)
    assert services.remind_of_reviews(date(2030, 4, 30)) == 0
    assert [services.remind_of_reviews(date(2030, 5, 1)) for _ in range(2)] == [1, 0]
    article.refresh_from_db()
    services.place(article, review_on=date(2030, 6, 1), **place)
    assert services.remind_of_reviews(date(2030, 6, 2)) == 1
    assert Notice.objects.filter(user=editor, kind="article_review", wants_mail=True).count() == 2


def test_the_sweep_may_run_twice(draft):
    tasks.sweep()
    tasks.sweep()


# Addresses


def test_an_old_address_leads_to_the_new_one(client, office, editor):
    article = TranslationFactory(office=office, author=editor, title="Multas")
    services.rename(article, slug="sanciones", actor=editor)
    answer = client.get("/es/kb/multas/")
    assert (answer.status_code, answer["Location"]) == (301, "/es/kb/sanciones/")
    assert client.get("/es/kb/sanciones/").status_code == 200
    services.rename(article, slug="multas", actor=editor)
    assert client.get("/es/kb/multas/").status_code == 200
    assert client.get("/es/kb/sanciones/").status_code == 301
    services.retire(article, actor=editor)
    assert client.get("/es/kb/sanciones/").status_code == 404


def test_a_new_article_may_take_an_old_address(client, office, editor):
    article = TranslationFactory(office=office, author=editor, title="Multas")
    services.rename(article, slug="sanciones", actor=editor)
    TranslationFactory(office=office, author=editor, title="Multas", text="Nuevo texto")
    assert b"Nuevo texto" in client.get("/es/kb/multas/").content
    with pytest.raises(Invalid):
        services.rename(article, slug="multas", actor=editor)
    assert FormerSlug.objects.count() == 1


# Readers


def test_some_teams_alone_read_an_internal_article(office, editor):
    article = TranslationFactory(office=office, author=editor).article
    team = Team.objects.create(office=office, name="Uno", slug="uno")
    inside, outside = user_in(office, "agent"), user_in(office, "agent")
    team.members.add(inside)
    place = {"category": None, "owner": editor, "actor": editor, "teams": [team]}
    with pytest.raises(Invalid):
        services.place(article, is_internal=False, **place)
    services.place(article, is_internal=True, **place)
    seen = {user: Article.objects.visible_to(for_user(user)).count() for user in (inside, outside, editor)}
    assert seen == {inside: 1, outside: 0, editor: 1}
    texts = {user: Translation.objects.visible_to(for_user(user)).count() for user in (inside, outside, editor)}
    assert texts == seen and not Article.objects.visible_to(ANONYMOUS).exists()


def test_the_editor_says_who_has_seen_the_newest_words(client, office, editor):
    article = TranslationFactory(office=office, author=editor, title="Multas", text="Uno.")
    reader = user_in(office, "agent", full_name="Ana Ruiz")
    client.force_login(reader)
    page = f"/desk/kb/{article.article_id}/es/"
    client.get(page)
    client.get(page)
    assert Reading.objects.filter(user=reader).count() == 1
    services.save_draft(article.article, language="es", title="Multas", text="Dos.", author=editor)
    services.publish(article, actor=editor)
    client.force_login(editor)
    assert "Ana Ruiz (an earlier version)" in client.get(page).content.decode()
