from django.urls import path

from apps.accounts import views

app_name = "accounts"

urlpatterns = [
    path("login/", views.SignIn.as_view(), name="login"),
    path("logout/", views.SignOut.as_view(), name="logout"),
    path("reset/", views.ask_for_link, name="reset"),
    path("password/<slug:purpose>/<str:token>/", views.choose_password, name="choose_password"),
]
