from django.urls import path
from django.views.generic import RedirectView

from apps.accounts import desk_views as views

app_name = "staff"

urlpatterns = [
    path("me/", RedirectView.as_view(pattern_name="staff:profile"), name="me"),
    path("me/profile/", views.profile, name="profile"),
    path("me/security/", views.security, name="security"),
    path("me/security/sessions/", views.close_sessions, name="close_sessions"),
    path("me/security/tokens/", views.issue_token, name="issue_token"),
    path("me/security/tokens/<int:pk>/revoke/", views.revoke_token, name="revoke_token"),
    path("admin/people/", views.people, name="people"),
    path("admin/people/new/", views.invite, name="invite"),
    path("admin/people/<int:pk>/", views.person, name="person"),
    path("admin/people/<int:pk>/roles/", views.give_role, name="give_role"),
    path("admin/people/<int:pk>/roles/<int:membership>/take/", views.take_role, name="take_role"),
    path("admin/people/<int:pk>/active/", views.set_active, name="set_active"),
    path("admin/teams/", views.teams, name="teams"),
    path("admin/teams/new/", views.edit_team, name="new_team"),
    path("admin/teams/<slug:slug>/", views.edit_team, name="team"),
    path("admin/offices/", views.offices, name="offices"),
    path("admin/offices/new/", views.edit_office, name="new_office"),
    path("admin/offices/<slug:slug>/", views.edit_office, name="office"),
]
