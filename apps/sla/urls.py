from django.urls import path

from apps.sla import reason_views, views

app_name = "sla"
urlpatterns = [
    path("admin/sla/", views.policies, name="policies"),
    path("admin/sla/new/", views.new_policy, name="new_policy"),
    path("admin/sla/<int:pk>/", views.policy, name="policy"),
    path("admin/sla/<int:pk>/position/", views.position, name="position"),
    path("admin/sla/<int:pk>/key/", views.call_key, name="call_key"),
    path("clocks/<int:pk>/", views.why, name="why"),
    path("t/<str:public_id>/late/", reason_views.late, name="late"),
]
