"""/questionnaires/answers/<id>.png: what is shown of an answer where its address is shared.

The question, who answers, and the first words of the answer, cut at a word with …; every answer in
the same colours and the same size, so that none is louder than another.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from functools import lru_cache
from io import BytesIO

from datasette.utils.asgi import NotFound, Response
from PIL import Image, ImageDraw, ImageFont

from motamot.site import answers as quotable
from motamot.site.shapes import DATABASE, Datasette, Request

Font = ImageFont.FreeTypeFont | ImageFont.ImageFont
WIDTH, HEIGHT, MARGIN = 1200, 630, 72
PAPER, INK, QUIET, EDGE = "#fbfaf6", "#1d1c1a", "#5b574f", "#827d72"
# Pillow's own face stands in where a system has none of these.
SERIF = ("DejaVuSerif.ttf", "LiberationSerif-Regular.ttf", "Georgia.ttf")
SANS = ("DejaVuSans.ttf", "LiberationSans-Regular.ttf", "Arial.ttf")


async def png(datasette: Datasette, request: Request) -> Response:
    answers = await quotable.answers_where(
        datasette.get_database(DATABASE), "answers.id = ?", request.url_vars["id"]
    )
    if not answers:
        raise NotFound("Record not found")
    it = answers[0]
    words = it["text"] or "(question laissée en blanc)"
    inferred = " (nom inféré)" if quotable.is_inferred(it) else ""
    image = await asyncio.to_thread(
        draw,
        f"{it['number']}. {it['question_text']}",
        it["name"] + inferred,
        words[:2000],
        it["questionnaire_title"],
    )
    return Response(image, content_type="image/png")


@lru_cache(maxsize=200)
def draw(question: str, name: str, words: str, questionnaire: str) -> bytes:
    """The PNG, as bytes."""
    image = Image.new("RGB", (WIDTH, HEIGHT), PAPER)
    pen = ImageDraw.Draw(image)
    room = WIDTH - 2 * MARGIN
    y = _lines(pen, question, _font(SANS, 28), MARGIN, 56, room, 2, 40, QUIET)
    y = _lines(pen, name, _font(SANS, 34), MARGIN, y + 22, room, 1, 48, INK)
    top, foot = y + 22, HEIGHT - 92
    most = int((foot - 24 - top) // 56)
    end = _lines(pen, words, _font(SERIF, 38), MARGIN + 32, top, room - 32, most, 56, INK)
    pen.rectangle((MARGIN, top + 6, MARGIN + 5, max(end - 4, top + 6)), fill=EDGE)
    small = _font(SANS, 24)
    site = "«\u00a0Mot à mot\u00a0»"
    edge = WIDTH - MARGIN - pen.textlength(site, font=small)
    pen.text((edge, foot + 16), site, font=small, fill=INK)
    _lines(pen, questionnaire, small, MARGIN, foot + 16, edge - MARGIN - 40, 1, 32, QUIET)
    kept = BytesIO()
    image.quantize(32).save(kept, "PNG", optimize=True)
    return kept.getvalue()


def _lines(
    pen: ImageDraw.ImageDraw,
    text: str,
    font: Font,
    x: float,
    y: float,
    room: float,
    most: int,
    step: int,
    colour: str,
) -> float:
    """Writes at most `most` lines of a text; the y below the last."""
    for line in wrapped(text, lambda part: pen.textlength(part, font=font) <= room, most):
        pen.text((x, y), line, font=font, fill=colour)
        y += step
    return y


def wrapped(text: str, fits: Callable[[str], bool], most: int) -> list[str]:
    """The lines of a text, cut between words, the last with … when more words follow."""
    lines: list[str] = []
    left = text.split()
    while left and len(lines) < most:
        count = 1
        while count < len(left) and fits(" ".join(left[: count + 1])):
            count += 1
        if len(lines) == most - 1 and count < len(left):
            while count > 1 and not fits(" ".join(left[:count]) + "…"):
                count -= 1
            return [*lines, " ".join(left[:count]) + "…"]
        lines.append(" ".join(left[:count]))
        left = left[count:]
    return lines


@lru_cache(maxsize=8)
def _font(names: tuple[str, ...], size: int) -> Font:
    for name in names:
        try:
            return ImageFont.truetype(name, size)
        except OSError:
            continue
    return ImageFont.load_default(size)


ROUTES = [(r"^/questionnaires/answers/(?P<id>[a-z0-9_-]+)\.png$", png)]
