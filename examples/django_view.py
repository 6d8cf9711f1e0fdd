"""Serve search results as JSON with Django: copy `search` and `urlpatterns` into a project with its own settings.

SOUWEN_INDEX=index_data python examples/django_view.py runserver
"""

import os
import sys

from django.conf import settings
from django.http import HttpRequest, JsonResponse
from django.urls import path

from souwen import Searcher

if not settings.configured:  # a project has its own
    settings.configure(
        ROOT_URLCONF=__name__, ALLOWED_HOSTS=["localhost", "127.0.0.1", "testserver"], SECRET_KEY="example"
    )

searcher = Searcher(os.environ.get("SOUWEN_INDEX", "index_data"))


def search(request: HttpRequest) -> JsonResponse:
    results = searcher.search(request.GET.get("q", ""), limit=10)
    hits = [
        {
            "title": hit.title,
            "url": hit.url,
            "published": hit.published and hit.published.isoformat(),
            "snippets": [snippet.html() for snippet in hit.snippets],  # safe HTML
        }
        for hit in results
    ]
    return JsonResponse({"total": results.total, "notes": [note.message for note in results.notes], "hits": hits})


urlpatterns = [path("search", search)]

if __name__ == "__main__":
    from django.core.management import execute_from_command_line

    execute_from_command_line(sys.argv)
