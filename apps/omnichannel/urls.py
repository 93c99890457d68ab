from django.urls import path

from apps.omnichannel import desk, mending

app_name = "omnichannel"
urlpatterns = [
    path("admin/channels/", desk.channels, name="channels"),
    path("admin/channels/new/<slug:kind>/", desk.new_channel, name="new_channel"),
    path("admin/channels/<slug:slug>/", desk.channel, name="channel"),
    path("admin/outbox/", mending.outbox, name="outbox"),
    path("admin/outbox/many/", mending.many_deliveries, name="many_deliveries"),
    path("admin/outbox/<str:public_id>/", mending.delivery, name="delivery"),
    path("admin/outbox/<str:public_id>/retry/", mending.retry_delivery, name="retry_delivery"),
    path("admin/outbox/<str:public_id>/cancel/", mending.cancel_delivery, name="cancel_delivery"),
    path("admin/quarantine/", mending.quarantine, name="quarantine"),
    path("admin/quarantine/many/", mending.many_envelopes, name="many_envelopes"),
    path("admin/quarantine/<str:public_id>/", mending.envelope, name="envelope"),
    path("admin/quarantine/<str:public_id>/raw/", mending.raw_envelope, name="raw_envelope"),
    path("admin/quarantine/<str:public_id>/process/", mending.process_again, name="process_again"),
    path("admin/quarantine/<str:public_id>/discard/", mending.discard, name="discard"),
]
