"""Refresh what we carry from other projects: `python deploy/vendor.py`.

Needs npm. Each package is fetched by its pinned version, only the named files are kept, and
static/vendor/CHECKSUMS lists what was kept, so that a test can tell when a file was touched.
"""

from __future__ import annotations

import hashlib
import re
import shutil
import subprocess
import tarfile
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENDOR = ROOT / "static" / "vendor"

PACKAGES = {  # folder: (package, version, {file in the package: name we keep})
    "htmx-2.0.11": ("htmx.org", "2.0.11", {"dist/htmx.min.js": "htmx.min.js", "LICENSE": "LICENSE"}),
    "idiomorph-0.8.0": (
        "idiomorph",
        "0.8.0",
        {"dist/idiomorph-ext.min.js": "idiomorph-ext.min.js", "LICENSE": "LICENSE"},
    ),
    "lucide-1.62.0": ("lucide-static", "1.62.0", {"LICENSE": "LICENSE"}),
}

ICONS = [
    "accessibility",
    "alarm-clock",
    "annoyed",
    "archive",
    "arrow-left",
    "arrow-right",
    "at-sign",
    "ban",
    "bell",
    "book-open",
    "bot",
    "building-2",
    "calendar-check",
    "calendar-clock",
    "calendar-days",
    "calendar-x",
    "captions",
    "chart-column",
    "check",
    "check-check",
    "chevron-down",
    "chevron-left",
    "chevron-right",
    "chevron-up",
    "chevrons-up",
    "circle",
    "circle-alert",
    "circle-check",
    "circle-dashed",
    "circle-pause",
    "circle-question-mark",
    "circle-slash",
    "clock",
    "command",
    "copy",
    "door-open",
    "download",
    "ear",
    "ellipsis",
    "equal",
    "external-link",
    "eye",
    "eye-off",
    "file-text",
    "fingerprint",
    "folder",
    "forward",
    "frown",
    "gauge",
    "globe",
    "graduation-cap",
    "hand",
    "hard-drive",
    "history",
    "hourglass",
    "image",
    "inbox",
    "info",
    "key-round",
    "keyboard",
    "landmark",
    "languages",
    "link",
    "list",
    "list-filter",
    "lock-keyhole",
    "log-in",
    "log-out",
    "mail",
    "map-pin",
    "megaphone",
    "menu",
    "merge",
    "message-circle",
    "mic",
    "mic-off",
    "monitor",
    "moon",
    "move",
    "octagon-alert",
    "panel-right",
    "paperclip",
    "pencil",
    "phone",
    "phone-incoming",
    "phone-missed",
    "phone-off",
    "plus",
    "printer",
    "qr-code",
    "refresh-cw",
    "reply",
    "rotate-ccw",
    "save",
    "screen-share",
    "search",
    "send",
    "settings",
    "shield-check",
    "smartphone",
    "smile",
    "split",
    "square-pen",
    "star",
    "store",
    "sun",
    "sun-moon",
    "tag",
    "thumbs-down",
    "thumbs-up",
    "timer",
    "trash-2",
    "triangle-alert",
    "truck",
    "undo-2",
    "upload",
    "user",
    "user-plus",
    "users",
    "video",
    "video-off",
    "volume-2",
    "volume-x",
    "webhook",
    "wifi-off",
    "workflow",
    "wrench",
    "x",
    "zap",
]


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        for name, (package, version, files) in PACKAGES.items():
            unpacked = fetch(package, version, Path(folder))
            kept = VENDOR / name
            shutil.rmtree(kept, ignore_errors=True)
            kept.mkdir(parents=True)
            for source, target in files.items():
                shutil.copyfile(unpacked / source, kept / target)
            if package == "lucide-static":
                (ROOT / "static" / "icons.svg").write_text(sprite(unpacked / "icons", version))
    write_checksums()


def fetch(package: str, version: str, folder: Path) -> Path:
    subprocess.run(["npm", "pack", f"{package}@{version}", "--silent"], cwd=folder, check=True)  # noqa: S603, S607
    archive = next(folder.glob(f"{package}-{version}.tgz"))
    target = folder / package
    with tarfile.open(archive) as tar:
        tar.extractall(target, filter="data")
    return target / "package"


def sprite(icons: Path, version: str) -> str:
    """One <symbol> an icon: drawn in the colour and stroke of the <svg> that uses it."""
    symbols = []
    for name in ICONS:
        inner = re.search(r"<svg[^>]*>(.*)</svg>", (icons / f"{name}.svg").read_text(), re.DOTALL)
        shapes = re.sub(r"\s+", " ", inner[1]).replace("> <", "><").replace(" />", "/>").strip()
        symbols.append(f'<symbol id="{name}" viewBox="0 0 24 24">{shapes}</symbol>')
    head = f"<!-- Lucide {version}, ISC licence: static/vendor/lucide-{version}/LICENSE -->"
    return f'<svg xmlns="http://www.w3.org/2000/svg">{head}\n' + "\n".join(symbols) + "\n</svg>\n"


def write_checksums() -> None:
    files = sorted(p for p in VENDOR.rglob("*") if p.is_file() and p.name != "CHECKSUMS")
    lines = [f"{hashlib.sha256(p.read_bytes()).hexdigest()}  {p.relative_to(VENDOR).as_posix()}\n" for p in files]
    (VENDOR / "CHECKSUMS").write_text("".join(lines))


if __name__ == "__main__":
    main()
