from django.urls import path

from apps.duty import views

urlpatterns = [path("<str:key>/", views.open_wall, name="open_wall")]
