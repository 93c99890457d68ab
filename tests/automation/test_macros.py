"""Macros: who has them, what they may do, how they read."""

import pytest

from apps.accounts.models import Office
from apps.accounts.viewers import for_user
from apps.activity.models import Activity
from apps.automation import acts, macros
from apps.automation.models import Macro
from apps.core.errors import Invalid, NotAllowed
from apps.tickets.models import Ticket
from tests.factories.accounts import OfficeFactory, RoleFactory, TeamFactory, user_in
from tests.factories.people import PersonFactory
from tests.factories.tickets import TagFactory, TicketFactory
from tests.inbox.conftest import signed_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def body():
    return OfficeFactory(name="Olmo")


@pytest.fixture
def library(body):
    return OfficeFactory(name="Biblioteca", parent=body)


@pytest.fixture
def ana(library):
    return user_in(library, full_name="Ana Prieto")


@pytest.fixture
def ticket(library):
    person = PersonFactory(body=library.body, full_name="María Pérez")
    return TicketFactory(office=library, requester=person, subject="Renovar", language="es")


def seen_by(user):
    return {macro.name for macro in Macro.objects.visible_to(for_user(user))}


def test_one_sees_ones_own_those_of_ones_teams_and_of_every_office_above(body, library, ana):
    counter = OfficeFactory(name="Atención", parent=body)
    team, other_team = TeamFactory(office=library), TeamFactory(office=library)
    team.members.add(ana)
    marta = user_in(counter)
    for name, place in {
        "mine": {"owner": ana}, "marta's": {"owner": marta}, "my team's": {"team": team},
        "another team's": {"team": other_team}, "the library's": {"office": library}, "the body's": {"office": body},
        "the counter's": {"office": counter}, "beyond the wall": {"office": OfficeFactory()},
    }.items():  # fmt: skip
        Macro.objects.create(name=name, texts={"es": "x"}, **place)

    assert seen_by(ana) == {"mine", "my team's", "the library's", "the body's"}
    assert seen_by(marta) == {"marta's", "the counter's", "the body's"}
    ticket = TicketFactory(office=counter)
    assert {m.name for m in macros.usable(for_user(ana), ticket)} == {"mine", "my team's", "the body's"}


def test_sharing_needs_the_right_to_manage_there(library, ana):
    macro = Macro(name="Hola", texts={"es": "Hola"})
    with pytest.raises(NotAllowed):
        macros.save_macro(macro, viewer=for_user(ana), place=f"office-{library.pk}")
    admin = for_user(user_in(library, "admin"))
    assert macros.save_macro(macro, viewer=admin, place=f"office-{library.pk}").office == library
    with pytest.raises(NotAllowed):
        macros.save_macro(macro, viewer=for_user(ana), place="me")  # what is shared is not taken away
    with pytest.raises(NotAllowed):
        macros.delete_macro(macro, viewer=for_user(ana))


BAD = [
    ["explode:now"], ["status:new"], ["status:"], ["priority:9"], ["team:x"], "status:open", ["snooze:5"],
    ["snooze:2026-01-01T10:00"], ["tag:" + "x" * 51], ["tag:a"] * 11,
]  # fmt: skip


def made(**fields):
    return Macro.objects.get(pk=Macro.objects.create(**fields).pk)


@pytest.mark.parametrize("bad", BAD)
def test_acts_that_nobody_could_do_are_not_kept(bad):
    with pytest.raises(Invalid):
        acts.check(bad)


def test_a_macro_says_or_does_something(ana):
    with pytest.raises(Invalid):
        macros.save_macro(Macro(name="Nothing"), viewer=for_user(ana), place="me")
    with pytest.raises(Invalid):
        macros.save_macro(Macro(name=" ", acts=["status:open"]), viewer=for_user(ana), place="me")


def test_it_speaks_the_language_of_the_ticket_and_names_people(ana, ticket):
    macro = made(owner=ana, name="Hola", texts={"es": "Hola {{first_name}}: {{reference}}. {{agent}}", "en": "Hello"})
    assert macros.text_for(macro, ticket, ana) == f"Hola María: {ticket.reference}. Ana Prieto"
    ticket.language = "en"
    assert macros.text_for(macro, ticket, ana) == "Hello"


