from django.urls import path

from apps.omnichannel.webchat import alarm, panel

urlpatterns = [
    path("t/<slug:public_id>/visitor/", panel.visitor, name="webchat_visitor"),
    path("chats/", alarm.waiting, name="webchat_waiting"),
    path("chats/<slug:public_id>/take/", alarm.take, name="webchat_take"),
    path("me/sound/", alarm.sound, name="webchat_sound"),
]
