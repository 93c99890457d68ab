"""What a process costs, read from the kernel; percentiles; how much of the machine somebody else took meanwhile."""

import os
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
TICK = os.sysconf("SC_CLK_TCK")


def percentile(values: Sequence[float], share: float) -> float:
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


def in_ms(values: Sequence[float]) -> dict[str, float]:
    return {
        name: round(percentile(values, share) * 1000, 2) for name, share in (("p50", 0.5), ("p95", 0.95), ("p99", 0.99))
    }


def cpu_seconds(pids: Sequence[int]) -> float:
    """User and system time of these processes and all below them."""
    return sum(_times(pid) for pid in _family(pids))


def memory_mib(pids: Sequence[int], *, shared: bool = False) -> float:
    """Resident memory of these processes and all below them; `shared`: a page that several hold is divided among
    them (PSS), else each counts it whole (RSS)."""
    name, file = ("Pss:", "smaps_rollup") if shared else ("VmRSS:", "status")
    total = 0
    for pid in _family(pids):
        for line in Path(f"/proc/{pid}/{file}").read_text().splitlines():
            if line.startswith(name):
                total += int(line.split()[1])
    return round(total / 1024, 1)


class Steal:
    """The share of the processors that the host took away while we measured."""

    def __init__(self) -> None:
        self.before = self._read()

    def share(self) -> float:
        stolen, everything = (now - then for now, then in zip(self._read(), self.before, strict=True))
        return round(stolen / max(1, everything), 3)

    @staticmethod
    def _read() -> tuple[int, int]:
        fields = [int(value) for value in Path("/proc/stat").read_text().splitlines()[0].split()[1:9]]
        return fields[7], sum(fields)


def start(*words: str, **environment: str) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, *words],
        cwd=ROOT,
        env={**os.environ, **environment},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )


def wait_for(condition: object, *, seconds: float = 40) -> None:
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        try:
            if condition():  # type: ignore[operator]
                return
        except OSError:
            pass
        time.sleep(0.1)
    raise TimeoutError("it did not come up")


def _family(pids: Sequence[int]) -> set[int]:
    children: dict[int, list[int]] = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                parent = int((entry / "stat").read_text().rsplit(")", 1)[1].split()[1])
            except OSError:
                continue
            children.setdefault(parent, []).append(int(entry.name))
    seen: set[int] = set()
    todo = list(pids)
    while todo:
        pid = todo.pop()
        if pid not in seen:
            seen.add(pid)
            todo += children.get(pid, [])
    return {pid for pid in seen if Path(f"/proc/{pid}").exists()}


def _times(pid: int) -> float:
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    except OSError:
        return 0.0
    return (int(fields[11]) + int(fields[12])) / TICK
