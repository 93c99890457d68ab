from django.urls import path

from apps.automation import views

app_name = "automation"

urlpatterns = [
    path("admin/acknowledgements/", views.acknowledgements, name="acknowledgements"),
    path("admin/acknowledgements/<slug:of>/", views.edit, name="acknowledgement"),
]
