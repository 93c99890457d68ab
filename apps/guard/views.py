"""The words that stay private, as an office adds to them."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from apps.accounts.access import staff_page
from apps.accounts.models import Office
from apps.core.given import storable
from apps.guard.models import WordList

LONGEST = 20_000
HERE = "/desk/admin/private-words/"


@staff_page("channel.manage")
@require_http_methods(["GET", "POST"])
def words(request: HttpRequest) -> HttpResponse:
    """One list for each body one manages."""
    managed = request.viewer.offices_with("channel.manage")  # type: ignore[attr-defined]
    bodies = list(
        Office.objects.filter(pk__in=Office.objects.filter(pk__in=managed).values("body_id")).order_by("name")
    )
    if request.method == "POST":
        body = next((row for row in bodies if str(row.pk) == request.POST.get("body", "")), None)
        if body is None:
            return HttpResponse(status=404)
        text = storable(request.POST.get("words", ""))[:LONGEST]
        lines = dict.fromkeys(line.strip() for line in text.splitlines() if line.strip())
        WordList.objects.update_or_create(body=body, defaults={"words": "\n".join(lines)})
        messages.success(request, _("Saved %(name)s") % {"name": body.name})
        return HttpResponseRedirect(HERE)
    kept = {row.body_id: row.words for row in WordList.objects.filter(body__in=bodies)}
    return render(request, "guard/words.html", {"rows": [(body, kept.get(body.pk, "")) for body in bodies]})
