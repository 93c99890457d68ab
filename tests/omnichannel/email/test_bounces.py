"""What mail servers say about mail of ours, by the standard and by heart."""

from apps.omnichannel.email import parsing

REPORT = b"""From: MAILER-DAEMON@mx.example.org (Mail Delivery System)
Return-Path: <>
Subject: %(subject)s
Content-Type: multipart/report; report-type=delivery-status; boundary=b

--b
Content-Type: text/plain

It did not work.
--b
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example.org

Final-Recipient: rfc822; ana@example.org
Action: %(action)s
Status: %(status)s
Diagnostic-Code: smtp; 550 5.1.1 No such user

--b
Content-Type: text/rfc822-headers

Message-ID: <m1@desk.olmo.example>
Subject: Re: Horario
--b--
"""


def report(action: bytes = b"failed", status: bytes = b"5.1.1", subject: bytes = b"Undelivered Mail") -> bytes:
    return REPORT % {b"action": action, b"status": status, b"subject": subject}


def test_a_report_names_fate_status_recipient_and_the_mail_it_is_about():
    found = parsing.parse(report()).report
    assert (found.action, found.status, found.recipients) == ("failed", "5.1.1", ("ana@example.org",))
    assert found.original_message_id == "m1@desk.olmo.example"
    assert found.is_bounce
    assert found.is_permanent


def test_a_delay_is_no_bounce():
    found = parsing.parse(report(b"delayed", b"4.4.1", b"Delivery delayed"))
    assert found.report is not None
    assert not found.is_bounce


def test_an_old_server_is_understood_without_the_standard():
    raw = (
        b"From: MAILER-DAEMON@old.example.org\nReturn-Path: <>\nSubject: failure notice\n\n"
        b"<ana@example.org>:\n550 5.1.1 unknown user\n\nMessage-ID: <m1@desk.olmo.example>\n"
    )
    found = parsing.parse(raw).report
    assert (found.action, found.status, found.recipients[0]) == ("failed", "5.1.1", "ana@example.org")
    assert found.original_message_id == "m1@desk.olmo.example"


def test_a_person_who_writes_about_a_returned_mail_is_no_mail_server():
    raw = b"From: ana@example.org\nSubject: Returned mail?\n\n550 5.1.1 says my program, what is that?"
    assert parsing.parse(raw).report is None
