from django.urls import path

from apps.tickets import views

app_name = "tags"

urlpatterns = [
    path("admin/tags/", views.tags, name="list"),
    path("admin/tags/new/", views.edit_tag, name="new"),
    path("admin/tags/<int:pk>/", views.edit_tag, name="tag"),
    path("admin/tags/<int:pk>/retirement/", views.retire_tag, name="retire"),
]
