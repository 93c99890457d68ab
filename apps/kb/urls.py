from django.urls import path

from apps.kb.views import about, answers, categories, demand, editor, files, history, insert, lists

app_name = "kb"
urlpatterns = [
    path("kb/", lists.articles, name="articles"),
    path("kb/new/", lists.new, name="new"),
    path("kb/categories/", categories.categories, name="categories"),
    path("kb/answers/<slug:public_id>/", answers.make_article, name="make_article"),
    path("kb/demand/", demand.demand, name="demand"),
    path("kb/demand/misses/<int:pk>/done/", demand.settle_miss, name="settle_miss"),
    path("kb/demand/voices/<int:pk>/done/", demand.settle_voice, name="settle_voice"),
    path("kb/synonyms/", demand.synonyms, name="synonyms"),
    path("kb/preview/", editor.preview, name="preview"),
    path("kb/insert/", insert.insert, name="insert"),
    path("kb/<int:pk>/", editor.article, name="article"),
    path("kb/<int:pk>/place/", editor.place, name="place"),
    path("kb/<int:pk>/files/", files.add, name="add_file"),
    path("kb/<int:pk>/files/<slug:public_id>/removal/", files.remove, name="remove_file"),
    path("kb/<int:pk>/<slug:language>/as-citizen/", about.as_citizen, name="as_citizen"),
    path("kb/<int:pk>/<slug:language>/wordings/", about.wordings, name="wordings"),
    path("kb/<int:pk>/<slug:language>/plan/", about.plan, name="plan"),
    path("kb/<int:pk>/<slug:language>/address/", about.address, name="address"),
    path("kb/<int:pk>/<slug:language>/", editor.translation, name="translation"),
    path("kb/<int:pk>/<slug:language>/words/", editor.words, name="words"),
    path("kb/<int:pk>/<slug:language>/history/", history.history, name="history"),
    path("kb/<int:pk>/<slug:language>/history/<int:number>/restoration/", history.restore, name="restore"),
    path("kb/<int:pk>/<slug:language>/<slug:name>/", editor.move, name="move"),
]
