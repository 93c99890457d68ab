"""Articles leave as files and come back from them."""

import pytest
from django.core.management import CommandError, call_command

from apps.kb import services
from apps.kb.models import Article, Translation
from tests.factories.accounts import OfficeFactory, user_in
from tests.factories.kb import TranslationFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def office():
    return OfficeFactory(default_language="es", slug="uno")


@pytest.fixture
def editor(office):
    return user_in(office, "editor")


def bring(tmp_path, editor, *more):
    call_command("articles", "import", str(tmp_path), "--office", "uno", "--author", editor.email, *more)


def test_what_was_written_out_comes_back_the_same(tmp_path, office, editor):
    spanish = TranslationFactory(office=office, author=editor, title="Multas: cuánto", text="# Uno\n\n---\n\nDos.")
    TranslationFactory(article=spanish.article, office=office, author=editor, language="en", title="Fines")
    services.keep_wordings(spanish, texts=["me clavaron una multa"], author=editor)
    call_command("articles", "export", str(tmp_path), "--office", "uno")
    Article.objects.all().delete()
    bring(tmp_path, editor, "--publish")
    back = Translation.objects.public().get(language="es")
    assert (back.title, back.text.strip()) == ("Multas: cuánto", "# Uno\n\n---\n\nDos.")
    assert [wording.text for wording in back.wordings.all()] == ["me clavaron una multa"]
    assert back.article.translations.count() == 2


def test_what_is_brought_in_is_a_draft_unless_said_otherwise(tmp_path, office, editor):
    (tmp_path / "es").mkdir()
    (tmp_path / "es" / "uno.md").write_text("---\ntitle: Uno\n---\n\n<script>alert(1)</script>\n")
    bring(tmp_path, editor)
    assert Translation.objects.get().state == "draft"


@pytest.mark.parametrize("content", [b"\xff\xfe\x00", b"x" * 900_000, b"no head, no title"])
def test_what_is_no_article_is_refused_and_nothing_is_brought_in(tmp_path, office, editor, content):
    (tmp_path / "es").mkdir()
    (tmp_path / "es" / "good.md").write_text("---\ntitle: Uno\n---\n\nTexto\n")
    (tmp_path / "es" / "odd.md").write_bytes(content)
    with pytest.raises(CommandError):
        bring(tmp_path, editor)
    assert not Article.objects.exists()


def test_links_out_of_the_folder_are_not_followed(tmp_path, office, editor):
    secret = tmp_path / "secret.txt"
    secret.write_text("---\ntitle: Secreto\n---\n\nx\n")
    (tmp_path / "in" / "es").mkdir(parents=True)
    (tmp_path / "in" / "es" / "uno.md").symlink_to(secret)
    bring(tmp_path / "in", editor)
    assert not Article.objects.exists()
