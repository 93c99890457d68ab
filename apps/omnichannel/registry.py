"""Kind -> adapter. Channel folders register themselves when Django starts; nothing here names one."""

from typing import TYPE_CHECKING, Any

from django.utils.module_loading import import_string

from apps.omnichannel.ports import ChannelAdapter, Pulse

if TYPE_CHECKING:
    from apps.omnichannel.models import Channel

_adapters: dict[str, type[ChannelAdapter]] = {}
_forms: dict[str, str] = {}
_labels: dict[str, Any] = {}
_pulses: dict[str, str] = {}
_beside: dict[str, str] = {}
_above: dict[str, str] = {}
_ways: dict[str, str] = {}
_rehearsals: dict[str, str] = {}
_cards: dict[str, str] = {}


def register(
    adapter: type[ChannelAdapter],
    *,
    label: Any,
    form: str,
    pulses: str = "",
    beside: str = "",
    above: str = "",
    ways: str = "",
    rehearsal: str = "",
    card: str = "",
) -> None:
    """`form` is the dotted path of what an administrator fills in; `pulses` of a function that says, for all channels
    of this kind, how their fetching goes: {channel id: Pulse}; `beside` of one that says what is known about whoever
    wrote: (ticket, viewer) -> beside.Piece or None; `above` of one, of the same shape, that shows what a conversation
    stands below; `ways` of one that says how an answer may leave: (ticket) -> [Way], the one to propose first;
    `rehearsal` of a module that sets the stage for recorded deliveries (`rehearsing.py`);
    `card` of a function that tells whoever manages a channel how it stands: (channel) -> beside.Piece or None."""
    _adapters[adapter.kind] = adapter
    _forms[adapter.kind] = form
    _labels[adapter.kind] = label
    if pulses:
        _pulses[adapter.kind] = pulses
    if beside:
        _beside[adapter.kind] = beside
    if above:
        _above[adapter.kind] = above
    if ways:
        _ways[adapter.kind] = ways
    if card:
        _cards[adapter.kind] = card
    if rehearsal:
        _rehearsals[adapter.kind] = rehearsal


def adapter_for(channel: "Channel") -> ChannelAdapter:
    return _adapters[channel.kind](channel.facts())


def adapter_class(kind: str) -> type[ChannelAdapter]:
    return _adapters[kind]


def starting_kinds() -> list[str]:
    """The kinds through which we may write first."""
    return [kind for kind, adapter in _adapters.items() if adapter.can_start]


def form_class(kind: str) -> Any:
    return import_string(_forms[kind])


def beside(kind: str) -> str:
    return _beside.get(kind, "")


def above(kind: str) -> str:
    return _above.get(kind, "")


def ways(kind: str) -> str:
    return _ways.get(kind, "")


def card(kind: str) -> str:
    return _cards.get(kind, "")


def rehearsal(kind: str) -> str:
    return _rehearsals.get(kind, "")


def kinds() -> dict[str, Any]:
    """Kind -> its translatable label."""
    return dict(_labels)


def pulses() -> dict[int, Pulse]:
    """Channel id -> how its fetching goes; only channels that something is fetched for."""
    found: dict[int, Pulse] = {}
    for path in _pulses.values():
        found |= import_string(path)()
    return found
