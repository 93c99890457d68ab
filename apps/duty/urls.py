from django.urls import path

from apps.duty import views

app_name = "duty"
urlpatterns = [
    path("live/", views.live, name="live"),
    path("live/wall/", views.wall, name="wall"),
    path("live/walls/", views.make_wall, name="make_wall"),
    path("live/walls/<str:public_id>/remove/", views.remove_wall, name="remove_wall"),
    path("handover/", views.handover, name="handover"),
    path("handover/items/<int:pk>/", views.accept, name="accept"),
    path("opening/", views.opening, name="opening"),
]
