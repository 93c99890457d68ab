from django.urls import path

from apps.kb.views import categories, editor, history, insert, lists

app_name = "kb"
urlpatterns = [
    path("kb/", lists.articles, name="articles"),
    path("kb/new/", lists.new, name="new"),
    path("kb/categories/", categories.categories, name="categories"),
    path("kb/preview/", editor.preview, name="preview"),
    path("kb/insert/", insert.insert, name="insert"),
    path("kb/<int:pk>/", editor.article, name="article"),
    path("kb/<int:pk>/place/", editor.place, name="place"),
    path("kb/<int:pk>/<slug:language>/", editor.translation, name="translation"),
    path("kb/<int:pk>/<slug:language>/words/", editor.words, name="words"),
    path("kb/<int:pk>/<slug:language>/history/", history.history, name="history"),
    path("kb/<int:pk>/<slug:language>/history/<int:number>/restoration/", history.restore, name="restore"),
    path("kb/<int:pk>/<slug:language>/<slug:name>/", editor.move, name="move"),
]
