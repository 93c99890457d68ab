"""Who wrote this mail? Only a plain, single, well-formed author is somebody; all others are nobody (S-03)."""

from dataclasses import dataclass

from . import addresses

# What a careful reader would stumble over. A name in a comment behind the bare address is old-fashioned, no more.
SUSPICIOUS = frozenset(
    {
        "address among other words",
        "address in the name",
        "control characters",
        "group",
        "letters beyond ASCII in the address",
        "no address",
        "quoted local part",
        "route",
        "several angle addresses",
        "space in the address",
        "stray bracket",
        "unclosed bracket",
        "unclosed comment",
        "unclosed quote",
        "words after the address",
    }
)


@dataclass(frozen=True, slots=True)
class Author:
    """`doubts` is empty for somebody whom we may take for the owner of the address as written."""

    name: str
    address: str
    doubts: tuple[str, ...] = ()

    @property
    def is_ambiguous(self) -> bool:
        return bool(self.doubts)


def judge(from_lines: list[str]) -> Author:
    """The author by the `From` lines of a mail (unfolded, still encoded)."""
    boxes = [box for line in from_lines for box in addresses.read(line)]
    doubts: set[str] = set()
    if len(from_lines) != 1:
        doubts.add("several From lines" if from_lines else "no From line")
    if len([box for box in boxes if box.address]) > 1 or len(boxes) > 1:
        doubts.add("several authors")
    for box in boxes:
        doubts |= box.oddities & SUSPICIOUS
    for line in from_lines:
        if addresses.CONTROL.search(line.replace("\t", " ")):
            doubts.add("control characters")
        if line.count("@") > 1 and not doubts:
            doubts.add("address in the name")
    named = next((box for box in boxes if box.address), None) or (boxes[0] if boxes else None)
    if named is None:
        return Author("", "", tuple(sorted(doubts | {"no address"})))
    return Author(named.name, named.address, tuple(sorted(doubts)))


def whom_to_answer(author: Author, reply_to: list[addresses.Address], original_senders: list[addresses.Address]) -> str:
    """Where an answer goes: the sender a list or a forwarder names, else `Reply-To`, else the author.

    A line that is not well-formed is passed over.
    """
    for boxes in (original_senders, reply_to):
        for box in boxes:
            if box.address and not box.oddities & SUSPICIOUS:
                return box.address
    return author.address
