from django.urls import path

from . import desk

app_name = "mailboxes"
urlpatterns = [
    path("admin/mailboxes/", desk.mailboxes, name="list"),
    path("admin/mailboxes/new/", desk.new_mailbox, name="new"),
    path("admin/mailboxes/<slug:slug>/", desk.mailbox, name="one"),
    path("admin/mailboxes/<slug:slug>/setup/<slug:key>/", desk.step, name="step"),
    path("admin/mailboxes/<slug:slug>/test/", desk.start_round, name="start_round"),
    path("admin/mailboxes/<slug:slug>/test/<str:public_id>/", desk.round_trip, name="round_trip"),
    path("admin/mailboxes/<slug:slug>/watch/", desk.switch_watch, name="watch"),
]
