"""The form: one question a page, nothing asked twice, nothing lost, nothing doubled."""

import re
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client

from apps.people.models import Identity, Person
from apps.portal import doors, proof, services, tasks
from apps.portal.models import Draft, DraftFile
from apps.tickets.models import Attachment, Ticket
from tests.factories.accounts import OfficeFactory
from tests.factories.kb import TranslationFactory
from tests.factories.people import PersonFactory
from tests.factories.portal import ServiceFactory
from tests.factories.sla import PolicyFactory

NEW, CHECK = "/en/new/", "/en/new/check/"
CONTACT = {"name": "María Sosa", "email": "maria@example.org", "language": "es"}


@pytest.fixture
def loans(body):
    return ServiceFactory(office=body, key="loans", names={"es": "Préstamos", "en": "Loans"})


@pytest.fixture(autouse=True)
def unhurried(monkeypatch):
    """Tests press faster than people."""
    monkeypatch.setattr("apps.portal.views.new.LEAST_SECONDS", 0)


def fill(client, form="other", text="I lost my card.\nWhat now?", contact=None, files=()):
    client.post(f"/en/new/{form}/matter/", {"text": text, "files": list(files)})
    return client.post(f"/en/new/{form}/contact/", contact or CONTACT)


def send(client, done="", **answers):
    fill(client, **answers)
    return client.post(CHECK, {"proof": done})


def words(client, url):
    return client.get(url).content.decode()


def test_the_whole_way_page_by_page(client, body, loans, clock_at, commits):
    PolicyFactory(office=body, calendar=body.calendar)
    TranslationFactory(office=body, language="en", title="Loans and renewals")
    clock_at("2026-03-02 10:00")
    page = words(client, NEW)
    assert "Loans" in page and "Step 1<" in page
    assert client.post(NEW, {"form": "loans"}).url == "/en/new/loans/articles/"
    assert "Loans and renewals" in words(client, "/en/new/loans/articles/")
    assert client.post("/en/new/loans/articles/", {"answer": "no"}).url == "/en/new/loans/matter/"
    assert "Step 3 of 5" in words(client, "/en/new/loans/matter/")
    assert client.post("/en/new/loans/matter/", {"text": "I lost my card."}).url == "/en/new/loans/contact/"
    assert client.post("/en/new/loans/contact/", CONTACT).url == CHECK
    page = words(client, CHECK)
    assert all(word in page for word in ("Loans", "I lost my card.", "María Sosa", "maria@example.org", "Español"))
    done = client.post(CHECK)
    ticket = Ticket.objects.get()
    assert done.url == f"/en/new/done/{ticket.public_id}/"
    page = words(client, done.url)
    assert ticket.reference in page
    assert "We will answer before Monday 2 March, 14:00." in page
    assert (ticket.via, ticket.service, ticket.team, ticket.language, ticket.office) == (
        "portal",
        loans,
        loans.team,
        "es",
        body,
    )
    assert ticket.requester.full_name == "María Sosa"
    assert not Identity.objects.get(handle="maria@example.org").is_verified


def test_without_a_promise_the_last_page_says_what_is_true(client, body):
    page = words(client, send(client).url)
    assert "A person will read it and answer you." in page


def test_an_article_that_helps_ends_the_way_without_a_ticket(client, body, loans):
    TranslationFactory(office=body, language="en", title="Loans")
    client.post(NEW, {"form": "loans"})
    response = client.post("/en/new/loans/articles/", {"answer": "yes"}, follow=True)
    assert "We are glad that helped." in response.content.decode()
    assert not Ticket.objects.exists()


def test_a_link_from_elsewhere_begins_with_the_first_question_of_that_form(client, body, loans):
    assert client.get("/en/new/loans/").url == "/en/new/loans/matter/"
    assert client.get("/en/new/nothing/").status_code == 404
    assert client.get("/en/new/loans/nothing/").status_code == 404
    assert client.get(CHECK).url == NEW


def test_services_of_two_offices_may_bear_the_same_name(client, body, loans):
    branch = OfficeFactory(parent=body, slug="puerto", name="Sala del puerto")
    second = ServiceFactory(office=branch, key="loans", names={"en": "Loans at the port"})
    page = words(client, NEW)
    assert "Sala del puerto" in page and 'value="puerto-loans"' in page
    send(client, form="puerto-loans")
    assert Ticket.objects.get().service == second
    assert Ticket.objects.get().office == branch


