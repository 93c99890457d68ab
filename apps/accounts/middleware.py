"""Who is looking (worked out once, when first asked), and in which language they want to read."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.utils import translation
from django.utils.functional import SimpleLazyObject

from apps.accounts.viewers import ANONYMOUS, Viewer, for_user


class ViewerMiddleware:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.viewer = SimpleLazyObject(lambda: _viewer(request))  # type: ignore[attr-defined]
        return self.get_response(request)


class OwnLanguageMiddleware:
    """The desk speaks the language its user has chosen, whatever the browser says; everybody's pages are left alone."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.path_info.startswith("/desk/") and request.user.is_authenticated:
            translation.activate(request.user.language)
            request.LANGUAGE_CODE = request.user.language
        return self.get_response(request)


def _viewer(request: HttpRequest) -> Viewer:
    return for_user(request.user) if request.user.is_authenticated else ANONYMOUS  # type: ignore[arg-type]
