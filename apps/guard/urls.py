from django.urls import path

from apps.guard import views

app_name = "guard"
urlpatterns = [path("admin/private-words/", views.words, name="words")]
