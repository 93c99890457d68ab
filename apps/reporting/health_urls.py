from django.urls import path

from apps.reporting import health_views as views

app_name = "health"
urlpatterns = [
    path("live", views.live, name="live"),
    path("ready", views.ready, name="ready"),
    path("deep", views.deep, name="deep"),
]
