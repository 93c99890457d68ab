import re

import polib
import pytest

from config import catalogues
from config.env import BASE_DIR


@pytest.fixture
def locale(tmp_path, monkeypatch):
    monkeypatch.setattr(catalogues, "LOCALE", tmp_path)
    (tmp_path / "es.d").mkdir()
    (tmp_path / "es.d" / "inbox.po").write_text(
        'msgid "Reply"\nmsgstr "Responder"\n\n'
        'msgctxt "verb"\nmsgid "Open"\nmsgstr "Abrir"\n\n'
        'msgid "%(n)s ticket"\nmsgid_plural "%(n)s tickets"\nmsgstr[0] "%(n)s caso"\nmsgstr[1] "%(n)s casos"\n\n'
        'msgid "Later"\nmsgstr ""\n'
    )
    return tmp_path


def texts(path):
    return {(row.msgctxt, row.msgid): row.msgstr_plural or row.msgstr for row in polib.pofile(str(path))}


def test_pieces_become_one_catalogue(locale):
    assert catalogues.merge_pieces("es", keep_unknown=True) == 3
    assert texts(catalogues.catalogue_path("es")) == {
        (None, "Reply"): "Responder",
        ("verb", "Open"): "Abrir",
        (None, "%(n)s ticket"): {0: "%(n)s caso", 1: "%(n)s casos"},
    }


def test_where_texts_are_collected_only_those_are_kept(locale):
    path = catalogues.catalogue_path("es")
    path.parent.mkdir(parents=True)
    path.write_text('#, fuzzy\nmsgid "Reply"\nmsgstr "Contestar"\n\nmsgid "New"\nmsgstr ""\n')
    assert catalogues.merge_pieces("es", keep_unknown=False) == 1
    assert texts(path) == {(None, "Reply"): "Responder", (None, "New"): ""}
    assert catalogues.coverage("es") == catalogues.Coverage("es", 2, ("New",))


def test_merging_again_changes_nothing(locale):
    catalogues.merge_pieces("es", keep_unknown=True)
    before = catalogues.catalogue_path("es").read_text()
    catalogues.merge_pieces("es", keep_unknown=True)
    assert catalogues.catalogue_path("es").read_text() == before


def test_compiling_needs_no_tools_of_the_system(locale, monkeypatch):
    monkeypatch.setenv("PATH", "")
    catalogues.merge_pieces("es", keep_unknown=True)
    (made,) = catalogues.compile_all()
    assert polib.mofile(str(made)).find("Reply").msgstr == "Responder"


def test_no_text_is_marked_inside_an_f_string_where_nothing_would_collect_it():
    hidden = re.compile(r"""\bf(["'])(?:(?!\1).)*\{(?:_|n?gettext|pgettext)\(""")
    sources = [*(BASE_DIR / "apps").rglob("*.py"), *(BASE_DIR / "config").rglob("*.py")]
    assert [str(path) for path in sources if hidden.search(path.read_text())] == []
