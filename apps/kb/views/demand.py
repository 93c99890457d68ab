"""What readers look for and do not find, what they say of articles, and which words mean the same to them."""

from django.contrib import messages
from django.db.models import Count, Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from apps.accounts.access import staff_page
from apps.accounts.models import Office
from apps.core.errors import DomainError
from apps.kb import services
from apps.kb.models import Feedback, MissedSearch, Synonym, Translation

SHOWN = 50


@require_safe
@staff_page("kb.edit")
def demand(request: HttpRequest) -> HttpResponse:
    viewer = request.viewer  # type: ignore[attr-defined]
    said = Count("feedback", filter=Q(feedback__is_useful=False))
    doubted = Translation.objects.visible_to(viewer).published().annotate(no=said, all=Count("feedback"))
    voices = Feedback.objects.filter(translation__in=Translation.objects.visible_to(viewer), is_useful=False)
    context = {
        "misses": MissedSearch.objects.filter(body_id__in=_bodies(request), done_at=None)[:SHOWN],
        "voices": voices.filter(done_at=None).exclude(words="", reason="").select_related("translation")[:SHOWN],
        "doubted": doubted.filter(no__gt=0).order_by("-no")[:10],
    }
    return render(request, "kb/demand.html", context)


@require_POST
@staff_page("kb.edit")
def settle_miss(request: HttpRequest, pk: int) -> HttpResponse:
    services.settle(get_object_or_404(MissedSearch, pk=pk, body_id__in=_bodies(request)))
    return redirect("kb:demand")


@require_POST
@staff_page("kb.edit")
def settle_voice(request: HttpRequest, pk: int) -> HttpResponse:
    own = Translation.objects.filter(article__office_id__in=request.viewer.offices_with("kb.edit"))  # type: ignore[attr-defined]
    services.settle(get_object_or_404(Feedback, pk=pk, translation__in=own))
    return redirect("kb:demand")


@require_http_methods(["GET", "HEAD", "POST"])
@staff_page("kb.edit")
def synonyms(request: HttpRequest) -> HttpResponse:
    """Of the first body the editor works for; who edits for several chooses."""
    bodies = Office.objects.filter(pk__in=_bodies(request)).order_by("pk")
    body = bodies.filter(slug=request.GET.get("body", "")).first() or bodies.first()
    if body is None:
        raise Http404
    text = "\n".join(Synonym.objects.filter(body=body).values_list("words", flat=True))
    if request.method == "POST":
        text = request.POST.get("synonyms", "")[:100_000]
        try:
            services.keep_synonyms(body, lines=text.split("\n"), actor=request.user)
        except DomainError as error:
            context = {"body": body, "bodies": bodies, "text": text, "error": error}
            return render(request, "kb/synonyms.html", context, status=error.status)
        messages.success(request, _("Saved."))
        return redirect(f"{request.path}?body={body.slug}")
    return render(request, "kb/synonyms.html", {"body": body, "bodies": bodies, "text": text})


def _bodies(request: HttpRequest) -> set[int]:
    viewer = request.viewer  # type: ignore[attr-defined]
    return {viewer.bodies[office] for office in viewer.offices_with("kb.edit")}
