"""Who may do what: every route, every method, every role (SECURITY S-27). A route that is not here fails the build.

A row is: method, route, who, and where needed what the route's parts name and what is sent. Words in `args` and in
`data` (after "$") name values of tests/architecture/world.py. Roles that `who` does not mention are strangers of that
door: nobody signed in is sent to the log-in, a colleague finds nothing there.

    ok         it is answered or done
    login      who are you? (the log-in page, the portal's request for an address, 401)
    hidden     404, the same as for what does not exist
    refused    403, for a thing that the role can see
    unchanged  answered, but nothing was written

Whatever is not "ok" must leave the world as it was.
"""

from dataclasses import dataclass, field
from typing import Any

OUTSIDE = ("anonymous", "person", "other_person")
STAFF = ("observer", "agent", "other_office", "other_admin", "admin")
ROLES = (*OUTSIDE, *STAFF)


@dataclass(frozen=True)
class Row:
    method: str
    route: str
    who: dict[str, str]
    args: dict[str, str] = field(default_factory=dict)
    data: dict[str, Any] | None = None
    foreign: str = ""  # why a request from another site is not turned away by its origin (S-46)


def staff(
    *, ok: tuple[str, ...] = (), refused: tuple[str, ...] = (), unchanged: tuple[str, ...] = ()
) -> dict[str, str]:
    who = dict.fromkeys(OUTSIDE, "login") | dict.fromkeys(STAFF, "hidden")
    return who | dict.fromkeys(ok, "ok") | dict.fromkeys(refused, "refused") | dict.fromkeys(unchanged, "unchanged")


def everybody(word: str) -> dict[str, str]:
    return dict.fromkeys(ROLES, word)


def person(word: str = "ok", other: str = "hidden") -> dict[str, str]:
    """A page of the portal: a staff session of the same browser counts for nothing there."""
    return everybody("login") | {"person": word, "other_person": other}


ANYBODY = everybody("ok")
SIGNED_IN = staff(ok=STAFF)
READERS = staff(ok=("observer", "agent", "admin"))  # of what belongs to the library
WORKERS = staff(ok=("agent", "admin"), refused=("observer",))
WORKING = staff(ok=("agent", "other_office", "other_admin", "admin"))  # the verb, wherever it may be
ADMINS = staff(ok=("admin", "other_admin"))
ADMIN = staff(ok=("admin",))
API_ADMIN = staff(ok=("admin",), refused=("observer", "agent"))  # of what colleagues may read
TAG_READERS = staff(ok=("observer", "agent", "other_office", "admin"))  # tags belong to the body
TAG_WRITERS = staff(ok=("admin",), refused=("observer", "agent", "other_office"))
# Whose key grants the reading of reports; others can see that there are reports.
API_REPORTS = staff(ok=("admin", "other_admin"), refused=("observer", "agent", "other_office"))
PRIVATE = staff(ok=("agent",))  # the agent's own
KB = staff(ok=STAFF)

# What the operator's repair pages answer to everybody whom the command line did not make an operator.
DJANGO_ADMIN = "admin/"

