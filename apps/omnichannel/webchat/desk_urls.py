from django.urls import path

from apps.omnichannel.webchat import panel

urlpatterns = [path("t/<slug:public_id>/visitor/", panel.visitor, name="webchat_visitor")]
