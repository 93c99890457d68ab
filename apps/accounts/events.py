"""What can happen to the people who work here: the trail an auditor reads (S-62)."""

from dataclasses import dataclass
from typing import ClassVar

from apps.activity.bus import Event


@dataclass(frozen=True)
class UserEvent(Event):
    subject_kind: ClassVar[str] = "user"
    user_id: int

    @property
    def subject_id(self) -> int:
        return self.user_id


@dataclass(frozen=True)
class SignedIn(UserEvent):
    address: str = ""  # from where, as far as the proxy tells


@dataclass(frozen=True)
class PasswordChanged(UserEvent):
    pass


@dataclass(frozen=True)
class SessionsEnded(UserEvent):
    pass


@dataclass(frozen=True)
class RoleGiven(UserEvent):
    office_id: int
    role: str


@dataclass(frozen=True)
class RoleTaken(UserEvent):
    office_id: int
    role: str


@dataclass(frozen=True)
class UserDeactivated(UserEvent):
    pass


@dataclass(frozen=True)
class UserActivated(UserEvent):
    pass


@dataclass(frozen=True)
class TokenIssued(UserEvent):
    office_id: int
    token_id: int
    role: str


@dataclass(frozen=True)
class TokenRevoked(UserEvent):
    office_id: int
    token_id: int


@dataclass(frozen=True)
class TeamSaved(Event):
    """A team was made, or has another name, office or other members."""

    subject_kind: ClassVar[str] = "team"
    team_id: int
    office_id: int
    name: str

    @property
    def subject_id(self) -> int:
        return self.team_id


@dataclass(frozen=True)
class OfficeSaved(Event):
    """An office was made or is described otherwise."""

    subject_kind: ClassVar[str] = "office"
    office_id: int
    name: str

    @property
    def subject_id(self) -> int:
        return self.office_id