def test_answers_given_are_kept_and_not_asked_again(client, body):
    fill(client)
    page = words(client, "/en/new/other/contact/")
    assert 'value="maria@example.org"' in page
    assert "I lost my card." in words(client, "/en/new/other/matter/")
    assert client.post("/en/new/other/matter/", {"text": "Changed"}).url == CHECK
    assert "Changed" in words(client, CHECK)


def test_who_is_known_on_this_device_is_not_asked_for_a_name(at_home, body, maria):
    at_home.post("/en/new/other/matter/", {"text": "Again me"})
    page = words(at_home, "/en/new/other/contact/")
    assert "maria@example.org" in page
    assert 'name="email"' not in page
    at_home.post("/en/new/other/contact/", {"language": "en"})
    done = at_home.post(CHECK)
    assert Ticket.objects.get().requester == maria
    assert f"/en/requests/{Ticket.objects.get().public_id}/" in words(at_home, done.url)


def test_what_is_wrong_is_said_on_top_and_beside_the_field_and_nothing_is_lost(client, body):
    page = client.post("/en/new/other/contact/", {"name": "María", "language": "es", "phone": "ring me"})
    assert page.status_code == 422
    text = page.content.decode()
    assert "<title>Error:" in text
    assert 'class="error-summary" role="alert"' in text
    assert '<a href="#id_phone">' in text
    assert 'value="María"' in text and 'value="ring me"' in text
    page = client.post("/en/new/other/contact/", {"name": "María", "language": "es"}).content.decode()
    assert page.count("Write your e-mail or your telephone.") == 3  # the hint, the summary, the field


def test_a_telephone_is_enough_and_two_writings_of_it_are_one_person(client, body):
    body.calendar.holiday_country = "UY"
    body.calendar.save()
    send(client, contact={"name": "Luis", "phone": "2400 0000", "language": "es"})
    done = send(client, contact={"name": "Luis", "phone": "+598 2400-0000", "language": "es"})
    assert Identity.objects.get(kind="phone").handle == "+59824000000"
    assert Person.objects.count() == 1
    assert "We will call you at" in words(client, done.url)


def test_needs_reach_who_answers(client, body):
    contact = CONTACT | {"needs": ["sign_language", "call_me"], "other_need": "Patience", "phone": "2400 0000"}
    send(client, contact=contact)
    said = Ticket.objects.get().messages.get()
    assert "Needs: Sign language, A call instead of text, Patience" in said.text
    assert "Telephone: 2400 0000" in said.text
    assert said.details["needs"] == ["sign_language", "call_me"]


def test_the_subject_is_the_first_line_cut_between_words(client, body):
    send(client, text="\n\nHello, " + "word " * 40 + "\nsecond line")
    subject = Ticket.objects.get().subject
    assert subject.startswith("Hello, word") and subject.endswith("word…") and len(subject) <= 90


def test_files_stay_with_the_draft_and_go_with_the_request(client, body):
    client.post("/en/new/other/matter/", {"text": "x", "files": [SimpleUploadedFile("foto.jpg", b"abc", "image/jpeg")]})
    page = words(client, "/en/new/other/matter/")
    assert "foto.jpg" in page
    client.post("/en/new/other/contact/", CONTACT)
    assert "foto.jpg" in words(client, CHECK)
    client.post(CHECK)
    assert Attachment.objects.get().file.read() == b"abc"


def test_a_file_can_be_taken_out_again(client, body):
    client.post("/en/new/other/matter/", {"text": "x", "files": [SimpleUploadedFile("a.txt", b"abc")]})
    row = DraftFile.objects.get()
    assert client.post(f"/en/new/files/{row.public_id}/remove/").url == "/en/new/other/matter/"
    assert "a.txt" not in words(client, "/en/new/other/matter/")
    assert Client().post(f"/en/new/files/{row.public_id}/remove/").status_code == 404


def test_s_22_a_file_too_large_is_named_and_the_words_stay(client, body, monkeypatch):
    monkeypatch.setattr("apps.portal.forms.OFFERED_BYTES", 1000)
    big = SimpleUploadedFile("big.bin", b"x" * 2000)
    page = client.post("/en/new/other/matter/", {"text": "My words", "files": [big]})
    assert page.status_code == 422
    assert "big.bin weighs" in page.content.decode()
    assert "My words" in page.content.decode()
    assert not DraftFile.objects.exists()


