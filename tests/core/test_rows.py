"""Statements put together once read and write what the ORM would."""

import pytest
from django.db import IntegrityError, connection

from apps.accounts.models import Office, Team
from apps.core import rows
from apps.omnichannel.models import Channel
from apps.tickets.models import Message, Ticket
from tests.factories.accounts import TeamFactory
from tests.factories.omnichannel import ChannelFactory
from tests.factories.tickets import TicketFactory

pytestmark = pytest.mark.django_db


def as_written(row):
    return {field.attname: getattr(row, field.attname) for field in row._meta.concrete_fields}


def test_a_row_is_written_as_the_orm_writes_it():
    ticket = TicketFactory()
    mine = rows.insert(
        Message(ticket=ticket, direction="in", text="¿Abren hoy?", via="email", details={"a": [1, None]})
    )
    theirs = Message.objects.get(pk=mine.pk)
    assert as_written(theirs) == as_written(mine)
    assert not mine._state.adding


def test_fields_and_the_time_of_change_are_written_and_nothing_else():
    ticket = TicketFactory(subject="Before")
    changed = Ticket.objects.get(pk=ticket.pk)
    changed.subject, changed.priority = "After", 4
    rows.update(changed, ("subject",))
    again = Ticket.objects.get(pk=ticket.pk)
    assert (again.subject, again.priority) == ("After", ticket.priority)
    assert again.updated_at > ticket.updated_at


def test_a_broken_rule_of_the_table_is_the_same_error():
    ticket = TicketFactory()
    first = rows.insert(Message(ticket=ticket, direction="in", text="a", via="email"))
    with pytest.raises(IntegrityError):
        rows.insert(Message(ticket=ticket, direction="in", text="b", via="email", public_id=first.public_id))


READ = rows.Read(
    """
    SELECT {channel}, {office}, {team}, length(channel.name) FROM omnichannel_channel channel
    JOIN accounts_office office ON office.id = channel.office_id
    LEFT JOIN accounts_team team ON team.id = channel.team_id
    WHERE channel.id = %s
    """,
    channel=Channel,
    office=Office,
    team=Team,
)


def test_rows_are_read_as_the_orm_reads_them():
    kept = ChannelFactory(name="Correo", settings={"a": True}, secrets={"key": "x"})
    channel, office, team, length = READ.first([kept.pk])
    assert as_written(channel) == as_written(Channel.objects.get(pk=kept.pk))
    assert (as_written(office), team, length) == (as_written(Office.objects.get(pk=kept.office_id)), None, 6)
    kept.team = TeamFactory(office=kept.office)
    kept.save()
    assert READ.first([kept.pk])[2] == kept.team
    assert READ.first([-1]) is None


def test_what_is_read_can_be_saved():
    kept = ChannelFactory(name="Correo")
    channel = READ.first([kept.pk])[0]
    channel.name = "Mail"
    channel.save()
    assert Channel.objects.get(pk=kept.pk).name == "Mail"


def test_the_row_is_held_where_the_database_can():
    held = rows.Read("SELECT {t} FROM tickets_ticket t WHERE t.id = %s", holds="t", t=Ticket)
    statement, _parts = held._put_together()
    assert statement.endswith("FOR UPDATE OF t") == connection.features.has_select_for_update


def test_several_rows_are_one_statement_and_each_gets_its_key(django_assert_num_queries):
    ticket = TicketFactory()
    new = [Message(ticket=ticket, direction="in", text=text, via="email") for text in ("a", "b", "c")]
    with django_assert_num_queries(1):
        rows.insert_all(new)
    assert [Message.objects.get(pk=row.pk).text for row in new] == ["a", "b", "c"]
    with django_assert_num_queries(0):
        rows.insert_all([])


def test_r_05_a_unique_row_that_is_there_already_is_neither_written_nor_an_error():
    ticket = TicketFactory()
    first = rows.insert(Message(ticket=ticket, direction="in", text="a", via="email"))
    again = Message(ticket=ticket, direction="in", text="b", via="email", public_id=first.public_id)
    assert not rows.insert_unless_there(again)
    assert again.pk is None
    assert rows.insert_unless_there(Message(ticket=ticket, direction="in", text="c", via="email"))
    assert {"a", "b", "c"} & set(Message.objects.values_list("text", flat=True)) == {"a", "c"}


def test_a_row_is_only_changed_while_it_says_what_was_thought():
    ticket = TicketFactory(subject="Before")
    ticket.subject = "After"
    assert not rows.update(ticket, ["subject"], status="closed")
    assert Ticket.objects.get(pk=ticket.pk).subject == "Before"
    assert rows.update(ticket, ["subject"], status=ticket.status)
    assert Ticket.objects.get(pk=ticket.pk).subject == "After"


@pytest.mark.postgres
def test_a_statement_asked_often_is_prepared_and_says_the_same():
    ticket = TicketFactory(subject="Before")
    for number in range(5):
        ticket.subject = f"After {number}"
        assert rows.update(ticket, ("subject",))
        assert READ.first([ChannelFactory().pk]) is not None
    with connection.cursor() as cursor:
        cursor.execute("SELECT statement FROM pg_prepared_statements")
        prepared = " ".join(statement for (statement,) in cursor.fetchall())
    assert 'UPDATE "tickets_ticket"' in prepared and "FROM omnichannel_channel" in prepared
    assert Ticket.objects.get(pk=ticket.pk).subject == "After 4"
