from django.urls import path

from apps.surveys import views

app_name = "surveys"
urlpatterns = [
    path("survey/<slug:public_id>/", views.survey, name="survey"),
    path("survey/<slug:public_id>/thanks/", views.thanks, name="thanks"),
]
