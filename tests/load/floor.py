"""The trivial page: a session, a person, and nothing else."""

FLOOR = "floor"
FLOOR_VIEW = """

def floor(request):
    return HttpResponse(request.user.username)


from django.http import HttpResponse  # noqa: E402

urlpatterns.append(path("floor/", floor))
"""
