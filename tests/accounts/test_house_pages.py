"""Who works here, teams, offices and tags: pages for administrators."""

import pytest

from apps.accounts.models import Office, Team
from apps.tickets.models import Tag
from tests.factories.accounts import OfficeFactory, TeamFactory, user_in
from tests.factories.tickets import TagFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def body():
    return OfficeFactory(name="Olmo", slug="olmo")


@pytest.fixture
def admin(client, body):
    client.force_login(user_in(body, "admin"))
    return client


@pytest.mark.parametrize(("section", "queries"), [("people", 9), ("teams", 6), ("offices", 5), ("tags", 6)])
def test_a_list_costs_the_same_queries_for_two_rows_and_for_ten(
    admin, body, section, queries, django_assert_num_queries
):
    def fill(count):
        for _ in range(count):
            office = OfficeFactory(parent=body)
            TeamFactory(office=office).members.add(user_in(office))
            TagFactory(body=body)

    fill(2)
    for more in (0, 8):
        fill(more)
        with django_assert_num_queries(queries):
            assert admin.get(f"/desk/admin/{section}/").status_code == 200


def test_a_team_is_made_with_a_short_name_of_its_own_and_keeps_it(admin, body):
    colleague = user_in(body)
    for _ in range(2):
        admin.post("/desk/admin/teams/new/", {"name": "Préstamos", "office": body.pk})
    first, second = Team.objects.order_by("pk")
    assert (first.slug, second.slug) == ("prestamos", "prestamos-2")
    admin.post(f"/desk/admin/teams/{first.slug}/", {"name": "Loans", "office": body.pk, "members": [colleague.pk]})
    first.refresh_from_db()
    assert (first.slug, first.name, list(first.members.all())) == ("prestamos", "Loans", [colleague])


def test_an_office_below_ours_is_made_and_stays_on_our_side_of_the_wall(admin, body):
    form = {"name": "Sala infantil", "parent": body.pk, "languages": ["es"], "default_language": "es",
            "time_zone": "America/Montevideo", "term_person": "reader"}  # fmt: skip
    assert admin.post("/desk/admin/offices/new/", form).status_code == 302
    made = Office.objects.get(slug="sala-infantil")
    assert (made.body_id, made.path) == (body.pk, f"{body.path}{made.pk}/")
    assert admin.post("/desk/admin/offices/new/", {**form, "parent": OfficeFactory().pk}).status_code == 422
    assert admin.post("/desk/admin/offices/new/", {**form, "default_language": "it"}).status_code == 422
    assert admin.post(f"/desk/admin/offices/{made.slug}/", {**form, "accent": "red; }"}).status_code == 422


def test_a_tag_speaks_several_languages_and_keeps_its_key(admin, body):
    admin.post("/desk/admin/tags/new/", {"name_es": "Préstamos", "name_en": "Loans"})
    tag = Tag.objects.get()
    assert (tag.key, tag.body_id) == ("prestamos", body.pk)
    admin.post(f"/desk/admin/tags/{tag.pk}/", {"name_es": "Préstamo", "name_it": "Prestiti"})
    tag.refresh_from_db()
    assert (tag.key, dict(tag.names)) == ("prestamos", {"es": "Préstamo", "it": "Prestiti"})
    assert admin.post("/desk/admin/tags/new/", {"name_es": "Prestamos"}).status_code == 422
    assert admin.post("/desk/admin/tags/new/", {"name_es": " "}).status_code == 422


def test_s_30_what_a_form_does_not_offer_is_not_written(admin, body):
    colleague = user_in(body)
    admin.post("/desk/me/profile/", {"full_name": "N", "language": "en", "theme": "dark", "density": "compact",
                                     "is_staff": "1", "is_superuser": "1", "email": "x@x.example"})  # fmt: skip
    me = admin.get("/desk/me/profile/").wsgi_request.user
    assert (me.full_name, me.is_staff, me.is_superuser, me.email == "x@x.example") == ("N", False, False, False)
    admin.post(f"/desk/admin/people/{colleague.pk}/active/", {"active": "0", "is_superuser": "1"})
    colleague.refresh_from_db()
    assert (colleague.is_active, colleague.is_superuser) == (False, False)
