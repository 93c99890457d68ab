from django.urls import path

from apps.bot.views import setup, training

app_name = "bot"

urlpatterns = [
    path("admin/bots/", setup.chats, name="chats"),
    path("admin/bots/<slug:slug>/", setup.chat, name="chat"),
    path("bot/training/", training.training, name="training"),
    path("bot/training/decide/", training.decide, name="decide"),
    path("bot/training/train/", training.train, name="train"),
    path("bot/training/<int:pk>/", training.one, name="one_training"),
    path("bot/training/<int:pk>/publish/", training.publish, name="publish_training"),
    path("bot/figures/", training.figures, name="figures"),
]
