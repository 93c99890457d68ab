import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
READ = re.compile(r"""env\.(?:text|flag|number|secret|listing|secret_list)\(\s*["']([A-Z_]+)["']""")
THROUGH_OTHER_WORDS = {"DATABASE_URL", "EMAIL_URL"}


def test_the_example_environment_names_every_variable_and_no_other():
    sources = [*(ROOT / "config").rglob("*.py"), *(ROOT / "apps").rglob("*.py")]
    read = {name for path in sources for name in READ.findall(path.read_text())} | THROUGH_OTHER_WORDS
    example = (ROOT / ".env.example").read_text()
    named = set(re.findall(r"^#? ?([A-Z_]+)=", example, re.MULTILINE))
    assert read - named == set()
    assert {name for name in named - read if not name.startswith("ANYMAIL_")} - {"DJANGO_SETTINGS_MODULE"} == set()


def test_nothing_reads_the_environment_past_the_env_module():
    allowed = {ROOT / "config" / "env.py"}
    for path in [*(ROOT / "config").rglob("*.py"), *(ROOT / "apps").rglob("*.py")]:
        if path in allowed:
            continue
        for use in re.findall(r"os\.(?:environ\.get|environ\[|getenv)\S*", path.read_text()):
            assert "ACUDO_VAR_DIR" in use, f"{path.relative_to(ROOT)}: {use}"


@pytest.mark.parametrize("room", sorted(p.parent.name for p in (ROOT / "apps").glob("*/apps.py")))
def test_the_map_names_every_room(room):
    assert f"`{room}`" in (ROOT / "ARCHITECTURE.md").read_text()
