"""The letter that carries a report. It holds figures and names of the house, nothing that strangers typed."""

from django.conf import settings
from django.core.mail import EmailMessage
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext as _

from apps.reporting import pdf, workbook
from apps.reporting.figures import Report
from apps.reporting.models import ReportLetter, Schedule

TYPES = {
    Schedule.Form.PDF: ("pdf", "application/pdf"),
    Schedule.Form.XLSX: ("xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
}


def send(letter: ReportLetter, report: Report, *, asked: str) -> None:
    """One letter over the network: call it outside a transaction, in the receiver's language."""
    schedule = letter.schedule
    name = " ".join(schedule.name.split())
    suffix, kind = TYPES[Schedule.Form(schedule.form)]
    make = pdf.document if schedule.form == Schedule.Form.PDF else workbook.workbook
    words = {
        "schedule": schedule,
        "receiver": letter.receiver,
        "report": report,
        "link": f"{settings.ACUDO_BASE_URL}{reverse('reporting:sla')}?{asked}",
        "schedules": f"{settings.ACUDO_BASE_URL}{reverse('reporting:scheduled')}",
    }
    mail = EmailMessage(
        subject=_("%(report)s, %(first)s to %(last)s")
        % {"report": name, "first": letter.first.isoformat(), "last": letter.last.isoformat()},
        body=render_to_string("reporting/mail/letter.txt", words),
        to=[letter.receiver.email],
        headers={"Auto-Submitted": "auto-generated", "X-Auto-Response-Suppress": "All"},
    )
    content = make(report, title=name, place=schedule.office.name)
    mail.attach(f"{letter.first.isoformat()}-{letter.last.isoformat()}.{suffix}", content, kind)
    mail.send()
