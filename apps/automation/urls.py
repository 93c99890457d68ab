from django.urls import path

from apps.automation import macro_views, views

app_name = "automation"

urlpatterns = [
    path("admin/acknowledgements/", views.acknowledgements, name="acknowledgements"),
    path("admin/acknowledgements/<slug:of>/", views.edit, name="acknowledgement"),
    path("macros/", macro_views.macro_list, name="macros"),
    path("macros/new/", macro_views.edit_macro, name="new_macro"),
    path("macros/<str:public_id>/", macro_views.edit_macro, name="macro"),
    path("macros/<str:public_id>/delete/", macro_views.delete_macro, name="delete_macro"),
]