# fmt: off
PAGES = [
    # signs of life
    Row("GET", "health/live", ANYBODY),
    Row("GET", "health/ready", ANYBODY),
    Row("GET", "health/deep", ANYBODY),  # from this machine; from elsewhere only with its token
    # what comes from providers, from other sites, from everybody
    Row("POST", "hooks/<str:key>/", everybody("refused"), {"key": "channel_key"}, foreign="the provider's signature"),
    Row("POST", "hooks/<str:key>/deliveries/", everybody("refused"), {"key": "channel_key"},
        foreign="the provider's signature"),
    Row("GET", "widget/<slug:key>.js", ANYBODY, {"key": "chat_key"}),
    Row("GET", "widget/<slug:key>/", ANYBODY, {"key": "chat_key"}),
    Row("GET", "widget/<slug:key>/theme.css", ANYBODY, {"key": "chat_key"}),
    Row("GET", "widget/<slug:key>/messages/", ANYBODY, {"key": "chat_key"}),
    Row("POST", "widget/<slug:key>/messages/", everybody("unchanged"), {"key": "chat_key"}),
    Row("POST", "widget/<slug:key>/wishes/", everybody("unchanged"), {"key": "chat_key"}),
    Row("POST", "widget/<slug:key>/forgetting/", everybody("unchanged"), {"key": "chat_key"}),
    Row("GET", "widget/<slug:key>/files/<slug:public_id>/", everybody("hidden"),
        {"key": "chat_key", "public_id": "attachment"}),
    Row("GET", "^(?P<lang>es|it|en|pt)/chat/$", ANYBODY, {"lang": "=es"}),
    Row("POST", "^(?P<lang>es|it|en|pt)/chat/$", everybody("unchanged"), {"lang": "=es"}),
    Row("GET", "demo/site/", ANYBODY),
    # coming in
    Row("GET", "accounts/login/", ANYBODY),
    Row("POST", "accounts/login/", everybody("unchanged"), data={"username": "x@x.example", "password": "x"}),
    Row("POST", "accounts/logout/", everybody("login")),
    Row("GET", "accounts/reset/", ANYBODY),
    Row("POST", "accounts/reset/", everybody("unchanged"), data={"email": "agent@desk.example"}),
    Row("GET", "accounts/password/<slug:purpose>/<str:token>/", everybody("hidden"),
        {"purpose": "=reset", "token": "=x"}),
    Row("POST", "accounts/password/<slug:purpose>/<str:token>/", everybody("hidden"),
        {"purpose": "=reset", "token": "=x"}),
    Row("POST", "language/", ANYBODY, data={"language": "en", "next": "/"}),
    # words that leave by themselves, and what stands below the others
    Row("GET", "desk/admin/acknowledgements/", ADMINS),
    Row("GET", "desk/admin/acknowledgements/<slug:of>/", ADMIN, {"of": "acknowledged"}),
    Row("POST", "desk/admin/acknowledgements/<slug:of>/", ADMIN, {"of": "acknowledged"}, {"is_active": "on"}),
    Row("GET", "desk/admin/signatures/", ADMINS),
    Row("POST", "desk/admin/signatures/", staff(ok=("admin",), unchanged=()), data={"of": "$signed", "text": "T"}),
    # an answer: whom it goes to, taken back, begun, passed on
    Row("GET", "desk/t/<str:public_id>/composer/", READERS, {"public_id": "ticket"}),
    Row("POST", "desk/t/<slug:public_id>/visitor/", WORKERS, {"public_id": "chatted"}, {"reason": "R"}),
    Row("GET", "desk/chats/", WORKING),
    Row("POST", "desk/chats/<slug:public_id>/take/", WORKERS, {"public_id": "chatted"}, {}),
    Row("GET", "desk/me/sound/", SIGNED_IN),
    Row("POST", "desk/t/<str:public_id>/addressing/", WORKERS, {"public_id": "ticket"}),
    Row("POST", "desk/t/<str:public_id>/undo/", staff(refused=("observer",)), {"public_id": "ticket"},
        {"message": "$message"}),
    Row("POST", "desk/t/<str:public_id>/draft/", WORKERS, {"public_id": "ticket"}, {"kind": "reply", "text": "T"}),
    Row("GET", "desk/t/<str:public_id>/drafts/", READERS, {"public_id": "ticket"}),
    Row("POST", "desk/t/<str:public_id>/drafts/", staff(refused=("observer",)), {"public_id": "ticket"},
        {"take": "0"}),
    Row("GET", "desk/t/<str:public_id>/forward/", staff(ok=("agent", "admin")), {"public_id": "ticket"}),
    Row("POST", "desk/t/<str:public_id>/forward/", staff(ok=("agent", "admin")), {"public_id": "ticket"},
        {"to": "third@people.example", "subject": "S", "text": "T"}),
    Row("POST", "desk/t/<str:public_id>/watch/", READERS, {"public_id": "ticket"}, {"on": "1"}),
    Row("GET", "desk/me/mail/", SIGNED_IN),
    Row("POST", "desk/me/mail/", SIGNED_IN, data={"by_mail": "on", "signature": "S"}),
    # my settings
    Row("GET", "desk/me/", SIGNED_IN | dict.fromkeys(OUTSIDE, "ok")),  # only says where the settings are
    Row("GET", "desk/me/profile/", SIGNED_IN),
    Row("POST", "desk/me/profile/", SIGNED_IN,
        data={"full_name": "N", "language": "en", "theme": "dark", "density": "compact"}),
    Row("GET", "desk/me/security/", SIGNED_IN),
    Row("POST", "desk/me/security/", staff(unchanged=STAFF), data={"current": "wrong", "password": "x"}),
    Row("POST", "desk/me/security/sessions/", SIGNED_IN),
    Row("POST", "desk/me/security/tokens/",
        staff(ok=("agent",), unchanged=("observer", "other_office", "other_admin", "admin")),
        data={"name": "x", "membership": "$membership", "days": "30"}),
    Row("POST", "desk/me/security/tokens/<int:pk>/revoke/", PRIVATE, {"pk": "token"}),
    # who works here
    Row("GET", "desk/admin/people/", ADMINS),
    Row("GET", "desk/admin/people/new/", ADMINS),
    Row("POST", "desk/admin/people/new/", staff(ok=("admin",), unchanged=("other_admin",)),
        data={"full_name": "N", "email": "n@desk.example", "language": "en", "office": "$library_pk",
          "role": "$agent_role"}),
    Row("GET", "desk/admin/people/<int:pk>/", ADMIN, {"pk": "colleague"}),
    Row("POST", "desk/admin/people/<int:pk>/roles/", ADMIN, {"pk": "colleague"},
        {"office": "$olmo_pk", "role": "$agent_role"}),
    Row("POST", "desk/admin/people/<int:pk>/roles/", staff(unchanged=("admin",)), {"pk": "colleague"},
        {"office": "$foreign_office_pk", "role": "$agent_role"}),
    Row("POST", "desk/admin/people/<int:pk>/roles/<int:membership>/take/", ADMIN,
        {"pk": "colleague", "membership": "membership"}),
    Row("POST", "desk/admin/people/<int:pk>/active/", ADMIN, {"pk": "colleague"}, {"active": "0"}),
    Row("GET", "desk/admin/teams/", ADMINS),
    Row("GET", "desk/admin/teams/new/", ADMINS),
    Row("POST", "desk/admin/teams/new/", staff(ok=("admin",), unchanged=("other_admin",)),
        data={"name": "N", "office": "$library_pk"}),
    Row("GET", "desk/admin/teams/<slug:slug>/", ADMIN, {"slug": "team"}),
    Row("POST", "desk/admin/teams/<slug:slug>/", ADMIN, {"slug": "team"}, {"name": "N", "office": "$library_pk"}),
    Row("POST", "desk/admin/teams/<slug:slug>/", staff(unchanged=("admin",)), {"slug": "team"},
        {"name": "N", "office": "$foreign_office_pk"}),
    Row("POST", "desk/admin/teams/<slug:slug>/", staff(unchanged=("admin",)), {"slug": "team"},
        {"name": "N", "office": "$library_pk", "members": "$foreign_user"}),
    Row("GET", "desk/admin/offices/", ADMINS),
    Row("GET", "desk/admin/offices/new/", ADMINS),
    Row("POST", "desk/admin/offices/new/", staff(ok=("admin",), unchanged=("other_admin",)),
        data={"name": "N", "parent": "$olmo_pk", "languages": "es", "default_language": "es", "time_zone": "UTC",
          "term_person": "person"}),
    Row("GET", "desk/admin/offices/<slug:slug>/", ADMIN, {"slug": "library"}),
    Row("POST", "desk/admin/offices/<slug:slug>/", ADMIN, {"slug": "library"},
        {"name": "N", "languages": "es", "default_language": "es", "time_zone": "UTC", "term_person": "person"}),
    Row("GET", "desk/admin/tags/", ADMINS),
    Row("GET", "desk/admin/tags/new/", ADMINS),
    Row("POST", "desk/admin/tags/new/", ADMINS, data={"name_es": "nueva"}),
    Row("GET", "desk/admin/tags/<int:pk>/", ADMIN, {"pk": "tag_pk"}),
    Row("POST", "desk/admin/tags/<int:pk>/", ADMIN, {"pk": "tag_pk"}, {"name_es": "otra"}),
    Row("POST", "desk/admin/tags/<int:pk>/retirement/", ADMIN, {"pk": "tag_pk"}),
    # doors, what left, what could not be read
    Row("GET", "desk/admin/channels/", ADMINS),
    Row("GET", "desk/admin/channels/new/<slug:kind>/", ADMINS, {"kind": "=webchat"}),
    Row("POST", "desk/admin/channels/new/<slug:kind>/", staff(ok=("admin",), unchanged=("other_admin",)),
        {"kind": "=webchat"}, {"name": "N", "office": "$library_pk", "side": "left"}),
    Row("GET", "desk/admin/channels/<slug:slug>/", ADMIN, {"slug": "=chat"}),
    Row("POST", "desk/admin/channels/<slug:slug>/", ADMIN, {"slug": "=chat"}, {"name": "N", "office": "$library_pk"}),
    Row("POST", "desk/admin/channels/<slug:slug>/", staff(unchanged=("admin",)), {"slug": "=chat"},
        {"name": "N", "office": "$library_pk", "team": "$foreign_team_pk"}),
    Row("GET", "desk/admin/outbox/", ADMINS),
    Row("GET", "desk/admin/outbox/<str:public_id>/", ADMIN, {"public_id": "delivery"}),
    Row("POST", "desk/admin/outbox/<str:public_id>/retry/", ADMIN, {"public_id": "delivery"}),
    Row("POST", "desk/admin/outbox/<str:public_id>/cancel/", ADMIN, {"public_id": "delivery"}, {"reason": "Old."}),
    Row("POST", "desk/admin/outbox/many/", staff(ok=("admin",), unchanged=("other_admin",)),
        data={"row": "$delivery", "do": "retry"}),
    Row("GET", "desk/admin/quarantine/", ADMINS),
    Row("GET", "desk/admin/quarantine/<str:public_id>/raw/", ADMIN, {"public_id": "envelope"}),
    Row("POST", "desk/admin/quarantine/<str:public_id>/process/", ADMIN, {"public_id": "envelope"}),
    Row("POST", "desk/admin/quarantine/<str:public_id>/discard/", ADMIN, {"public_id": "envelope"}, {"reason": "Old."}),
    Row("POST", "desk/admin/quarantine/<str:public_id>/discard/", staff(ok=("other_admin",)),
        {"public_id": "foreign_envelope"}, {"reason": "Old."}),
    Row("GET", "desk/admin/quarantine/<str:public_id>/", ADMIN, {"public_id": "envelope"}),
    Row("POST", "desk/admin/quarantine/<str:public_id>/", ADMIN, {"public_id": "envelope"},
        {"text": "From: a@b.example"}),
    Row("POST", "desk/admin/quarantine/many/", staff(ok=("admin",), unchanged=("other_admin",)),
        data={"row": "$envelope", "do": "retry"}),
    # mailboxes
    Row("GET", "desk/admin/mailboxes/", ADMINS),
    Row("GET", "desk/admin/mailboxes/new/", ADMINS),
    Row("POST", "desk/admin/mailboxes/new/", staff(ok=("admin",), unchanged=("other_admin",)),
        data={"name": "N", "office": "$library_pk", "address": "n@olmo.example"}),
    Row("GET", "desk/admin/mailboxes/<slug:slug>/", ADMIN, {"slug": "channel"}),
    Row("GET", "desk/admin/mailboxes/<slug:slug>/setup/<slug:key>/", ADMIN, {"slug": "channel", "key": "=door"}),
    Row("POST", "desk/admin/mailboxes/<slug:slug>/setup/<slug:key>/", ADMIN, {"slug": "channel", "key": "=door"},
        {"door": "command"}),
    Row("POST", "desk/admin/mailboxes/<slug:slug>/test/", ADMIN, {"slug": "channel"}),
    Row("GET", "desk/admin/mailboxes/<slug:slug>/test/<str:public_id>/", ADMIN,
        {"slug": "channel", "public_id": "round_trip"}),
    Row("POST", "desk/admin/mailboxes/<slug:slug>/watch/", ADMIN, {"slug": "channel"}, {"on": "1"}),
    # notices
    Row("GET", "desk/notices/", SIGNED_IN),
    Row("GET", "desk/notices/bell/", SIGNED_IN),
    Row("POST", "desk/notices/read/", SIGNED_IN, data={"newest": "0"}),
    # the shift at work
    Row("GET", "desk/live/", ADMINS),
    Row("GET", "desk/live/wall/", ADMINS),
    Row("POST", "desk/live/walls/", ADMIN, data={"office": "$library_pk", "name": "x"}),
    Row("POST", "desk/live/walls/<str:public_id>/remove/", ADMIN, {"public_id": "wall"}),
    Row("GET", "wall/<str:key>/", ANYBODY, {"key": "wall_key"}),
    Row("GET", "desk/handover/", WORKING),
    Row("POST", "desk/handover/", staff(ok=("agent", "admin")), data={"office": "$library_pk"}),
    Row("POST", "desk/handover/items/<int:pk>/", staff(ok=("agent", "admin")), {"pk": "handed"}, {"take": "0"}),
    Row("GET", "desk/opening/", WORKING),
    Row("POST", "desk/opening/", staff(ok=("agent", "admin")), data={"office": "$library_pk", "do": "sound"}),
    Row("GET", "desk/me/shifts/", SIGNED_IN),
    Row("GET", "desk/shifts/<str:key>.ics", ANYBODY, {"key": "shift_feed"}),  # its key is all it asks
    Row("GET", "desk/me/presence/switch/", staff(ok=STAFF)),
    Row("POST", "desk/me/presence/", staff(ok=STAFF), data={"state": "busy"}),
    # shifts
    Row("GET", "desk/admin/shifts/", ADMINS),
    Row("POST", "desk/admin/shifts/", staff(ok=("admin",), unchanged=("other_admin",)),
        data={"name": "x", "office": "$library_pk", "opens": "08:00", "closes": "13:30", "days": "0"}),
    Row("GET", "desk/admin/shifts/<int:pk>/", ADMIN, {"pk": "shift"}),
    Row("POST", "desk/admin/shifts/<int:pk>/", ADMIN, {"pk": "shift"},
        {"name": "x", "office": "$library_pk", "opens": "08:00", "closes": "13:30", "days": "0"}),
    Row("POST", "desk/admin/shifts/<int:pk>/", staff(unchanged=("admin",)), {"pk": "shift"},
        {"name": "x", "office": "$foreign_office_pk", "opens": "08:00", "closes": "13:30", "days": "0"}),
    Row("POST", "desk/admin/shifts/<int:pk>/weekly/", ADMIN, {"pk": "shift"}, {"on-0": "$colleague"}),
    Row("POST", "desk/admin/shifts/<int:pk>/dates/", ADMIN, {"pk": "shift"}, {"on": "2030-05-01"}),
    Row("POST", "desk/admin/shifts/<int:pk>/remove/", ADMIN, {"pk": "shift"}),
    Row("POST", "desk/admin/capacity/", ADMINS),
    Row("POST", "desk/admin/absences/", staff(ok=("admin",), unchanged=("other_admin",)),
        data={"office": "$library_pk", "user": "$colleague", "first_on": "2030-05-01", "last_on": "2030-05-02",
              "reason": "ill"}),
    Row("POST", "desk/admin/absences/<int:pk>/remove/", ADMIN, {"pk": "absence"}),
    # promises and hours
    Row("GET", "desk/admin/sla/", ADMINS),
    Row("GET", "desk/admin/sla/new/", ADMINS),
    Row("POST", "desk/admin/sla/new/", staff(ok=("admin",), unchanged=("other_admin",)),
        data={"name": "N", "office": "$library_pk", "calendar": "$calendar", "goal_percent": "90",
          "warn_percent_left": "25", "resolution-any": "8 h"}),
    Row("GET", "desk/admin/sla/<int:pk>/", ADMIN, {"pk": "policy"}),
    Row("POST", "desk/admin/sla/<int:pk>/", ADMIN, {"pk": "policy"},
        {"name": "N", "office": "$library_pk", "calendar": "$calendar", "goal_percent": "90",
          "warn_percent_left": "25", "resolution-any": "8 h"}),
    Row("POST", "desk/admin/sla/<int:pk>/", staff(unchanged=("admin",)), {"pk": "policy"},
        {"name": "N", "office": "$foreign_office_pk", "calendar": "$calendar", "goal_percent": "90",
          "warn_percent_left": "25", "resolution-any": "8 h"}),
    Row("POST", "desk/admin/sla/<int:pk>/position/", ADMIN, {"pk": "policy"}, {"move": "up"}),
    Row("GET", "desk/clocks/<int:pk>/", READERS, {"pk": "clock"}),
    Row("GET", "desk/admin/hours/", ADMINS),
    Row("POST", "desk/admin/hours/", staff(ok=("admin",), unchanged=("other_admin",)),
        data={"name": "N", "office": "$library_pk", "week": "library"}),
    Row("POST", "desk/admin/hours/whose/", ADMINS),
    Row("GET", "desk/admin/hours/<int:pk>/", ADMIN, {"pk": "calendar"}),
    Row("POST", "desk/admin/hours/<int:pk>/week/", ADMIN, {"pk": "calendar"},
        {"do": "save", "valid_from": "2030-01-01"}),
    Row("POST", "desk/admin/hours/<int:pk>/details/", ADMIN, {"pk": "calendar"},
        {"name": "N", "time_zone": "Europe/Madrid"}),
    Row("POST", "desk/admin/hours/<int:pk>/days/", ADMIN, {"pk": "calendar"}, {"on": "2030-05-01", "label": "x"}),
    Row("POST", "desk/admin/hours/<int:pk>/days/<day:on>/", ADMIN, {"pk": "calendar", "on": "day"}),
    # articles
    Row("GET", "desk/kb/", KB),
    Row("GET", "desk/kb/new/", ADMINS),
    Row("POST", "desk/kb/new/", staff(ok=("admin",), unchanged=("other_admin",)),
        data={"title": "N", "office": "$library_pk", "language": "es"}),
    Row("GET", "desk/kb/categories/", ADMINS),
    Row("POST", "desk/kb/categories/", staff(ok=("admin", "other_admin")), data={"name-es": "Sala"}),
    Row("GET", "desk/kb/categories/", ADMINS),
    Row("POST", "desk/kb/categories/", ADMINS, data={"name-es": "Estante"}),
    Row("POST", "desk/kb/categories/", ADMIN, data={"category": "$category_pk", "name-es": "Otro"}),
    Row("POST", "desk/kb/preview/", KB, data={"text": "x"}),
    Row("GET", "desk/kb/insert/", WORKING),
    Row("GET", "desk/kb/<int:pk>/", READERS, {"pk": "article"}),
    Row("POST", "desk/kb/<int:pk>/place/", ADMIN, {"pk": "article"}, {"language": "es"}),
    Row("POST", "desk/kb/<int:pk>/files/", ADMIN, {"pk": "article"}),
    Row("POST", "desk/kb/<int:pk>/files/<slug:public_id>/removal/", ADMIN, {"pk": "article", "public_id": "kb_file"}),
    Row("GET", "desk/kb/<int:pk>/<slug:language>/as-citizen/", READERS, {"pk": "article", "language": "=es"}),
    Row("POST", "desk/kb/<int:pk>/<slug:language>/wordings/", ADMIN, {"pk": "article", "language": "=es"},
        {"wordings": "me clavaron una multa"}),
    Row("POST", "desk/kb/<int:pk>/<slug:language>/plan/", ADMIN, {"pk": "article", "language": "=es"},
        {"at": "2031-05-01T09:00"}),
    Row("POST", "desk/kb/<int:pk>/<slug:language>/address/", ADMIN, {"pk": "article", "language": "=es"},
        {"slug": "otra"}),
    Row("GET", "kb/files/<slug:public_id>/", everybody("hidden") | dict.fromkeys(("observer", "agent", "admin"), "ok"),
        {"public_id": "kb_file"}),
    Row("GET", "desk/kb/<int:pk>/<slug:language>/", READERS, {"pk": "article", "language": "=es"}),
    Row("POST", "desk/kb/<int:pk>/<slug:language>/words/", ADMIN, {"pk": "article", "language": "=es"},
        {"title": "N", "text": "x"}),
    Row("GET", "desk/kb/<int:pk>/<slug:language>/history/", READERS, {"pk": "article", "language": "=es"}),
    Row("POST", "desk/kb/<int:pk>/<slug:language>/history/<int:number>/restoration/", ADMIN,
        {"pk": "article", "language": "=es", "number": "=1"}),
    Row("POST", "desk/kb/<int:pk>/<slug:language>/<slug:name>/", ADMIN,
        {"pk": "article", "language": "=es", "name": "=retirement"}),
    # reports
    Row("GET", "desk/reports/", ADMINS),
    Row("GET", "desk/reports/sla/", ADMINS),
    Row("GET", "desk/reports/sla.csv", ADMINS),
    Row("GET", "desk/reports/sla.xlsx", ADMINS),
    Row("GET", "desk/reports/sla.pdf", ADMINS),
    Row("GET", "desk/reports/volume/", ADMINS),
    Row("GET", "desk/reports/figures/<slug:name>/", ADMINS, {"name": "=opened"}),
    Row("GET", "desk/reports/channels/", ADMINS),
    Row("POST", "desk/reports/channels/", staff(ok=("admin",), unchanged=("other_admin",)),
        data={"office": "$library_pk", "month": "2026-05", "channel": "Web", "figure": "12"}),
    Row("POST", "desk/reports/channels/<int:pk>/forget/", ADMIN, {"pk": "outside_figure"}),
    Row("GET", "desk/reports/replays/", ADMINS),
    Row("POST", "desk/reports/replays/", staff(ok=("admin",), unchanged=("other_admin",)),
        data={"office": "$library_pk", "name": "N", "first": "2026-01-01", "last": "2026-03-31", "hours": "wall"}),
    Row("GET", "desk/reports/replays/<int:pk>/", ADMIN, {"pk": "replay"}),
    Row("POST", "desk/reports/replays/<int:pk>/forget/", ADMIN, {"pk": "replay"}),
    Row("GET", "desk/reports/scheduled/", ADMINS),
    Row("POST", "desk/reports/scheduled/", staff(ok=("admin",), unchanged=("other_admin",)),
        data={"office": "$library_pk", "name": "N", "every": "month", "form": "pdf", "receivers": "$admin_pk"}),
    Row("POST", "desk/reports/scheduled/", staff(unchanged=("admin", "other_admin")),
        data={"office": "$library_pk", "name": "N", "every": "month", "form": "pdf", "receivers": "$foreign_user"}),
    Row("POST", "desk/reports/scheduled/<int:pk>/end/", ADMIN, {"pk": "schedule"}),
    # what colleagues have ready
    Row("GET", "desk/macros/", WORKING),
    Row("GET", "desk/macros/new/", WORKING),
    Row("POST", "desk/macros/new/", WORKING, data={"name": "N", "place": "me", "text_es": "T"}),
    Row("POST", "desk/macros/new/", staff(ok=("admin",), unchanged=("agent", "other_office", "other_admin")),
        data={"name": "N", "place": "$shared_place", "text_es": "T"}),
    Row("GET", "desk/macros/<str:public_id>/", PRIVATE, {"public_id": "own_macro"}),
    Row("GET", "desk/macros/<str:public_id>/", ADMIN, {"public_id": "macro"}),
    Row("POST", "desk/macros/<str:public_id>/", PRIVATE, {"public_id": "own_macro"},
        {"name": "N", "place": "me", "text_es": "T"}),
    Row("POST", "desk/macros/<str:public_id>/", ADMIN, {"public_id": "macro"},
        {"name": "N", "place": "me", "text_es": "T"}),
    Row("POST", "desk/macros/<str:public_id>/delete/", PRIVATE, {"public_id": "own_macro"}),
    Row("POST", "desk/macros/<str:public_id>/delete/", ADMIN, {"public_id": "macro"}),
    Row("GET", "desk/t/<str:public_id>/macros/", READERS, {"public_id": "ticket"}),
    Row("POST", "desk/t/<str:public_id>/macros/", staff(ok=("agent", "admin"), unchanged=("observer",)),
        {"public_id": "ticket"}, {"macro": "$macro"}),
    Row("POST", "desk/t/<str:public_id>/macros/", PRIVATE, {"public_id": "ticket"}, {"macro": "$own_macro"}),
    Row("GET", "desk/t/<str:public_id>/words/", READERS, {"public_id": "ticket"}),
    Row("GET", "desk/jobs/<str:public_id>/", PRIVATE, {"public_id": "job"}),
    Row("POST", "desk/jobs/<str:public_id>/undo/", PRIVATE, {"public_id": "job"}),
    # the inbox
    Row("GET", "desk/", SIGNED_IN),
    Row("GET", "desk/inbox/<slug:view>/", SIGNED_IN, {"view": "=all"}),
    Row("GET", "desk/inbox/<slug:view>/<str:public_id>/", READERS, {"view": "=all", "public_id": "ticket"}),
    *(
        Row("POST", "desk/inbox/bulk/",
            staff(ok=("agent", "admin"), unchanged=("observer", "other_office", "other_admin")),
            data={"ticket": "$ticket", **act})
        for act in (
            {"do": "solve"},
            {"do": "mine"},
            {"do": "assign", "value": "$colleague"},
            {"do": "team", "value": "$team_pk"},
            {"do": "tag", "value": "$tag"},
            {"do": "choose"},
        )
    ),
    *(
        Row("POST", "desk/inbox/bulk/", staff(unchanged=STAFF), data={"ticket": "$ticket", **act})
        for act in (
            {"do": "assign", "value": "$foreign_user"},
            {"do": "team", "value": "$foreign_team_pk"},
            {"do": "tag", "value": "$foreign_tag"},
        )
    ),
    Row("GET", "desk/t/<str:public_id>/", READERS, {"public_id": "ticket"}),
    Row("GET", "desk/t/<str:public_id>/details/", READERS, {"public_id": "ticket"}),
    Row("POST", "desk/t/<str:public_id>/seen/", READERS, {"public_id": "ticket"}, {"message": "1"}),
    Row("POST", "desk/t/<str:public_id>/answers/", WORKERS, {"public_id": "ticket"}, {"kind": "reply", "text": "x"}),
    Row("POST", "desk/t/<str:public_id>/answers/", WORKERS, {"public_id": "ticket"}, {"kind": "note", "text": "x"}),
    Row("POST", "desk/t/<str:public_id>/retry/", WORKERS, {"public_id": "ticket"}, {"delivery": "$delivery"}),
    Row("GET", "desk/t/<str:public_id>/calls/", READERS, {"public_id": "ticket"}),
    Row("POST", "desk/t/<str:public_id>/status/", WORKERS, {"public_id": "ticket"}, {"to": "solved"}),
    Row("POST", "desk/t/<str:public_id>/priority/", WORKERS, {"public_id": "ticket"}, {"to": "4"}),
    Row("POST", "desk/t/<str:public_id>/subject/", WORKERS, {"public_id": "ticket"}, {"to": "Other"}),
    Row("GET", "desk/t/<str:public_id>/assignee/", READERS, {"public_id": "ticket"}),
    Row("POST", "desk/t/<str:public_id>/assignee/", WORKERS, {"public_id": "ticket"}, {"to": ""}),
    Row("POST", "desk/t/<str:public_id>/assignee/", staff(refused=("observer",), unchanged=("agent", "admin")),
        {"public_id": "ticket"}, {"to": "$foreign_user"}),
    Row("GET", "desk/t/<str:public_id>/team/", READERS, {"public_id": "ticket"}),
    Row("POST", "desk/t/<str:public_id>/team/", WORKERS, {"public_id": "ticket"}, {"to": "$team_pk"}),
    Row("POST", "desk/t/<str:public_id>/team/", staff(refused=("observer",), unchanged=("agent", "admin")),
        {"public_id": "ticket"}, {"to": "$foreign_team_pk"}),
    # joined with others, parted, moved
    Row("GET", "desk/t/<str:public_id>/merge/", READERS, {"public_id": "ticket"}),
    Row("POST", "desk/t/<str:public_id>/merge/", WORKERS, {"public_id": "beside"}, {"into": "$ticket"}),
    Row("POST", "desk/t/<str:public_id>/merge/", staff(refused=("observer",)), {"public_id": "ticket"},
        {"into": "$foreign_ticket"}),
    Row("POST", "desk/t/<str:public_id>/unmerge/", WORKERS, {"public_id": "merged"}),
    Row("GET", "desk/t/<str:public_id>/split/", staff(ok=("agent", "admin")), {"public_id": "ticket"}),
    Row("POST", "desk/t/<str:public_id>/split/", staff(ok=("agent", "admin")), {"public_id": "ticket"},
        {"message": "$later_message", "subject": "S"}),
    Row("GET", "desk/t/<str:public_id>/links/", READERS, {"public_id": "ticket"}),
    Row("POST", "desk/t/<str:public_id>/links/", WORKERS, {"public_id": "ticket"}, {"to": "$beside", "kind": "child"}),
    Row("GET", "desk/t/<str:public_id>/office/", READERS, {"public_id": "ticket"}),
    Row("POST", "desk/t/<str:public_id>/office/", WORKERS, {"public_id": "ticket"}, {"to": "$olmo_pk"}),
    Row("GET", "desk/t/<str:public_id>/tags/", READERS, {"public_id": "ticket"}),
    Row("POST", "desk/t/<str:public_id>/tags/", WORKERS, {"public_id": "ticket"}, {"add": "$tag"}),
    Row("POST", "desk/t/<str:public_id>/tags/", staff(refused=("observer",), unchanged=("agent", "admin")),
        {"public_id": "ticket"}, {"add": "$foreign_tag"}),
    Row("POST", "desk/t/<str:public_id>/snooze/", WORKERS, {"public_id": "ticket"}, {"until": "$soon"}),
    Row("GET", "desk/t/<str:public_id>/snooze/choices/", READERS, {"public_id": "ticket"}),
    Row("GET", "desk/a/<str:public_id>/", READERS, {"public_id": "attachment"}),
    Row("GET", "desk/a/<str:public_id>/", READERS, {"public_id": "note_attachment"}),
    Row("GET", "desk/a/<str:public_id>/picture/", READERS, {"public_id": "attachment"}),
    Row("GET", "desk/a/<str:public_id>/pages/", READERS, {"public_id": "document"}),
    Row("GET", "desk/a/<str:public_id>/pages/<int:number>/", READERS, {"public_id": "document", "number": "=1"}),
    Row("GET", "desk/m/<str:public_id>/html/", READERS, {"public_id": "message"}),
    Row("GET", "desk/new/", WORKING),
    Row("POST", "desk/new/", staff(ok=("agent", "admin"), unchanged=("other_office", "other_admin")),
        data={"office": "$library_pk", "via": "phone", "name": "N", "subject": "S", "text": "T", "priority": "2"}),
    Row("GET", "desk/search/", SIGNED_IN),
    Row("GET", "desk/palette/", SIGNED_IN),
    Row("GET", "desk/people/", SIGNED_IN),
    Row("GET", "desk/people/<str:public_id>/", staff(ok=("observer", "agent", "other_office", "admin")),
        {"public_id": "person"}),
]

