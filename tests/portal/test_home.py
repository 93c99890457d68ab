import pytest

from apps.activity.models import Activity
from tests.factories.accounts import OfficeFactory
from tests.factories.hours import CalendarFactory
from tests.factories.kb import TranslationFactory
from tests.factories.omnichannel import ChannelFactory
from tests.factories.sla import PolicyFactory


@pytest.mark.parametrize(
    ("accepts", "cookie", "expected"),
    [("en-GB,en;q=0.9", "", "/en/"), ("fr", "", "/es/"), ("", "", "/es/"), ("en", "es", "/es/"), ("pt", "", "/es/")],
)
def test_the_bare_address_picks_a_language_the_office_speaks(client, body, accepts, cookie, expected):
    if cookie:
        client.cookies["acudo_language"] = cookie
    assert client.get("/", headers={"accept-language": accepts} if accepts else {}).url == expected


def test_a_language_the_office_does_not_speak_is_not_found(client, body):
    assert client.get("/en/").status_code == 200
    assert client.get("/it/").status_code == 404


def test_before_anything_is_set_up_the_page_says_that_we_are_not_there_yet(client, db):
    response = client.get("/es/")
    assert response.status_code == 503
    assert response["Retry-After"]


def test_ways_to_reach_us_say_honestly_whether_somebody_is_there(client, body, clock_at):
    ChannelFactory(office=body, kind="webchat", address="")
    ChannelFactory(
        office=body, kind="calls", address="+598 2400 0000", settings={"link": "tel", "labels": {"en": "Call"}}
    )
    clock_at("2026-03-02 10:00")
    page = client.get("/en/").content.decode()
    assert page.count("Open now, until 18:00") == 3  # the chat, the telephone, the house
    clock_at("2026-03-02 20:00")
    page = client.get("/en/").content.decode()
    assert page.count("Opens tomorrow at 9:00") == 3
    clock_at("2026-03-07 10:00")
    assert "Opens on Monday at 9:00" in client.get("/en/").content.decode()


def test_without_hours_nothing_is_claimed(client, body, clock_at):
    body.calendar = None
    body.save()
    ChannelFactory(office=body, kind="webchat", address="")
    page = client.get("/en/").content.decode()
    assert "/en/chat/" in page
    assert "Open" not in page.replace("Opening hours", "")


def test_the_form_says_when_an_answer_would_come(client, body, clock_at):
    PolicyFactory(office=body, calendar=body.calendar)
    clock_at("2026-03-06 17:00")  # a Friday: one hour that day, three on Monday
    assert "We answer before Monday 9 March, 12:00" in client.get("/en/").content.decode()


def test_offices_below_belong_to_the_portal_and_other_bodies_do_not(client, body, settings):
    branch = OfficeFactory(parent=body, name="Sala del puerto", address="Muelle 3")
    branch.calendar = CalendarFactory(office=branch)
    branch.save()
    OfficeFactory(name="Otro municipio", address="Lejos 1", languages=["es"], slug="otro")
    page = client.get("/en/").content.decode()
    assert "Sala del puerto" in page
    assert "Otro municipio" not in page
    settings.ACUDO_PORTAL_OFFICE = ["testserver=otro", "olmo"]
    assert "Otro municipio" in client.get("/es/").content.decode()
    assert "Biblioteca Olmo" in client.get("/es/", headers={"host": "localhost"}).content.decode()


def test_the_first_page_costs_the_same_however_much_there_is(client, body, django_assert_max_num_queries):
    for place in range(4):
        branch = OfficeFactory(parent=body)
        branch.calendar = CalendarFactory(office=branch)
        branch.save()
        ChannelFactory(office=branch, kind="calls", address=f"+598 2400 000{place}", settings={"link": "tel"})
        TranslationFactory(office=body)
    PolicyFactory(office=body, calendar=body.calendar)
    client.get("/es/")
    with django_assert_max_num_queries(10):
        client.get("/es/")


def test_pressing_a_call_is_counted_and_leads_there(client, body):
    channel = ChannelFactory(office=body, kind="calls", address="+598 2400 0000", settings={"link": "tel"})
    response = client.get(f"/call/{channel.key}/")
    assert (response.status_code, response.url) == (302, "tel:+59824000000")
    assert Activity.objects.filter(verb="call_link_opened", subject_id=channel.pk).count() == 1
    client.get(f"/call/{channel.key}/", headers={"sec-purpose": "prefetch"})
    assert Activity.objects.filter(verb="call_link_opened").count() == 1


def test_s_57_a_machine_that_presses_all_day_fills_no_table(client, body):
    channel = ChannelFactory(office=body, kind="calls", address="abc-mnop-xyz", settings={"link": "meet"})
    for _press in range(65):
        assert client.get(f"/call/{channel.key}/").status_code == 302
    assert Activity.objects.filter(verb="call_link_opened").count() == 60


def test_s_28_calls_of_another_body_and_calls_that_never_were_look_the_same(client, body):
    other = ChannelFactory(kind="calls", address="abc-mnop-xyz", settings={"link": "meet"})
    foreign, unknown = client.get(f"/call/{other.key}/"), client.get("/call/c_000000000000000000000000/")
    assert foreign.status_code == unknown.status_code == 404
    assert foreign.content == unknown.content


def test_the_hours_page_shows_the_week_of_each_office(client, body, clock_at, django_assert_max_num_queries):
    clock_at("2026-03-02 10:00")
    page = client.get("/es/hours/").content.decode()
    assert page.count("<tr") == 7
    assert "9:00–18:00" in page
    with django_assert_max_num_queries(9):
        client.get("/es/hours/")


def test_the_office_colour_comes_as_a_sheet_of_its_own(client, body):
    assert "/theme/" not in client.get("/es/").content.decode()
    body.accent = "#0066cc"
    body.save()
    assert "/theme/0066cc.css" in client.get("/es/").content.decode()
    sheet = client.get("/theme/0066cc.css")
    assert "--indigo-600: #" in sheet.content.decode()
    assert client.get("/theme/nonsense.css").status_code == 404


@pytest.mark.parametrize(
    "path", ["", "new/", "requests/access/", "kb/", "search/", "hours/", "privacy/", "accessibility/"]
)
def test_every_page_has_one_heading_its_language_and_the_same_help(client, body, path):
    page = client.get(f"/en/{path}", follow=True).content.decode()
    assert '<html lang="en"' in page
    assert page.count("<h1") == 1
    assert "Other ways to reach us" in page
    assert "2400 0000" in page
    assert 'lang="es" hreflang="es"' in page
    assert "· Biblioteca Olmo</title>" in page
