from django.urls import path
from rest_framework.routers import SimpleRouter

from apps.api.schema import document
from apps.api.v1 import channels, hours, house, kb, messages, people, reports, shifts, sla, tags, tickets

app_name = "api-v1"

router = SimpleRouter(use_regex_path=False)
router.register("tickets", tickets.Tickets, basename="ticket")
router.register("messages", messages.Messages, basename="message")
router.register("people", people.People, basename="person")
router.register("offices", house.Offices, basename="office")
router.register("teams", house.Teams, basename="team")
router.register("channels", channels.Channels, basename="channel")
router.register("calendars", hours.Calendars, basename="calendar")
router.register("shifts", shifts.Shifts, basename="shift")
router.register("absences", shifts.Absences, basename="absence")
router.register("presence", shifts.Presences, basename="presence")
router.register("tags", tags.Tags, basename="tag")
router.register("policies", sla.Policies, basename="policy")
router.register("clocks", sla.Clocks, basename="clock")
router.register("articles", kb.Articles, basename="article")

urlpatterns = [
    path("schema/", document, name="schema"),
    path("reports/sla/", reports.Reports.as_view({"get": "list"}), name="report-sla"),
    path("offices/<slug:slug>/duty/", shifts.Duty.as_view({"get": "retrieve"}), name="office-duty"),
    path("me/", house.Me.as_view({"get": "retrieve"}), name="me"),
    path(
        "tickets/<slug:id>/messages/",
        messages.TicketMessages.as_view({"get": "list"}),
        name="ticket-messages",
    ),
    path("attachments/<slug:id>/", messages.Attachments.as_view({"get": "retrieve"}), name="attachment"),
    *router.urls,
]
