"""What the strict page policy and the cleaning of foreign HTML rest on."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
ALLOWED = {
    tuple(line.split())
    for line in Path(__file__).with_name("allowed_raw_html.txt").read_text().splitlines()
    if line and not line.startswith("#")
}
TEMPLATES = sorted([*(ROOT / "templates").rglob("*.html"), *(ROOT / "apps").rglob("templates/**/*.html")])
SOURCES = sorted([*(ROOT / "apps").rglob("*.py"), *(ROOT / "config").rglob("*.py")])


def name(path: Path) -> str:
    return str(path.relative_to(ROOT))


@pytest.mark.parametrize("path", TEMPLATES, ids=name)
def test_a_template_carries_no_style_no_handler_and_no_inline_script(path):
    if "templates/email/" in name(path):
        pytest.skip("letters are not pages: mail programs know no stylesheet files")
    source = re.sub(r"{%\s*comment.*?endcomment\s*%}|{#.*?#}", "", path.read_text(), flags=re.DOTALL)
    tags = re.findall(r"<[a-zA-Z][^>]*>", source)
    for tag in tags:
        assert not re.search(r"\sstyle\s*=", tag), tag
        assert not re.search(r"\son[a-z]+\s*=", tag), tag
        assert not re.search(r"\shx-on\b|hx-vals=[\"']js:|href=[\"']\s*javascript:", tag), tag
        if tag.lower().startswith("<script") and not re.search(r'type="(application/(?:ld\+)?json|text/plain)"', tag):
            assert re.search(r"\ssrc\s*=", tag), f"inline script: {tag}"
    assert "<style" not in source.lower()


@pytest.mark.parametrize("path", TEMPLATES, ids=name)
def test_a_template_trusts_no_text(path):
    source = path.read_text()
    found = re.findall(r"\|\s*(?:safe|safeseq)\b|{%\s*autoescape off", source)
    assert not found or (name(path), "safe") in ALLOWED


def test_markup_is_called_safe_only_where_it_was_cleaned():
    for path in SOURCES:
        if "mark_safe(" in path.read_text():
            assert (name(path), "mark_safe") in ALLOWED, name(path)


def test_no_form_or_serializer_takes_all_fields():
    everything = re.compile(r"""(fields\s*=\s*["']__all__["']|^\s*exclude\s*=)""", re.MULTILINE)
    for path in SOURCES:
        if path.name != "admin.py":
            assert not everything.search(path.read_text()), f"{name(path)}: name the fields one by one"


def test_no_sql_is_glued_together():
    glued = re.compile(
        r"""(?:\.execute|\.executemany|\.raw|RawSQL|\.extra)\(\s*(?:f["']|["'][^"']*["']\s*(?:%|\+|\.format))"""
    )
    for path in SOURCES:
        assert not glued.search(path.read_text()) or (name(path), "sql") in ALLOWED, name(path)
