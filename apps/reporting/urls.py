from django.urls import path

from apps.reporting.views import channels, downloads, figure, replays, scheduled, sla, volume

app_name = "reporting"
urlpatterns = [
    path("reports/", sla.reports, name="reports"),
    path("reports/sla/", sla.sla, name="sla"),
    path("reports/sla.csv", downloads.sla_csv, name="sla_csv"),
    path("reports/sla.xlsx", downloads.sla_xlsx, name="sla_xlsx"),
    path("reports/sla.pdf", downloads.sla_pdf, name="sla_pdf"),
    path("reports/volume/", volume.volume, name="volume"),
    path("reports/channels/", channels.channels, name="channels"),
    path("reports/channels/<int:pk>/forget/", channels.forget_outside, name="forget_outside"),
    path("reports/figures/<slug:name>/", figure.figure, name="figure"),
    path("reports/replays/", replays.replays_page, name="replays"),
    path("reports/replays/<int:pk>/", replays.replay, name="replay"),
    path("reports/replays/<int:pk>/forget/", replays.forget_replay, name="forget_replay"),
    path("reports/scheduled/", scheduled.scheduled, name="scheduled"),
    path("reports/scheduled/<int:pk>/end/", scheduled.end_schedule, name="end_schedule"),
]