def test_s_22_more_than_twenty_files_are_refused(client, body, settings):
    settings.ACUDO_MAX_FILES = 3
    two = lambda: [SimpleUploadedFile(f"{n}.txt", b"x") for n in range(2)]  # noqa: E731
    client.post("/en/new/other/matter/", {"text": "x", "files": two()})
    page = client.post("/en/new/other/matter/", {"text": "x", "files": two()})
    assert page.status_code == 422
    assert "At most 3 files." in page.content.decode()
    assert DraftFile.objects.count() == 2


def test_s_22_an_address_uploads_so_much_an_hour_and_no_more(client, body, monkeypatch, clock_at):
    clock_at("2026-03-02 10:00")
    monkeypatch.setattr("apps.portal.services.requests.BYTES_AN_HOUR", 5000)
    kilo = lambda: [SimpleUploadedFile("k.bin", b"x" * 2000)]  # noqa: E731
    codes = [Client().post("/en/new/other/matter/", {"text": "x", "files": kilo()}).status_code for _try in range(4)]
    assert codes == [302, 302, 429, 429]
    assert sum(DraftFile.objects.values_list("size", flat=True)) <= 5000
    clock_at("2026-03-02 11:05")
    assert client.post("/en/new/other/matter/", {"text": "x", "files": kilo()}).status_code == 302


def test_s_57_a_loop_of_uploads_and_of_forms_ends_in_429(body, clock_at):
    clock_at("2026-03-02 10:00:00")
    codes = [
        Client().post("/en/new/other/matter/", {"text": "x", "files": [SimpleUploadedFile("a", b"x")]}).status_code
        for _try in range(62)
    ]
    assert codes[:60] == [302] * 60
    assert codes[60:] == [429, 429]


def test_s_57_one_address_is_sent_ten_acknowledgements_an_hour_at_most(body, clock_at, monkeypatch):
    monkeypatch.setattr(proof, "BITS", 0)
    clock_at("2026-03-02 10:00:00")
    codes = [send(Client(), done="1").status_code for _try in range(12)]
    assert codes == [302] * 10 + [429] * 2
    assert Ticket.objects.count() == 10


def test_s_57_a_form_filled_in_three_seconds_is_asked_to_look_again(client, body, monkeypatch, clock_at):
    monkeypatch.setattr("apps.portal.views.new.LEAST_SECONDS", 3)
    clock_at("2026-03-02 10:00:00")
    response = send(client)
    assert response.status_code == 422
    assert "That was very quick." in response.content.decode()
    clock_at("2026-03-02 10:00:04")
    assert client.post(CHECK).status_code == 302


def test_s_57_who_fills_in_the_hidden_field_sends_nothing(client, body):
    fill(client)
    response = client.post(CHECK, {"website": "https://buy.example"})
    assert response.status_code == 422
    assert not Ticket.objects.exists()


def test_r_16_pressing_send_twice_makes_one_ticket(client, body):
    first = send(client)
    second = client.post(CHECK)
    assert second.url == first.url
    assert Ticket.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_r_16_pressing_send_at_the_same_instant_makes_one_ticket():
    office = OfficeFactory()
    draft = services.start(office, form="other")
    services.save_answers(draft, {"text": "x", **CONTACT})

    def press(_n):
        try:
            return services.send(Draft.objects.get(pk=draft.pk), service=None, person=None).pk
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        made = set(pool.map(press, range(4)))
    assert len(made) == 1
    assert Ticket.objects.count() == 1


def test_s_28_the_last_page_exists_for_the_browser_that_sent_it_only(client, body):
    done = send(client).url
    assert client.get(done).status_code == 200
    stranger = Client()
    other = stranger.get(done)
    unknown = stranger.get(f"/en/new/done/{'Z' * 22}/")
    assert (other.status_code, other.content) == (404, unknown.content)


def test_s_07_typing_somebodys_address_shows_nothing_of_theirs(client, body, maria):
    from tests.factories.tickets import TicketFactory

    secret = TicketFactory(office=body, requester=maria, subject="Secret matter")
    done = send(client, contact=CONTACT | {"name": "Somebody else"})
    assert "Secret matter" not in words(client, done.url)
    assert client.get("/en/requests/").status_code == 302
    assert client.get(f"/en/requests/{secret.public_id}/").status_code == 302
    maria.refresh_from_db()
    assert maria.full_name == "María Sosa"