def test_what_is_not_known_stays_in_its_braces(ana, ticket):
    macro = made(owner=ana, name="x", texts={"es": "Su carnet {{carnet}}, {{service}}"})
    assert macros.text_for(macro, ticket, ana) == "Su carnet {{carnet}}, {{service}}"


def test_what_a_person_is_called_is_never_filled_in_again(ana, library):
    person = PersonFactory(body=library.body, full_name="{{agent}} x")
    ticket = TicketFactory(office=library, requester=person)
    macro = made(owner=ana, name="x", texts={"es": "Hola {{name}}"})
    assert macros.text_for(macro, ticket, ana) == "Hola {{agent}} x"


def test_it_does_all_its_acts_in_order_and_the_timeline_says_who_ran_it(ana, ticket, library):
    TagFactory(body=library.body, key="loans")
    macro = made(owner=ana, name="Multa", acts=["tag:loans", "assign:me", "status:waiting"])
    macros.run(ticket, macro, user=ana, viewer=for_user(ana))
    ticket.refresh_from_db()
    assert (ticket.assignee, ticket.status, ticket.tags.get().key) == (ana, "waiting", "loans")
    assert Macro.objects.get().used_count == 1
    told = Activity.objects.about("ticket", ticket.pk).filter(verb="macro_run").get()
    assert (told.actor_id, told.data["label"]) == (ana.pk, "Multa")


def test_nothing_is_done_where_one_act_is_not_allowed(library, ticket):
    role = RoleFactory(key="observer")
    role.permissions = ["ticket.view", "ticket.status"]
    role.save()
    eva = user_in(library, "observer")
    macro = made(owner=eva, name="x", acts=["status:waiting", "assign:me"])
    with pytest.raises(NotAllowed, match=r"ejecut|runs"):
        macros.run(ticket, macro, user=eva, viewer=for_user(eva))
    assert Ticket.objects.get().status == "new"
    assert not Activity.objects.filter(verb="macro_run").exists()


def test_accents_and_order_of_words_do_not_matter_and_names_come_first(ana):
    rows = [
        Macro(name="Horarios", texts={"es": "Para la renovación venga a las nueve"}),
        Macro(name="Renovación con multa", texts={"es": "x"}),
        Macro(name="Otra", texts={"es": "y"}),
    ]
    assert [m.name for m in macros.matching(rows, "renovacion")] == ["Renovación con multa", "Horarios"]
    assert [m.name for m in macros.matching(rows, "multa renov")] == ["Renovación con multa"]


def test_pages_make_change_and_delete_one(ana):
    desk = signed_in(ana)
    page = desk.get("/desk/macros/new/").content.decode()
    assert "status:waiting" in page and "{{first_name}}" in page
    typed = {"name": "Gracias", "place": "me", "text_es": "Gracias.", "act_0": "status:solved"}
    assert desk.post("/desk/macros/new/", typed).status_code == 302
    macro = Macro.objects.get()
    assert (macro.owner, macro.acts, macro.texts) == (ana, ["status:solved"], {"es": "Gracias."})
    url = f"/desk/macros/{macro.public_id}/"
    assert desk.post(url, {"name": "", "place": "me"}).status_code == 422
    desk.post(url, {"name": "Adiós", "place": "me", "text_es": "Adiós."})
    assert Macro.objects.get().acts == []
    assert "Adiós" in desk.get("/desk/macros/").content.decode()
    desk.post(f"{url}delete/")
    assert not Macro.objects.exists()


def test_the_list_costs_the_same_for_one_macro_and_for_thirty(ana, library, django_assert_max_num_queries):
    desk = signed_in(ana)
    for count in (1, 30):
        for number in range(count):
            Macro.objects.create(owner=ana, name=f"M{number}", acts=[f"assign:{ana.pk}", "tag:loans"])
        with django_assert_max_num_queries(8):
            desk.get("/desk/macros/")
    assert Office.objects.count() == 2
