"""The portal's addresses and one more, whose page fails."""

from django.contrib.auth.decorators import login_not_required
from django.urls import path
from django.views.decorators.csrf import csrf_exempt

from config import urls


@csrf_exempt
@login_not_required
def fails(request, key):
    raise RuntimeError(f"words of the fault {request.POST}")


urlpatterns = [path("fails/<str:key>/", fails, name="fails"), *urls.urlpatterns]
