from django.urls import path

from apps.automation import macro_views, rule_views, views

app_name = "automation"

urlpatterns = [
    path("admin/acknowledgements/", views.acknowledgements, name="acknowledgements"),
    path("admin/acknowledgements/<slug:of>/", views.edit, name="acknowledgement"),
    path("admin/rules/", rule_views.rule_list, name="rules"),
    path("admin/rules/new/", rule_views.edit_rule, name="new_rule"),
    path("admin/rules/<int:pk>/", rule_views.edit_rule, name="rule"),
    path("admin/rules/<int:pk>/change/", rule_views.change_rule, name="change_rule"),
    path("macros/", macro_views.macro_list, name="macros"),
    path("macros/new/", macro_views.edit_macro, name="new_macro"),
    path("macros/<str:public_id>/", macro_views.edit_macro, name="macro"),
    path("macros/<str:public_id>/delete/", macro_views.delete_macro, name="delete_macro"),
]
