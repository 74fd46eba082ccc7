"""Addresses of the pages of hearing; appeals/urls.py gathers them."""

from django.urls import path

from appeals.hearing import views

urlpatterns = [
    path("questions/<int:pk>/", views.reply, name="reply"),
    path("cycles/<int:pk>/share-out/", views.share_out, name="share_out"),
    path("<int:pk>/", views.detail, name="detail"),
    path("<int:pk>/ask/", views.ask, name="ask"),
    path("<int:pk>/hand-over/", views.hand_over, name="hand_over"),
    path("<int:pk>/decide/", views.decide, name="decide"),
]
