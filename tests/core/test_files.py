import re
import unicodedata

import pytest

from apps.core.files import LONGEST_NAME, clean_name, disposition, storage_key

HOSTILE = [
    "../../etc/passwd",
    "..\\..\\windows\\system32\\cmd.exe",
    "/etc/shadow",
    "C:\\Users\\ana\\nota.txt",
    ".htaccess",
    "\u200b.htaccess",
    ".\u200bhtaccess",
    "\u202e.htaccess",
    "\ufeff\u2060.env",
    "foto\u202egpj.exe",
    "foto\u2066gpj.exe\u2069",
    "a\r\nX-Injected: 1.txt",
    "a\nb.txt",
    "a\x00b.txt",
    "a\x1b[31m.txt",
    "CON",
    "con.txt",
    "LPT1.pdf",
    "nul",
    "",
    "   ",
    "...",
    ". . .",
    "\u200b\u200d\u2063",
    "nota.txt.",
    "nota.txt   ",
    "a" * 5000 + ".pdf",
    "a." + "b" * 5000,
    '"><script>alert(1)</script>.svg',
    "'; rm -rf ~;'.txt",
    "$(id).txt",
    "a|b>c<d?.txt",
    "a:b.txt",
    "file.txt::$DATA",
    "..%2f..%2fpasswd",
    "a\u2028b\u2029c.txt",
    "a／b＼c.txt",
    "e\u200d\u0301.txt",
    "\ud800.txt",
    "año 2026 – informe.pdf",
]


@pytest.mark.parametrize("name", HOSTILE)
def test_s_18_a_name_is_only_a_label(name):
    label = clean_name(name)

    assert label
    assert len(label) <= LONGEST_NAME
    assert not re.search(r'[/\\<>:"|?*\r\n\x00]', label)
    assert not any(unicodedata.category(c) in {"Cc", "Cf", "Cs"} for c in label)
    assert not label.startswith(".")
    assert label.rstrip(". ") == label
    assert label.split(".")[0].lower() not in {"con", "nul", "lpt1"}


@pytest.mark.parametrize("name", HOSTILE)
def test_s_18_judging_a_clean_name_again_changes_nothing(name):
    assert clean_name(clean_name(name)) == clean_name(name)


def test_an_ordinary_name_stays_as_it_was_written():
    assert clean_name("año 2026 – informe.pdf") == "año 2026 – informe.pdf"
    assert clean_name("C:\\Users\\ana\\nota.txt") == "nota.txt"


def test_a_long_name_keeps_its_extension():
    assert clean_name("a" * 500 + ".pdf").endswith("a.pdf")


def test_s_18_storage_keys_are_random_and_take_nothing_from_the_name():
    keys = {storage_key(None, "../../evil.php") for _ in range(100)}

    assert len(keys) == 100
    assert all(re.fullmatch(r"[0-9a-f]{2}/[0-9a-f]{2}/[0-9a-f]{40}", key) for key in keys)


@pytest.mark.parametrize("name", HOSTILE)
def test_s_18_the_header_is_one_line_and_an_attachment(name):
    header = disposition(name)

    assert header.startswith("attachment; filename")
    assert header.isascii()
    assert "\r" not in header
    assert "\n" not in header


def test_names_beyond_ascii_are_encoded_for_the_header():
    assert disposition("año.pdf") == "attachment; filename*=utf-8''a%C3%B1o.pdf"
    assert disposition("plano.png", inline=True) == 'inline; filename="plano.png"'
