"""What a first visit to the desk weighs, compressed (kB)."""

import gzip
from pathlib import Path

STATIC = Path("static")


def weight(*paths):
    return sum(len(gzip.compress(path.read_bytes(), 9)) for path in paths) / 1000


def test_the_desks_first_visit_stays_light():
    styles = [p for p in (STATIC / "css").rglob("*.css") if p.name not in {"public.css", "mail.css"}]
    scripts = list((STATIC / "js").rglob("*.js"))
    foreign = [p for p in (STATIC / "vendor").rglob("*.js")]
    sprite = STATIC / "icons.svg"
    assert weight(*styles) <= 25
    assert weight(*scripts) <= 35
    assert weight(sprite) <= 10
    assert weight(*styles, *scripts, *foreign, sprite) <= 90
    for script in scripts:
        assert weight(script) <= 4, script
