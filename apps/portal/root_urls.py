"""What stands before the language."""

from django.urls import path

from apps.portal.views import home, kb

urlpatterns = [
    path("", home.pick_language, name="portal_root"),
    path("call/<slug:key>/", home.call, name="portal_call"),
    path("theme/<slug:colour>.css", home.theme, name="portal_theme"),
    path("kb/files/<slug:public_id>/", kb.file, name="portal_kb_file"),
]
