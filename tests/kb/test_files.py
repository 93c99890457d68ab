"""Pictures and files of articles: drawn anew, named in the words, fetched by whoever may read these."""

import io

import pytest
from PIL import Image

from apps.core.errors import Invalid
from apps.kb import services
from apps.kb.models import ArticleFile
from apps.kb.reading import public_html
from tests.factories.accounts import OfficeFactory, user_in
from tests.factories.kb import TranslationFactory

pytestmark = pytest.mark.django_db


def png():
    out = io.BytesIO()
    Image.new("RGB", (30, 20), "navy").save(out, "PNG")
    return out.getvalue()


@pytest.fixture
def editor():
    return user_in(OfficeFactory(default_language="es"), "editor")


@pytest.fixture
def article(editor):
    return TranslationFactory(office=editor.memberships.get().office, author=editor, title="Plano")


def add(article, editor, name, content, kind):
    return services.add_file(article.article, name=name, content=content, content_type=kind, actor=editor)


def publish(article, editor, text):
    services.save_draft(article.article, language="es", title="Plano", text=text, author=editor)
    services.publish(article, actor=editor)


def test_a_picture_in_the_words_is_shown_to_everybody(client, article, editor):
    picture = services.add_file(
        article.article, name="plano.jpg", content=png(), content_type="image/png", actor=editor
    )
    assert client.get(picture.path).status_code == 404
    publish(article, editor, f"![El plano](cid:{picture.public_id})")
    assert f'<img src="{picture.path}" alt="El plano">' in public_html(article)
    answer = client.get(picture.path)
    assert answer["Content-Type"] == "image/png" and answer["Content-Security-Policy"].startswith("sandbox")
    with pytest.raises(Invalid):
        services.remove_file(picture, actor=editor)


@pytest.mark.parametrize("kind", ["image/svg+xml", "text/html", "application/pdf", "image/png"])
def test_s_17_what_is_no_picture_is_only_handed_down(client, article, editor, kind):
    content = b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>"
    file = services.add_file(article.article, name="x.svg", content=content, content_type=kind, actor=editor)
    publish(article, editor, f"[El archivo]({file.path}) ![x](cid:{file.public_id})")
    answer = client.get(file.path)
    assert answer["Content-Type"] == "application/octet-stream"
    assert answer["Content-Disposition"].startswith("attachment")
    assert f'src="{file.path}"' not in public_html(article)


def test_what_only_an_internal_note_names_stays_with_the_staff(client, article, editor):
    file = services.add_file(
        article.article, name="x.pdf", content=b"%PDF-", content_type="application/pdf", actor=editor
    )
    publish(article, editor, f"Hola.\n\n:::internal\n[Llave]({file.path})\n:::")
    assert client.get(file.path).status_code == 404
    client.force_login(editor)
    assert client.get(file.path).status_code == 200
    client.force_login(user_in(OfficeFactory(), "admin"))
    assert client.get(file.path).status_code == 404


def test_files_are_put_beside_an_article_and_taken_away(client, article, editor):
    client.force_login(editor)
    upload = io.BytesIO(png())
    upload.name = "mapa.png"
    client.post(f"/desk/kb/{article.article_id}/files/", {"file": upload})
    file = ArticleFile.objects.get()
    page = client.get(f"/desk/kb/{article.article_id}/es/").content.decode()
    assert f"(cid:{file.public_id})" in page
    client.post(f"/desk/kb/{article.article_id}/files/{file.public_id}/removal/")
    assert not ArticleFile.objects.exists()


def test_too_many_and_empty_files_are_refused(article, editor, monkeypatch):
    monkeypatch.setattr("apps.kb.services.files.MOST_FILES", 0)
    with pytest.raises(Invalid):
        services.add_file(article.article, name="x", content=b"x", content_type="", actor=editor)
    monkeypatch.undo()
    with pytest.raises(Invalid):
        services.add_file(article.article, name="x", content=b"", content_type="", actor=editor)
