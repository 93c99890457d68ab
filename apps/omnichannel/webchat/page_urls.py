from django.urls import re_path

from apps.omnichannel.webchat import views

urlpatterns = [re_path(r"^(?P<lang>es|it|en|pt)/chat/$", views.page, name="chat")]