PORTAL = [
    Row("GET", "", ANYBODY),
    Row("GET", "call/<slug:key>/", ANYBODY, {"key": "call_key"}),
    Row("GET", "theme/<slug:colour>.css", ANYBODY, {"colour": "=1d5f8a"}),
    Row("GET", "es/", ANYBODY),
    Row("GET", "es/new/", ANYBODY),
    Row("POST", "es/new/", ANYBODY, data={"form": "other"}),
    Row("GET", "es/new/check/", ANYBODY),
    Row("POST", "es/new/check/", everybody("unchanged")),
    Row("GET", "es/new/done/<str:ref>/", everybody("hidden"), {"ref": "ticket"}),
    Row("POST", "es/new/files/<str:file_id>/remove/", everybody("hidden"), {"file_id": "attachment"}),
    Row("GET", "es/new/<slug:form>/", ANYBODY, {"form": "=other"}),
    Row("GET", "es/new/<slug:form>/<slug:step>/", ANYBODY, {"form": "=other", "step": "=matter"}),
    Row("POST", "es/new/<slug:form>/<slug:step>/", ANYBODY, {"form": "=other", "step": "=matter"}, {"text": "A book"}),
    Row("GET", "es/requests/access/", ANYBODY),
    Row("POST", "es/requests/access/", ANYBODY, data={"who": "person@people.example"}),
    Row("GET", "es/access/sent/", everybody("login")),
    Row("POST", "es/access/sent/", everybody("unchanged"), data={"code": "123456"}),
    Row("GET", "es/m/<str:token>/", ANYBODY, {"token": "magic"}),
    Row("POST", "es/m/<str:token>/", ANYBODY, {"token": "magic"}),
    Row("GET", "es/m/<str:token>/", everybody("unchanged"), {"token": "=nonsense"}),
    Row("POST", "es/requests/leave/", ANYBODY),
    Row("GET", "es/requests/", person(other="ok")),
    Row("GET", "es/requests/<str:ref>/", person(), {"ref": "ticket"}),
    Row("GET", "es/requests/<str:ref>/", person("hidden"), {"ref": "foreign_ticket"}),
    Row("POST", "es/requests/<str:ref>/", person(), {"ref": "ticket"}, {"text": "x", "client_id": "a" * 22}),
    Row("POST", "es/requests/<str:ref>/close/", person(), {"ref": "ticket"}),
    Row("POST", "es/requests/<str:ref>/reopen/", person(), {"ref": "ticket"}),
    Row("GET", "es/requests/<str:ref>/transcript/", person(), {"ref": "ticket"}),
    Row("GET", "es/requests/<str:ref>/files/<str:file_id>/", person(), {"ref": "ticket", "file_id": "attachment"}),
    Row("GET", "es/requests/<str:ref>/files/<str:file_id>/", person("hidden"),
        {"ref": "ticket", "file_id": "note_attachment"}),
    Row("GET", "es/kb/", ANYBODY),
    Row("GET", "es/kb/c/<slug:category>/", ANYBODY, {"category": "category"}),
    Row("GET", "es/kb/<slug:slug>/", ANYBODY, {"slug": "article_slug"}),
    Row("GET", "es/search/", ANYBODY),
    Row("GET", "es/search/titles/", ANYBODY),
    Row("GET", "es/survey/<slug:public_id>/", ANYBODY, {"public_id": "survey"}),
    Row("POST", "es/survey/<slug:public_id>/", ANYBODY, {"public_id": "survey"}, {"helped": "yes"}),
    Row("GET", "es/survey/<slug:public_id>/thanks/", ANYBODY, {"public_id": "survey"}),
    Row("GET", "es/hours/", ANYBODY),
    Row("GET", "es/hours/<slug:office>.ics", ANYBODY, {"office": "library"}),
    Row("GET", "es/accessibility/", ANYBODY),
    Row("GET", "es/privacy/", ANYBODY),
]

