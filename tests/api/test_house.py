"""People, the house, doors, hours, promises, articles: read what may be seen, and nothing beyond the wall."""

import pytest

from apps.people.models import Person
from tests.factories.accounts import OfficeFactory, TeamFactory
from tests.factories.omnichannel import ChannelFactory
from tests.factories.people import PersonFactory
from tests.factories.tickets import TagFactory, TicketFactory


@pytest.fixture
def admin(office, key_for):
    return key_for(office, "admin")


def names(answer, field):
    return [row[field] for row in answer.json()["results"]]


def test_s_33_every_list_ends_at_the_wall(admin, office):
    elsewhere = OfficeFactory(name="Elsewhere")
    for place in (office, elsewhere):
        TicketFactory(office=place)
        TeamFactory(office=place, name=f"team of {place.name}")
        TagFactory(body=place)
        ChannelFactory(office=place)
    for path in ("tickets", "people", "offices", "teams", "tags", "channels"):
        rows = admin.ask("get", f"{path}/").json()["results"]
        assert len(rows) == 1, path
        assert "Elsewhere" not in str(rows)


def test_s_61_a_channel_never_shows_its_settings_or_secrets(admin, office):
    ChannelFactory(office=office, slug="post", settings={"host": "canary-1"}, secrets={"password": "canary-2"})
    for path in ("channels/", "channels/post/"):
        assert "canary" not in admin.ask("get", path).content.decode()


def test_a_person_is_made_once_an_address_and_changed_field_by_field(admin, office):
    new = {"office": "olmo", "email": "Rosa@Example.org", "full_name": "Rosa", "language": "es"}
    first, again = (admin.ask("post", "people/", new) for _ in range(2))
    assert first.status_code == 201 and first.json()["id"] == again.json()["id"]
    own = f"people/{first.json()['id']}/"
    assert admin.ask("patch", own, {"full_name": "Rosa Díaz"}).json()["full_name"] == "Rosa Díaz"
    assert admin.ask("patch", own, {"is_verified": True}).status_code == 400
    assert names(admin.ask("get", "people/?email=rosa@example.org"), "full_name") == ["Rosa Díaz"]


def test_s_33_a_person_of_another_body_is_not_there(admin):
    stranger = PersonFactory(email="stranger@example.org")
    assert admin.ask("get", f"people/{stranger.public_id}/").status_code == 404
    assert admin.ask("patch", f"people/{stranger.public_id}/", {"full_name": "x"}).status_code == 404
    assert names(admin.ask("get", "people/?email=stranger@example.org"), "id") == []


def test_an_observer_reads_people_and_changes_none(office, key_for):
    person = PersonFactory(body=office)
    observer = key_for(office, "observer")
    assert observer.ask("patch", f"people/{person.public_id}/", {"full_name": "x"}).status_code == 403
    answer = observer.ask("post", "people/", {"office": "olmo", "email": "x@example.org"})
    assert answer.status_code == 403 and Person.objects.count() == 1


def test_pages_follow_their_key_to_the_end_without_doubles(admin, office):
    made = {PersonFactory(body=office, full_name=f"Same {n % 2}").public_id for n in range(7)}
    seen, path = [], "people/?page_size=3"
    while path:
        page = admin.ask("get", path).json()
        seen += [row["id"] for row in page["results"]]
        path = page["next"] and page["next"].removeprefix("http://testserver/api/v1/")
    assert len(seen) == 7 and set(seen) == made


def test_a_new_row_does_not_shift_the_next_page(admin, office):
    for n in range(4):
        TicketFactory(office=office, subject=f"t{n}")
    page = admin.ask("get", "tickets/?page_size=2").json()
    TicketFactory(office=office, subject="later")
    following = admin.ask("get", page["next"].removeprefix("http://testserver/api/v1/")).json()
    assert names_of(page) + names_of(following) == ["t3", "t2", "t1", "t0"]


def names_of(page):
    return [row["subject"] for row in page["results"]]


def test_s_38_the_next_page_lies_under_the_configured_address(admin, office, settings):
    settings.ACUDO_BASE_URL = "https://desk.olmo.example"
    PersonFactory(body=office), PersonFactory(body=office)
    page = admin.ask("get", "people/?page_size=1", HTTP_X_FORWARDED_HOST="evil.example").json()
    assert page["next"].startswith("https://desk.olmo.example/api/v1/people/?")
