"""What we carry from other projects is what it was when we took it."""

import hashlib
from pathlib import Path

VENDOR = Path("static/vendor")


def test_no_foreign_file_was_touched_and_each_has_its_licence():
    listed = dict(line.split("  ")[::-1] for line in (VENDOR / "CHECKSUMS").read_text().splitlines())
    found = {p.relative_to(VENDOR).as_posix(): p for p in VENDOR.rglob("*") if p.is_file() and p.name != "CHECKSUMS"}
    assert listed.keys() == found.keys()
    for name, path in found.items():
        assert hashlib.sha256(path.read_bytes()).hexdigest() == listed[name], name
    assert all((folder / "LICENSE").exists() for folder in VENDOR.iterdir() if folder.is_dir())
