"""Reports by mail: owed once a period, sent once, and only what the receiver may read on that day."""

import io
from datetime import date

import pytest
from django.core import mail
from django.urls import reverse
from openpyxl import load_workbook

from apps.accounts.models import Membership
from apps.core.errors import Invalid
from apps.reporting import facts, letters, schedules
from apps.reporting.models import ReportLetter, Schedule
from apps.reporting.tasks import send_letter, sweep_letters
from tests.factories.accounts import OfficeFactory, RoleFactory, user_in
from tests.factories.sla import HOUR, PolicyFactory
from tests.factories.tickets import TicketFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def head(office):
    PolicyFactory(office=office, targets={"first_response": 4 * HOUR})
    return user_in(office, "supervisor", full_name="Eva Conti", language="en")


@pytest.fixture
def order(office, head):
    def make(*receivers, **more):
        wanted = {"name": "Monthly", "every": "month", "form": "pdf", "asked": ""} | more
        return schedules.order(wanted.pop("office", office), receivers=receivers or [head], actor=head, **wanted)

    return make


def deliver():
    sweep_letters()
    for pk in ReportLetter.objects.filter(next_at__isnull=False).values_list("pk", flat=True):
        send_letter(pk)


def test_a_month_is_mailed_on_the_first_of_the_next_with_a_link_and_the_file(order, head, clock_at):
    clock_at("2026-03-18 10:00")
    row = order()
    assert str(row.next_at.astimezone(schedules._zone()))[:16] == "2026-04-01 07:00"
    deliver()
    assert mail.outbox == []
    clock_at("2026-04-01 07:01")
    deliver()
    (letter,) = mail.outbox
    assert letter.to == [head.email] and "Monthly" in letter.subject
    assert (
        "/desk/reports/sla/?" in letter.body and "first=2026-03-01" in letter.body and "last=2026-03-31" in letter.body
    )
    ((name, content, kind),) = letter.attachments
    assert name == "2026-03-01-2026-03-31.pdf" and kind == "application/pdf" and content.startswith(b"%PDF")
    row.refresh_from_db()
    assert str(row.next_at.astimezone(schedules._zone()))[:10] == "2026-05-01"


def test_sweeping_and_sending_twice_sends_one_letter(order, clock_at):
    clock_at("2026-03-18 10:00")
    order(every="week")
    clock_at("2026-03-23 08:00")
    deliver()
    Schedule.objects.update(next_at="2026-03-23T10:00:00Z")
    deliver()
    for pk in ReportLetter.objects.values_list("pk", flat=True):
        send_letter(pk)
    assert len(mail.outbox) == 1
    letter = ReportLetter.objects.get()
    assert (letter.first, letter.last, letter.outcome) == (date(2026, 3, 16), date(2026, 3, 22), "sent")


def test_what_the_receiver_may_read_on_the_day_decides_what_is_in_it(office, order, head, clock_at):
    branch = OfficeFactory(parent=office, name="Branch")
    luis = user_in(office, "supervisor", language="en")
    clock_at("2026-03-10 10:00")
    TicketFactory(office=office), TicketFactory(office=branch), TicketFactory(office=branch)
    facts.catch_up()
    order(head, luis, form="xlsx")
    Membership.objects.filter(user=luis).delete()
    Membership.objects.create(user=luis, office=branch, role=RoleFactory(key="supervisor"))
    clock_at("2026-04-01 08:00")
    deliver()
    opened = {}
    for letter in mail.outbox:
        book = load_workbook(io.BytesIO(letter.attachments[0][1]))
        rows = {row[0].value: row[1].value for row in book.worksheets[0].iter_rows()}
        opened[letter.to[0]] = rows["Opened"]
    assert opened == {head.email: 3, luis.email: 2}


def test_who_may_not_read_any_more_gets_nothing(order, head, clock_at):
    clock_at("2026-03-10 10:00")
    order()
    Membership.objects.filter(user=head).update(role=RoleFactory(key="agent"))
    clock_at("2026-04-01 08:00")
    deliver()
    assert mail.outbox == []
    assert ReportLetter.objects.get().outcome == "refused"


def test_nobody_is_ordered_a_report_they_may_not_read(order, office):
    with pytest.raises(Invalid):
        order(user_in(office, "agent"))
    with pytest.raises(Invalid):
        order(user_in(OfficeFactory(), "supervisor"))


def test_a_letter_that_did_not_leave_is_tried_again_and_then_shown(order, clock_at, monkeypatch):
    clock_at("2026-03-10 10:00")
    order()
    real = letters.send
    monkeypatch.setattr(letters, "send", lambda *args, **kwargs: 1 / 0)
    for hour in range(8, 8 + schedules.MOST_ATTEMPTS + 2):
        clock_at(f"2026-04-01 {hour:02d}:30")
        if hour == 9:
            assert ReportLetter.objects.get().attempts == 1
        deliver()
    letter = ReportLetter.objects.get()
    assert (letter.outcome, letter.attempts, letter.next_at) == ("failed", schedules.MOST_ATTEMPTS, None)
    monkeypatch.setattr(letters, "send", real)
    deliver()
    assert mail.outbox == []


def test_a_schedule_keeps_the_filters_it_was_ordered_with(order, head, client, office):
    client.force_login(head)
    asked = "?via=email&range=7&nonsense=1&priority=4"
    page = client.get(reverse("reporting:scheduled") + asked).content.decode()
    assert "Narrowed to:" in page and "E-mail" in page and "Urgent" in page
    data = {"name": "Mine", "office": office.pk, "every": "week", "form": "xlsx", "receivers": [head.pk]}
    assert client.post(reverse("reporting:scheduled") + asked, data).status_code == 302
    assert Schedule.objects.get().asked == "via=email&priority=4"