def test_s_37_the_form_answers_alike_for_known_and_unknown_addresses(body, maria):
    pages = []
    for email in ("maria@example.org", "nobody@example.org"):
        browser = Client()
        page = words(browser, send(browser, contact=CONTACT | {"email": email}).url)
        page = re.sub(r"\d{4}-\d{6}|value=\"\w{64}\"|\w{22}(?=/)", "", page)
        pages.append(page.replace(email, "EMAIL"))
    assert pages[0] == pages[1]


def test_s_14_what_is_typed_is_shown_as_text(client, body):
    payload = "\"'><img src=x onerror=alert(1)>{{7*7}}"
    fill(client, text=payload, contact=CONTACT | {"name": payload, "other_need": payload})
    page = words(client, CHECK)
    assert "<img" not in page and "{{7*7}}" in page


def test_a_draft_is_forgotten_after_seven_days_with_its_files(client, body, clock_at):
    clock_at("2026-03-02 10:00")
    client.post("/en/new/other/matter/", {"text": "x", "files": [SimpleUploadedFile("a.txt", b"abc")]})
    send(Client(), files=[SimpleUploadedFile("b.txt", b"abc")])
    from django.core.files.storage import default_storage

    dropped, handed = DraftFile.objects.order_by("pk").values_list("key", flat=True)
    clock_at("2026-03-08 10:00")
    tasks.tidy.run()
    assert default_storage.exists(dropped)
    clock_at("2026-03-09 10:01")
    tasks.tidy.run()
    assert not Draft.objects.exists()
    assert not default_storage.exists(dropped)
    assert default_storage.exists(handed)
    assert Attachment.objects.get().file.read() == b"abc"


def test_pages_of_the_form_cost_the_same_however_many_services(client, body, django_assert_max_num_queries):
    for _service in range(12):
        ServiceFactory(office=body)
    fill(client)
    for path in (NEW, "/en/new/other/matter/", "/en/new/other/contact/", CHECK):
        client.get(path)
        with django_assert_max_num_queries(8):
            assert client.get(path).status_code == 200


def test_addresses_of_one_network_count_as_one(rf):
    one = rf.get("/", REMOTE_ADDR="2001:db8:1:2::1")
    same = rf.get("/", REMOTE_ADDR="2001:db8:1:2:ffff::9")
    other = rf.get("/", REMOTE_ADDR="2001:db8:1:3::1")
    assert doors.address_of(one) == doors.address_of(same) != doors.address_of(other)
    assert doors.address_of(rf.get("/", REMOTE_ADDR="192.0.2.1")) == "192.0.2.1"


def test_a_person_of_another_body_with_the_same_address_stays_there(client, body):
    elsewhere = PersonFactory(email="maria@example.org")
    send(client)
    assert Ticket.objects.get().requester != elsewhere


def worked(draft):
    return next(str(n) for n in range(10**7) if proof.is_done(draft.public_id, str(n)))


def test_s_57_without_the_work_of_a_script_five_go_in_an_hour_and_with_it_more(client, body, monkeypatch):
    monkeypatch.setattr(proof, "BITS", 6)
    for n in range(5):
        assert send(client, contact={**CONTACT, "email": f"a{n}@example.org"}).status_code == 302
    assert send(client, contact={**CONTACT, "email": "b@example.org"}).status_code == 429
    draft = Draft.objects.get(ticket=None)
    assert draft.answers["text"], "nothing is lost"
    assert client.post(CHECK, {"proof": worked(draft)}).status_code == 302

    assert Ticket.objects.count() == 6


@pytest.mark.parametrize("answer", ["", "x", "1e9", "٣", "9" * 13, "-1"])
def test_s_57_a_proof_is_a_number_that_fits_this_very_draft(answer):
    assert not proof.is_done("2Yc0nQm1aZ", answer)


def test_s_57_the_work_for_one_draft_is_worth_nothing_for_another(monkeypatch):
    monkeypatch.setattr(proof, "BITS", 12)
    one = Draft(public_id="one")

    assert not proof.is_done("another", worked(one))
