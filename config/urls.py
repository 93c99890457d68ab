from django.conf.urls.i18n import i18n_patterns
from django.contrib import admin
from django.urls import include, path
from django.views.i18n import set_language

from config.entrances import entrance

urlpatterns = [
    path("health/", include("apps.reporting.health_urls")),
    path("hooks/", include("apps.omnichannel.hook_urls")),
    path("widget/", include("apps.omnichannel.webchat.urls")),
    entrance("api/v1/", "apps.api.v1.urls", name="api-v1"),
    path("accounts/", include("apps.accounts.urls")),
    path("language/", set_language, name="set_language"),
    path("desk/", include("apps.accounts.desk_urls")),
    path("desk/", include("apps.tickets.urls")),
    path("desk/", include("apps.guard.urls")),
    path("desk/", include("apps.omnichannel.email.urls")),
    path("desk/", include("apps.omnichannel.webchat.desk_urls")),
    path("desk/", include("apps.omnichannel.urls")),
    path("desk/", include("apps.sla.urls")),
    path("desk/", include("apps.hours.urls")),
    path("desk/", include("apps.notifications.urls")),
    path("desk/", include("apps.duty.urls")),
    path("desk/", include("apps.kb.urls")),
    path("desk/", include("apps.automation.urls")),
    path("desk/", include("apps.bot.urls")),
    path("desk/", include("apps.reporting.urls")),
    path("desk/", include("apps.inbox.urls")),
    path("wall/", include("apps.duty.wall_urls")),
    path("demo/", include("apps.demo.urls")),
    path("admin/", admin.site.urls),
    path("", include("apps.omnichannel.webchat.page_urls")),
    path("", include("apps.portal.root_urls")),
    *i18n_patterns(path("", include("apps.surveys.urls")), path("", include("apps.portal.urls"))),
]

handler400 = "apps.portal.views.errors.bad_request"
handler403 = "apps.portal.views.errors.forbidden"
handler404 = "apps.portal.views.errors.not_found"
handler500 = "apps.portal.views.errors.failed"
