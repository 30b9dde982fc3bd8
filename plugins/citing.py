"""Citations of answers: `.bib` and `.csl` beside every answer, and the fields of « Citer ».

For templates, `quoting`:

    {{ quoting.answer(id) }}     citations of an answer, or of the words in ?extrait=
    {{ quoting.embeddable }}     whether the page has a version made for a frame
    {{ quoting.embed(title, height) }}   what to copy to put it in an article
"""

import json
from urllib.parse import parse_qsl, urlencode

from datasette import hookimpl
from datasette.utils.asgi import NotFound, Response
from markupsafe import Markup

from motamot.quoting import citation, excerpt
from motamot.site import answers as quotable
from motamot.site import frames as embed

DATABASE = "questionnaires"
LONGEST = 5000  # letters of an extract that an address may name
OURS = {"extrait", "_hide_sql", "_show_sql", "_labels"}  # parameters that change no rows


class Quoting:
    """What the pages offer to copy. Addresses are whole: they are made to be pasted elsewhere."""

    def __init__(self, datasette, request, database, view_name, columns):
        self._datasette, self._request, self._database = datasette, request, database
        has_rows = view_name in ("row", "table") or (view_name == "database" and columns)
        self.embeddable = bool(request and database == DATABASE and has_rows)

    def address(self, path):
        return self._datasette.absolute_url(self._request, path)

    def page(self, extension=""):
        """The address of this page, or of the same rows in another format."""
        pairs = parse_qsl(self._request.query_string, keep_blank_values=True)
        kept = urlencode([(name, value) for name, value in pairs if name not in OURS])
        return self.address(self._request.path + extension) + (f"?{kept}" if kept else "")

    def oembed(self, kind):
        asked = urlencode({"url": self.page(), "format": kind})
        return self.address(self._datasette.urls.path("/-/oembed")) + f"?{asked}"

    async def answer(self, identifier):
        """{fields: [(key, label, text)], words, html, pinned ...} of an answer's page.

        `words` are those that ?extrait= asks for, "" when it asks for none; `html` is the answer
        with them marked, None when they do not stand in it.
        """
        database = self._datasette.get_database(DATABASE)
        answer = (await quotable.answers_where(database, "answers.id = ?", identifier))[0]
        words = (self._request.args.get("extrait") or "")[:LONGEST].strip()
        html = excerpt.marked(answer["html"], words) if words else answer["html"]
        permalink = self.address(self._request.path)
        url = excerpt.address(permalink, words) if words and html else permalink
        cited = quotable.citation(answer, url, words if words and html else None)
        pinned = f"{permalink}.embed?sha256={quotable.fingerprint(answer)}"
        whole = quotable.citation(answer, permalink)
        return {
            "fields": [(key, label, write(cited)) for key, label, write in citation.FORMATS],
            "words": words,
            "html": html and Markup(html),
            "height": embed.height([answer["question_text"], answer["text"]]),
            "pinned": pinned,
            "static": embed.static_answers([(whole, answer["html"])]),
        }

    def embed(self, title, height=480, source=None):
        """The fields of « Intégrer »: [(key, label, text)]."""
        return [
            ("cadre", "Cadre", embed.frame(source or self.page(".embed"), title, height)),
            ("ajuster", "Pour que le cadre prenne la hauteur du texte", embed.SCRIPT),
        ]

    def static(self):
        """Where the version without a frame is read, as HTML to copy."""
        found = self.page(".embed")
        return found + ("&" if "?" in found else "?") + "_statique=1"


@hookimpl
def prepare_jinja2_environment(env):
    env.filters["beginning"] = excerpt.beginning


@hookimpl
def extra_template_vars(datasette, request, database, view_name, columns):
    return {"quoting": Quoting(datasette, request, database, view_name, columns)}


# --- .bib and .csl ------------------------------------------------------------------------------


async def _cited(datasette, request, database, table, view_name, columns, rows):
    if database != DATABASE:
        return []
    base = datasette.get_database(DATABASE)
    answers = await quotable.answers_of_rows(base, columns, [list(row) for row in rows])
    urls = (datasette.urls.row(DATABASE, "answers", answer["id"]) for answer in answers)
    return [
        quotable.citation(answer, datasette.absolute_url(request, url))
        for answer, url in zip(answers, urls, strict=True)
    ]


async def can_cite(datasette, request, database, table, view_name, columns, rows):
    return bool(await _cited(datasette, request, database, table, view_name, columns, rows))


async def bib(datasette, request, database, table, view_name, columns, rows):
    cited = await _cited(datasette, request, database, table, view_name, columns, rows)
    return _file("\n\n".join(map(citation.bibtex, cited)), "application/x-bibtex", "bib")


async def csl(datasette, request, database, table, view_name, columns, rows):
    cited = await _cited(datasette, request, database, table, view_name, columns, rows)
    text = json.dumps([citation.csl_item(each) for each in cited], ensure_ascii=False, indent=1)
    return _file(text if cited else "", "application/vnd.citationstyles.csl+json", "csl.json")


def _file(text, content_type, extension):
    if not text:
        raise NotFound("Ces lignes ne sont pas des réponses : il n’y a rien à citer.")
    return Response(
        text + "\n",
        content_type=f"{content_type}; charset=utf-8",
        headers={"Content-Disposition": f'inline; filename="mot-a-mot.{extension}"'},
    )


@hookimpl
def register_output_renderer():
    return [
        {"extension": "bib", "render": bib, "can_render": can_cite},
        {"extension": "csl", "render": csl, "can_render": can_cite},
    ]
