"""What administrators and editors do on the screens, done by programs: same verbs, same rights, same wall."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from apps.accounts import permissions
from apps.accounts.models import Office, Team
from apps.activity.models import Activity
from apps.kb.models import Translation
from apps.omnichannel.models import Channel
from tests.factories.accounts import OfficeFactory, user_in
from tests.factories.hours import CalendarFactory
from tests.factories.kb import CategoryFactory, TranslationFactory
from tests.factories.omnichannel import ChannelFactory
from tests.factories.sla import PolicyFactory
from tests.factories.tickets import TagFactory, TicketFactory


@pytest.fixture
def admin(office, key_for):
    return key_for(office, "admin")


@pytest.fixture
def elsewhere(db):
    return OfficeFactory(slug="elsewhere")


def told(verb):
    return Activity.objects.filter(verb=verb, actor_kind="token").count()


def test_a_tag_is_made_renamed_retired_and_used_again(admin, office):
    made = admin.ask("post", "tags/", {"body": "olmo", "names": {"es": "Préstamos"}})
    assert (made.status_code, made.json()["key"]) == (201, "prestamos")
    own, ticket = f"tags/{made.json()['id']}/", TicketFactory(office=office)
    assert admin.ask("patch", own, {"names": {"en": "Loans"}}).json()["names"] == {"en": "Loans"}
    assert admin.ask("put", f"{own}retirement/").json()["is_retired"] is True
    on_ticket = f"tickets/{ticket.public_id}/tags/prestamos/"
    assert admin.ask("put", on_ticket).json()["code"] == "unknown_tag"
    assert admin.ask("delete", f"{own}retirement/").json()["is_retired"] is False
    assert admin.ask("put", on_ticket).status_code == 200
    again = admin.ask("post", "tags/", {"body": "olmo", "names": {"es": "Préstamos"}})
    assert (again.status_code, again.json()["code"]) == (422, "tag_exists")
    assert told("tag_changed") == 4


def test_an_article_is_written_published_changed_restored_and_retired(admin, office):
    CategoryFactory(body=office, slug="loans")
    new = {"office": "olmo", "language": "es", "title": "Carné", "text": "Venga.", "category": "loans"}
    made = admin.ask("post", "articles/", new)
    assert made.status_code == 201, made.json()
    own = f"articles/{made.json()['id']}/"
    words = f"{own}translations/es/"
    assert admin.ask("put", f"{words}state/", {"state": "published"}).json()["state"] == "published"
    changed = admin.ask("put", words, {"title": "Carné", "text": "Venga con foto.", "seen_version": 2}).json()
    assert (changed["has_changes"], changed["version"]) == (True, 3)
    stale = admin.ask("put", words, {"title": "x", "seen_version": 2})
    assert (stale.status_code, stale.json()["code"]) == (409, "saved_meanwhile")
    assert [row["number"] for row in admin.ask("get", f"{words}revisions/").json()] == [2, 1]
    assert admin.ask("post", f"{words}restorations/", {"revision": 1}).json()["text"] == "Venga."
    assert admin.ask("put", f"{words}state/", {"state": "in_review"}).json()["code"] == "move_not_allowed"
    assert admin.ask("patch", own, {"is_internal": True, "category": None}).json()["is_internal"] is True
    assert admin.ask("put", f"{words}state/", {"state": "retired"}).json()["state"] == "retired"
    assert admin.ask("put", f"{own}translations/xx/", {"title": "x"}).status_code == 404
    assert admin.ask("put", f"{own}translations/en/", {"title": "Card"}).json()["state"] == "draft"


def test_who_may_write_but_not_publish_asks_for_review(office, key_for, monkeypatch):
    monkeypatch.setitem(permissions.BUILT_IN, "writer", ({"en": "Writer"}, ["kb.view", "kb.edit"]))
    writer = key_for(office, "writer")
    article = TranslationFactory(office=office, is_draft=True).article
    state = f"articles/{article.pk}/translations/es/state/"
    assert writer.ask("put", state, {"state": "published"}).status_code == 403
    assert writer.ask("patch", f"articles/{article.pk}/", {"is_internal": True}).status_code == 403
    assert writer.ask("put", state, {"state": "in_review"}).json()["state"] == "in_review"
    assert Translation.objects.get().state == "in_review"


def test_a_calendar_has_its_week_and_its_special_days(admin, office):
    week = [{"weekday": 0, "opens_minute": 540, "closes_minute": 840}]
    made = admin.ask("post", "calendars/", {"office": "olmo", "name": "Sala", "intervals": week})
    assert (made.status_code, made.json()["time_zone"]) == (201, office.time_zone)
    own = f"calendars/{made.json()['id']}/"
    assert admin.ask("patch", own, {"time_zone": "UTC", "holiday_country": "uy"}).json()["holiday_country"] == "UY"
    assert admin.ask("patch", own, {"time_zone": "Nowhere"}).json()["code"] == "unknown_zone"
    weeks = admin.ask("put", f"{own}weeks/2030-01-01/", {"intervals": []}).json()["weeks"]
    assert weeks[-1] == {"valid_from": "2030-01-01", "intervals": []}
    days = admin.ask("put", f"{own}special-days/2030-05-01/", {"label": "Fiesta"}).json()["special_days"]
    assert [(day["on"], day["is_closed"]) for day in days] == [("2030-05-01", True)]
    assert admin.ask("delete", f"{own}special-days/2030-05-01/").json()["special_days"] == []
    assert admin.ask("put", f"{own}weeks/2030-13-01/", {"intervals": []}).status_code == 404


def test_a_promise_is_made_changed_and_moved(admin, office, elsewhere):
    calendar, theirs = CalendarFactory(office=office), CalendarFactory(office=elsewhere)
    first = PolicyFactory(office=office, calendar=calendar)
    new = {
        "office": "olmo", "name": "Chat", "calendar": calendar.pk, "conditions": {"via": ["webchat"]},
        "targets": [{"metric": "first_response", "priority": 4, "seconds": 60}],
    }  # fmt: skip
    made = admin.ask("post", "policies/", new)
    assert made.status_code == 201, made.json()
    own = f"policies/{made.json()['id']}/"
    assert admin.ask("patch", own, {"goal_percent": 80}).json()["targets"][0]["seconds"] == 60
    assert admin.ask("patch", own, {"calendar": theirs.pk}).status_code == 400
    assert admin.ask("patch", own, {"conditions": {"team": ["theirs"]}}).status_code == 400
    assert admin.ask("patch", own, {"targets": []}).status_code == 400
    admin.ask("post", f"{own}moves/", {"direction": "up"})
    first.refresh_from_db()
    assert first.position == 1 and told("policy_changed") == 3


def test_s_53_a_door_is_set_up_and_its_secrets_never_come_out(admin, office):
    data = {
        "kind": "email", "name": "Desk", "office": "olmo", "address": "Help@olmo.example",
        "settings": {"aliases": ["a@olmo.example"]}, "secrets": {"smtp_password": "canary"},
    }  # fmt: skip
    made = admin.ask("post", "channels/", data)
    assert made.status_code == 201, made.json()
    own = f"channels/{made.json()['slug']}/"
    kept = admin.ask("patch", own, {"name": "Counter", "settings": {"from_name": "Olmo"}})
    assert (kept.json()["name"], kept.json()["secrets_set"]) == ("Counter", ["smtp_password"])
    shut = admin.ask("put", f"{own}switch/", {"is_active": False})
    assert shut.json()["is_active"] is False
    row = Channel.objects.get()
    assert (row.address, row.secrets["smtp_password"]) == ("help@olmo.example", "canary")
    assert (row.settings["aliases"], row.settings["from_name"]) == (["a@olmo.example"], "Olmo")
    said = [answer.content.decode() for answer in (made, kept, shut, admin.ask("get", own))]
    assert "canary" not in "".join(said) + str(list(Activity.objects.values()))
    assert told("channel_saved") == 3


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"settings": {"aliases": ["no address"]}}, "aliases"),
        ({"settings": {"smtp_password": "x"}}, "settings"),
        ({"secrets": {"from_name": "x"}}, "secrets"),
        ({"settings": {"nothing": {"a": 1}}}, "settings"),
        ({"office": "elsewhere"}, "office"),
        ({"kind": "webchat"}, "kind"),
    ],
)
def test_what_a_door_refuses_is_said_field_by_field(admin, office, elsewhere, change, field):
    ChannelFactory(office=office, kind="email", slug="mail")
    answer = admin.ask("patch", "channels/mail/", change)
    assert (answer.status_code, list(answer.json()["detail"])) == (400, [field])


def test_teams_and_offices_are_made_on_our_side_of_the_wall(admin, office, elsewhere):
    colleague, stranger = user_in(office), user_in(elsewhere)
    team = {"name": "Loans", "office": "olmo", "members": [colleague.pk]}
    made = admin.ask("post", "teams/", team)
    assert (made.status_code, [m["id"] for m in made.json()["members"]]) == (201, [colleague.pk])
    own = f"teams/{made.json()['slug']}/"
    assert admin.ask("patch", own, {"name": "Lent"}).json()["members"] != []
    assert admin.ask("patch", own, {"members": [stranger.pk]}).status_code == 400
    assert admin.ask("patch", own, {"office": "elsewhere"}).status_code == 400
    assert admin.ask("patch", own, {"members": []}).json()["members"] == []
    new = {"parent": "olmo", "name": "Port", "languages": ["es"], "default_language": "es", "time_zone": "UTC"}
    branch = admin.ask("post", "offices/", new)
    assert (branch.status_code, branch.json()["body"]) == (201, "olmo"), branch.json()
    assert admin.ask("post", "offices/", {**new, "parent": "elsewhere"}).status_code == 400
    path = f"offices/{branch.json()['slug']}/"
    assert admin.ask("patch", path, {"default_language": "it"}).json()["code"] == "foreign_language"
    assert admin.ask("patch", path, {"accent": "#zzz"}).json()["code"] == "not_a_colour"
    assert admin.ask("patch", path, {"parent": "olmo"}).status_code == 400
    theirs = CalendarFactory(office=elsewhere)
    assert admin.ask("patch", path, {"calendar": theirs.pk}).status_code == 400
    assert admin.ask("patch", path, {"phone": "1"}).json()["phone"] == "1"
    assert (Office.objects.count(), Team.objects.count(), told("office_saved"), told("team_saved")) == (3, 1, 2, 3)


def test_s_33_what_is_beyond_the_wall_is_not_there(admin, elsewhere):
    tag, calendar = TagFactory(body=elsewhere), CalendarFactory(office=elsewhere)
    policy = PolicyFactory(office=elsewhere, calendar=calendar)
    article = TranslationFactory(office=elsewhere).article
    ChannelFactory(office=elsewhere, slug="theirs")
    for method, path, data in (
        ("patch", f"tags/{tag.pk}/", {"names": {"es": "x"}}),
        ("put", f"tags/{tag.pk}/retirement/", None),
        ("patch", f"calendars/{calendar.pk}/", {"name": "x"}),
        ("put", f"calendars/{calendar.pk}/weeks/2030-01-01/", {"intervals": []}),
        ("patch", f"policies/{policy.pk}/", {"name": "x"}),
        ("post", f"policies/{policy.pk}/moves/", {"direction": "up"}),
        ("put", f"articles/{article.pk}/translations/es/", {"title": "x"}),
        ("put", f"articles/{article.pk}/translations/es/state/", {"state": "retired"}),
        ("put", "channels/theirs/switch/", {"is_active": False}),
        ("patch", "offices/elsewhere/", {"phone": "1"}),
    ):
        assert admin.ask(method, path, data).status_code == 404, path


MADE = {
    "tags": lambda office: TagFactory(body=office),
    "articles": lambda office: TranslationFactory(office=office),
    "calendars": lambda office: CalendarFactory(office=office),
    "policies": lambda office: PolicyFactory(office=office),
    "channels": lambda office: ChannelFactory(office=office),
    "teams": lambda office: Team.objects.create(office=office, name="T", slug=f"t-{Team.objects.count()}"),
    "offices": lambda office: OfficeFactory(parent=office),
}


# At most: the key, its limits and its user's roles cost seven or eight; the rest is the list's own.
COSTS = {"tags": 10, "articles": 12, "calendars": 13, "policies": 11, "channels": 10, "teams": 11, "offices": 10}


@pytest.mark.parametrize("path", MADE)
def test_a_list_costs_the_same_for_two_rows_and_for_eight(path, office, admin):
    def cost():
        with CaptureQueriesContext(connection) as found:
            assert admin.ask("get", f"{path}/").status_code == 200
        return len(found)

    for rows in (2, 6):
        for _n in range(rows):
            MADE[path](office)
        cost()  # what is kept in the process, and the key's last use
        assert cost() <= COSTS[path]
