"""Serve a search page with Flask.

SOUWEN_INDEX=index_data flask --app examples/flask_view.py run
"""

import os

from flask import Flask, render_template_string, request
from markupsafe import Markup

from souwen import Searcher

app = Flask(__name__)
searcher = Searcher(os.environ.get("SOUWEN_INDEX", "index_data"))  # threads may share a searcher

PAGE = """<!doctype html><meta charset="utf-8"><title>搜文</title>
<form><input name="q" value="{{ query }}"> <button>搜</button></form>
{% for note in results.notes %}<p>{{ note.message }}</p>{% endfor %}
<p>{{ results.total }}</p>
{% for hit, snippets in hits %}
<h3><a href="{{ hit.url }}">{{ hit.title }}</a></h3>
<p>{{ hit.source }} {{ hit.published or "" }}</p>
{% for snippet in snippets %}<p>{{ snippet }}</p>{% endfor %}
{% endfor %}"""


@app.get("/")
def search() -> str:
    query = request.args.get("q", "")
    results = searcher.search(query, limit=10)  # a query never raises an error
    hits = [(hit, [Markup(snippet.html()) for snippet in hit.snippets]) for hit in results]
    return render_template_string(PAGE, query=query, results=results, hits=hits)
