"""Who is looking, and what they may do where."""

import pytest

from apps.accounts import permissions, services
from apps.accounts.models import ApiToken, Office, Team, User
from apps.accounts.permissions import BUILT_IN, VERBS, may, require
from apps.accounts.viewers import ANONYMOUS, for_person, for_token, for_user, for_visitor
from apps.core.errors import NotAllowed
from tests.factories.accounts import OfficeFactory, RoleFactory, TeamFactory, UserFactory, user_in
from tests.factories.people import PersonFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def house():
    body = OfficeFactory(slug="body")
    branch = OfficeFactory(parent=body, slug="branch")
    return {"body": body, "branch": branch, "desk": OfficeFactory(parent=branch), "other": OfficeFactory(parent=body)}


def test_a_role_holds_in_its_office_and_in_every_office_below(house):
    viewer = for_user(user_in(house["branch"]))
    assert {pk for pk, office in ((o.pk, o) for o in house.values()) if viewer.may("ticket.reply", pk)} == {
        house["branch"].pk,
        house["desk"].pk,
    }
    assert viewer.body_ids == (house["body"].pk,)


def test_roles_of_one_person_add_up_office_by_office(house):
    user = user_in(house["branch"], "observer")
    services.give_role(user, office=house["other"], role=RoleFactory(key="agent"), actor=None)
    viewer = for_user(user)
    assert viewer.may("ticket.view", house["branch"].pk) and not viewer.may("ticket.reply", house["branch"].pk)
    assert viewer.offices_with("ticket.reply") == (house["other"].pk,)


def test_s_33_the_path_of_an_office_is_no_prefix_of_a_stranger(house):
    """/1/ must not reach /12/."""
    for _ in range(12):
        OfficeFactory()
    viewer = for_user(user_in(Office.objects.first(), "admin"))
    assert set(viewer.bodies.values()) == {Office.objects.first().body_id}


def test_who_is_not_active_or_has_no_work_may_nothing(house):
    assert for_user(user_in(house["body"], "admin", is_active=False)) is ANONYMOUS
    idle = for_user(UserFactory())
    assert idle.is_staff and not any(idle.may(verb) for verb in VERBS)


def test_people_and_visitors_have_no_verbs(house):
    for viewer in (for_person(PersonFactory(body=house["body"])), for_visitor([1]), ANONYMOUS):
        assert not viewer.is_staff
        assert not any(may(viewer, verb) for verb in VERBS)


def test_an_unknown_verb_is_a_mistake_of_ours_and_not_a_no(house):
    with pytest.raises(KeyError):
        may(ANONYMOUS, "ticket.fly")


def test_require_says_no_in_words(house):
    viewer = for_user(user_in(house["branch"], "observer"))
    require(viewer, "ticket.view", house["branch"].pk)
    with pytest.raises(NotAllowed) as refused:
        require(viewer, "ticket.reply", house["branch"].pk)
    assert refused.value.status == 403 and refused.value.detail == {"verb": "ticket.reply"}


def test_s_42_a_token_holds_the_smaller_of_its_role_and_its_users_rights(house):
    user = user_in(house["branch"], "observer")
    token, _text = ApiToken.issue(user=user, office=house["body"], role=RoleFactory(key="admin"), name="x")
    viewer = for_token(token)
    assert viewer.may("ticket.view", house["desk"].pk)
    assert not viewer.may("ticket.reply", house["desk"].pk)
    assert not viewer.may("ticket.view", house["other"].pk)


def test_s_33_colleagues_and_teams_of_another_body_are_not_seen(house):
    here, there = user_in(house["branch"]), user_in(OfficeFactory())
    ours, theirs = TeamFactory(office=house["other"]), TeamFactory()
    viewer = for_user(here)
    assert set(User.objects.visible_to(viewer)) == {here}
    assert set(Team.objects.visible_to(viewer)) == {ours}
    assert there.pk and theirs.pk
    for stranger in (ANONYMOUS, for_visitor([1])):
        assert not User.objects.visible_to(stranger).exists()
        assert not Office.objects.visible_to(stranger).exists()


def test_a_viewer_costs_one_query_however_many_offices(house, django_assert_num_queries):
    for _ in range(20):
        OfficeFactory(parent=house["branch"])
    user = user_in(house["body"], "admin")
    with django_assert_num_queries(1):
        viewer = for_user(user)
        assert len(viewer.offices_with("ticket.view")) == 24


def test_the_built_in_roles_name_known_verbs_and_a_second_run_keeps_what_was_changed():
    assert all(set(verbs) <= set(VERBS) for _names, verbs in BUILT_IN.values())
    roles = services.ensure_roles()
    roles["agent"].permissions = ["ticket.view"]
    roles["agent"].save()
    assert services.ensure_roles()["agent"].permissions == ["ticket.view"]
    assert set(roles) == set(permissions.BUILT_IN)