API = [
    Row("GET", "api/v1/schema/", ANYBODY),
    Row("GET", "api/v1/me/", SIGNED_IN),
    Row("GET", "api/v1/reports/sla/", API_REPORTS),
    Row("GET", "api/v1/tickets/", SIGNED_IN),
    Row("POST", "api/v1/tickets/",
        staff(ok=("agent", "admin"), refused=("observer",), unchanged=("other_office", "other_admin")),
        data={"office": "library", "subject": "S", "text": "T", "requester": "$person"}),
    Row("POST", "api/v1/tickets/",
        staff(refused=("observer",), unchanged=("agent", "other_office", "other_admin", "admin")),
        data={"office": "library", "subject": "S", "text": "T", "requester": "$foreign_person"}),
    Row("GET", "api/v1/tickets/<slug:id>/", READERS, {"id": "ticket"}),
    Row("GET", "api/v1/tickets/<slug:id>/", staff(ok=("other_admin",)), {"id": "foreign_ticket"}),
    Row("PATCH", "api/v1/tickets/<slug:id>/", WORKERS, {"id": "ticket"}, {"priority": 4}),
    Row("GET", "api/v1/tickets/<slug:id>/messages/", READERS, {"id": "ticket"}),
    Row("PUT", "api/v1/tickets/<slug:id>/assignment/", WORKERS, {"id": "ticket"}, {"team": "$team"}),
    Row("PUT", "api/v1/tickets/<slug:id>/assignment/", staff(refused=("observer",), unchanged=("agent", "admin")),
        {"id": "ticket"}, {"team": "$foreign_team"}),
    Row("PUT", "api/v1/tickets/<slug:id>/assignment/", staff(refused=("observer",), unchanged=("agent", "admin")),
        {"id": "ticket"}, {"assignee": "$foreign_user"}),
    Row("DELETE", "api/v1/tickets/<slug:id>/assignment/", WORKERS, {"id": "ticket"}),
    Row("PUT", "api/v1/tickets/<slug:id>/status/", WORKERS, {"id": "ticket"}, {"status": "solved"}),
    Row("PUT", "api/v1/tickets/<slug:id>/tags/<slug:key>/", WORKERS, {"id": "ticket", "key": "tag"}),
    Row("PUT", "api/v1/tickets/<slug:id>/tags/<slug:key>/",
        staff(refused=("observer",), unchanged=("agent", "admin")), {"id": "ticket", "key": "foreign_tag"}),
    Row("DELETE", "api/v1/tickets/<slug:id>/tags/<slug:key>/", WORKERS, {"id": "ticket", "key": "tag"}),
    Row("PUT", "api/v1/tickets/<slug:id>/snooze/", WORKERS, {"id": "ticket"}, {"until": "$soon"}),
    Row("DELETE", "api/v1/tickets/<slug:id>/snooze/", WORKERS, {"id": "ticket"}),
    Row("POST", "api/v1/tickets/<slug:id>/replies/", WORKERS, {"id": "ticket"}, {"text": "x"}),
    Row("POST", "api/v1/tickets/<slug:id>/replies/", staff(refused=("observer",), unchanged=("agent", "admin")),
        {"id": "ticket"}, {"text": "x", "last_seen": "$foreign_message"}),
    Row("POST", "api/v1/tickets/<slug:id>/notes/", WORKERS, {"id": "ticket"}, {"text": "x"}),
    Row("GET", "api/v1/messages/<slug:id>/", READERS, {"id": "message"}),
    Row("GET", "api/v1/messages/<slug:id>/", READERS, {"id": "note"}),
    Row("GET", "api/v1/attachments/<slug:id>/", READERS, {"id": "attachment"}),
    Row("GET", "api/v1/people/", SIGNED_IN),
    Row("POST", "api/v1/people/",
        staff(ok=("agent", "admin"), refused=("observer",), unchanged=("other_office", "other_admin")),
        data={"office": "library", "email": "new@people.example"}),
    Row("GET", "api/v1/people/<slug:id>/", staff(ok=("observer", "agent", "other_office", "admin")), {"id": "person"}),
    Row("PATCH", "api/v1/people/<slug:id>/", staff(ok=("agent", "other_office", "admin"), refused=("observer",)),
        {"id": "person"}, {"full_name": "N"}),
    Row("GET", "api/v1/offices/", SIGNED_IN),
    Row("POST", "api/v1/offices/",
        staff(ok=("admin",), refused=("observer", "agent"), unchanged=("other_office", "other_admin")),
        data={"parent": "library", "name": "N", "languages": ["es"], "default_language": "es", "time_zone": "UTC"}),
    Row("GET", "api/v1/offices/<slug:slug>/", READERS, {"slug": "library"}),
    Row("PATCH", "api/v1/offices/<slug:slug>/", API_ADMIN, {"slug": "library"}, {"phone": "1"}),
    Row("GET", "api/v1/teams/", SIGNED_IN),
    Row("POST", "api/v1/teams/",
        staff(ok=("admin",), refused=("observer", "agent"), unchanged=("other_office", "other_admin")),
        data={"name": "N", "office": "library"}),
    Row("PATCH", "api/v1/teams/<slug:slug>/", staff(ok=("admin",), refused=("observer", "agent", "other_office")),
        {"slug": "team"}, {"name": "N"}),
    Row("GET", "api/v1/teams/<slug:slug>/", staff(ok=("observer", "agent", "other_office", "admin")),
        {"slug": "team"}),
    Row("GET", "api/v1/channels/", SIGNED_IN),
    Row("POST", "api/v1/channels/",
        staff(ok=("admin",), refused=("observer", "agent"), unchanged=("other_office", "other_admin")),
        data={"kind": "webchat", "name": "N", "office": "library"}),
    Row("GET", "api/v1/channels/<slug:slug>/", ADMIN, {"slug": "channel"}),
    Row("PATCH", "api/v1/channels/<slug:slug>/", ADMIN, {"slug": "channel"}, {"name": "N"}),
    Row("PUT", "api/v1/channels/<slug:slug>/switch/", ADMIN, {"slug": "channel"}, {"is_active": False}),
    Row("GET", "api/v1/calendars/", SIGNED_IN),
    Row("POST", "api/v1/calendars/",
        staff(ok=("admin",), refused=("observer", "agent"), unchanged=("other_office", "other_admin")),
        data={"office": "library", "name": "N"}),
    Row("GET", "api/v1/calendars/<int:id>/", READERS, {"id": "calendar"}),
    Row("PATCH", "api/v1/calendars/<int:id>/", API_ADMIN, {"id": "calendar"}, {"name": "N"}),
    Row("PUT", "api/v1/calendars/<int:id>/weeks/<slug:valid_from>/", API_ADMIN,
        {"id": "calendar", "valid_from": "day"}, {"intervals": []}),
    Row("PUT", "api/v1/calendars/<int:id>/special-days/<slug:on>/", API_ADMIN, {"id": "calendar", "on": "day"}, {}),
    Row("DELETE", "api/v1/calendars/<int:id>/special-days/<slug:on>/", API_ADMIN, {"id": "calendar", "on": "day"}),
    Row("GET", "api/v1/shifts/", SIGNED_IN),
    Row("POST", "api/v1/shifts/",
        staff(ok=("admin",), refused=("observer", "agent"), unchanged=("other_office", "other_admin")),
        data={"office": "library", "name": "N", "opens_minute": 480, "closes_minute": 810}),
    Row("GET", "api/v1/shifts/<int:id>/", READERS, {"id": "shift"}),
    Row("PATCH", "api/v1/shifts/<int:id>/", API_ADMIN, {"id": "shift"}, {"name": "N"}),
    Row("DELETE", "api/v1/shifts/<int:id>/", API_ADMIN, {"id": "shift"}),
    Row("PUT", "api/v1/shifts/<int:id>/weekdays/<int:weekday>/", API_ADMIN, {"id": "shift", "weekday": "=2"},
        {"users": []}),
    Row("PUT", "api/v1/shifts/<int:id>/dates/<slug:on>/", API_ADMIN, {"id": "shift", "on": "day"}, {"users": []}),
    Row("GET", "api/v1/offices/<slug:slug>/duty/", READERS, {"slug": "library"}),
    Row("GET", "api/v1/offices/<slug:slug>/hours/", READERS, {"slug": "library"}),
    Row("GET", "api/v1/teams/<slug:slug>/hours/", TAG_READERS, {"slug": "team"}),
    Row("GET", "api/v1/channels/<slug:slug>/hours/", ADMIN, {"slug": "channel"}),
    Row("GET", "api/v1/absences/", SIGNED_IN),
    Row("POST", "api/v1/absences/",
        staff(ok=("admin",), refused=("observer", "agent"), unchanged=("other_office", "other_admin")),
        data={"office": "library", "user": "$colleague", "first_on": "2030-05-01", "last_on": "2030-05-01"}),
    Row("GET", "api/v1/absences/<int:id>/", ADMIN, {"id": "absence"}),
    Row("DELETE", "api/v1/absences/<int:id>/", ADMIN, {"id": "absence"}),
    Row("GET", "api/v1/presence/", SIGNED_IN),
    Row("PUT", "api/v1/presence/mine/", SIGNED_IN, data={"state": "busy"}),
    Row("PUT", "api/v1/presence/<int:user>/capacity/", API_ADMIN, {"user": "colleague"}, {"capacity": {"webchat": 1}}),
    Row("GET", "api/v1/tags/", SIGNED_IN),
    Row("POST", "api/v1/tags/",
        staff(ok=("admin",), unchanged=("observer", "agent", "other_office", "other_admin")),
        data={"body": "olmo", "names": {"es": "nueva"}}),
    Row("GET", "api/v1/tags/<int:id>/", TAG_READERS, {"id": "tag_pk"}),
    Row("PATCH", "api/v1/tags/<int:id>/", TAG_WRITERS, {"id": "tag_pk"}, {"names": {"es": "otra"}}),
    Row("PUT", "api/v1/tags/<int:id>/retirement/", TAG_WRITERS, {"id": "tag_pk"}),
    Row("DELETE", "api/v1/tags/<int:id>/retirement/", TAG_WRITERS, {"id": "tag_pk"}),
    Row("GET", "api/v1/policies/", SIGNED_IN),
    Row("POST", "api/v1/policies/",
        staff(ok=("admin",), refused=("observer", "agent"), unchanged=("other_office", "other_admin")),
        data={"office": "library", "name": "N", "calendar": "$calendar",
              "targets": [{"metric": "resolution", "seconds": 60}]}),
    Row("GET", "api/v1/policies/<int:id>/", READERS, {"id": "policy"}),
    Row("PATCH", "api/v1/policies/<int:id>/", API_ADMIN, {"id": "policy"}, {"name": "N"}),
    Row("POST", "api/v1/policies/<int:id>/moves/", API_ADMIN, {"id": "policy"}, {"direction": "up"}),
    Row("GET", "api/v1/clocks/", SIGNED_IN),
    Row("GET", "api/v1/clocks/<int:id>/", READERS, {"id": "clock"}),
    Row("GET", "api/v1/clocks/<int:id>/explanation/", READERS, {"id": "clock"}),
    Row("GET", "api/v1/articles/", SIGNED_IN),
    Row("POST", "api/v1/articles/",
        staff(ok=("admin",), refused=("observer", "agent"), unchanged=("other_office", "other_admin")),
        data={"office": "library", "language": "es", "title": "T"}),
    Row("GET", "api/v1/articles/<int:id>/", READERS, {"id": "article"}),
    Row("PATCH", "api/v1/articles/<int:id>/", API_ADMIN, {"id": "article"}, {"review_on": "2030-05-01"}),
    Row("PUT", "api/v1/articles/<int:id>/translations/<slug:language>/", API_ADMIN,
        {"id": "article", "language": "=es"}, {"title": "T", "text": "t"}),
    Row("PUT", "api/v1/articles/<int:id>/translations/<slug:language>/state/", API_ADMIN,
        {"id": "article", "language": "=es"}, {"state": "retired"}),
    Row("GET", "api/v1/articles/<int:id>/translations/<slug:language>/revisions/", READERS,
        {"id": "article", "language": "=es"}),
    Row("POST", "api/v1/articles/<int:id>/translations/<slug:language>/restorations/", API_ADMIN,
        {"id": "article", "language": "=es"}, {"revision": 1}),
]

# fmt: on

ROWS = [*PAGES, *PORTAL, *API]


@dataclass(frozen=True)
class Socket:
    """`opens`: whose handshake is taken. `says`: each message the server listens to. `hears`: who is told of a change
    of the library's ticket."""

    route: str
    opens: tuple[str, ...]
    says: tuple[str, ...]
    hears: tuple[str, ...]


SOCKETS = [
    Socket("ws/desk/", opens=STAFF, says=("watch", "unwatch", "here", "ping"), hears=("observer", "agent", "admin")),
    # The chat is open to everybody and shows each browser its own conversation: tests/omnichannel/webchat/.
    Socket("ws/widget/<slug:key>/", opens=ROLES, says=("hello", "say", "typing", "read", "got"), hears=()),
]
