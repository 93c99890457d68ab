"""Everything below the language: config/urls.py puts the prefix in front."""

from django.urls import path

from apps.portal.views import access, home, kb, new, pages, requests

app_name = "portal"
urlpatterns = [
    path("", home.home, name="home"),
    path("new/", new.choose, name="new"),
    path("new/check/", new.check, name="check"),
    path("new/done/<str:ref>/", new.done, name="done"),
    path("new/files/<str:file_id>/remove/", new.remove_file, name="remove_file"),
    path("new/<slug:form>/", new.begin, name="begin"),
    path("new/<slug:form>/<slug:step>/", new.step, name="step"),
    path("requests/access/", access.ask, name="access"),
    path("access/sent/", access.sent, name="sent"),
    path("m/<str:token>/", access.land, name="land"),
    path("requests/leave/", access.leave, name="leave"),
    path("requests/", requests.mine, name="requests"),
    path("requests/<str:ref>/", requests.one, name="request"),
    path("requests/<str:ref>/close/", requests.close, name="close"),
    path("requests/<str:ref>/reopen/", requests.reopen, name="reopen"),
    path("requests/<str:ref>/transcript/", requests.transcript, name="transcript"),
    path("requests/<str:ref>/files/<str:file_id>/", requests.download, name="download"),
    path("kb/", kb.shelves, name="kb"),
    path("kb/c/<slug:category>/", kb.shelf, name="kb_category"),
    path("kb/<slug:slug>/", kb.article, name="kb_article"),
    path("kb/<slug:slug>/useful/", kb.judge, name="kb_judge"),
    path("search/", kb.search, name="search"),
    path("search/titles/", kb.titles, name="titles"),
    path("hours/", pages.hours, name="hours"),
    path("hours/<slug:office>.ics", pages.hours_feed, name="hours_feed"),
    path("accessibility/", pages.accessibility, name="accessibility"),
    path("privacy/", pages.privacy, name="privacy"),
]
