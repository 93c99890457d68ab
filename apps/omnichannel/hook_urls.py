from django.urls import path

from apps.omnichannel import views

app_name = "hooks"

urlpatterns = [
    path("<str:key>/", views.webhook, name="webhook"),
    path("<str:key>/deliveries/", views.delivery_news, name="delivery_news"),
]
