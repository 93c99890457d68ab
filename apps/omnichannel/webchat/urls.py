from django.urls import path

from apps.omnichannel.webchat import views

app_name = "webchat"
urlpatterns = [
    path("<slug:key>.js", views.loader, name="loader"),
    path("<slug:key>/", views.frame, name="frame"),
    path("<slug:key>/theme.css", views.theme, name="theme"),
    path("<slug:key>/messages/", views.messages, name="messages"),
    path("<slug:key>/wishes/", views.wishes, name="wishes"),
    path("<slug:key>/forgetting/", views.forgetting, name="forgetting"),
    path("<slug:key>/files/<slug:public_id>/", views.file, name="file"),
]
