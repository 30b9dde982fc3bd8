"""One document's text -> passages, sections, questions and answers.

The reader is lossless: passages follow each other from the first character to the last, and every
question and answer is an exact slice. It knows no particular questionnaire. The rules, in order:

 1. **Blocks.** A CommonMark parser cuts the text into blocks; each line of a block, and each cell
    of a table, may begin a passage. Indented code and link definitions are read as text; code,
    raw HTML and rules never begin a question.
 2. **A person's word comes first.** Lines settled in `questionnaire.yml` are what it says.
 3. **Questions are chosen on the whole document.** Several readings are proposed: the outer
    sequence of numbers (of each style of number, of each style of line, of all), one repeated
    style (headings of a level, bold, italic, quoted, bulleted, capital lines), "Q:" marks, two
    speakers who take turns, what stands before each "Réponse :", rows of tables, sentences that
    ask, a list of questions followed by a list of answers, the questionnaire's own questions where
    they are known. One scale weighs them all (`scale.weigh`): what is chosen should ask and stand
    out; what follows should exist and answer; numbers should follow each other; nothing that looks
    alike should be left inside an answer. Where two readings weigh nearly the same, a warning names
    the first line they dispute.
 4. **A sequence of numbers** may have gaps, may restart after a section's title, may go down to
    3.1, 3a or a lettered line that asks. Numbers inside answers lose against the outer sequence.
 5. **A question** is its line or block; plus the sentence that asks when a number or short heading
    stands apart from it; plus paragraphs that are only a link or a parenthesis; plus a stem
    ("3. On housing:") when it is followed at once by its first sub-question.
 6. **An answer** begins at its "Réponse :" mark, which is not part of it, or at the first block
    after the question; or, when nothing follows, after the question mark inside the same block.
    Nothing there, or only a filler ("—", "sans réponse"), is a blank.
 7. **Sections** are titles between an answer and the next question: headings above the questions'
    level, labelled lines ("Thème 2", "II."), bold, capital or colon-ended short lines that stand
    right before a question. What follows a section's title up to its question is preamble.
 8. **The title** is the first heading, or the first short line, that is not a section.
 9. **After the last answer**, thanks, greetings, a signature, foreign footnotes and what follows a
    line drawn are notes.
10. Blank space belongs to the passage before it; at the very beginning, to the first one.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from motamot.reading.blocks import Unit
from motamot.reading.doubts import disputes, doubt_of, swallowed
from motamot.reading.marks import Item, marks_of
from motamot.reading.page import (
    Page,
    key,
    page_of,
)
from motamot.reading.proposals import Reading
from motamot.reading.scale import best, clipped
from motamot.reading.titles import (
    Mark,
)
from motamot.reading.wording import (
    is_blank,
)
from motamot.recording.record import Answer, Document, Kind, Passage, Question, Section
from motamot.text.markdown import plain
from motamot.text.problems import Problem
from motamot.text.source import Lines

SETTLED_KINDS = ("title", "preamble", "section", "question", "answer", "note", "text")


def parse(
    text: str,
    path: str,
    known: Sequence[Question] = (),
    settled: Mapping[int, str] | None = None,
    *,
    blank: bool = False,
) -> tuple[Document, list[Problem]]:
    """Read one document.

    `known` are the questions of its questionnaire, when another document has fixed them; `blank`
    says that nobody has filled this one in; `settled` maps 1-based lines to one of
    `SETTLED_KINDS`, as a person wrote in `questionnaire.yml` ("text": this line begins nothing).
    Never raises, whatever the text.
    """
    lines = Lines(text)
    wordings = frozenset(k for q in known if (k := key(q.wording)))
    page = page_of(text, wordings, blank=blank)
    settled = settled or {}
    ranked = best(page)
    reading = _settle(page, ranked[0][1] if ranked and ranked[0][0] > 0 else None, settled)
    if reading is None:
        return _document(path, lines, page, [], _opening_only(page)), []
    marks, items = marks_of(page, reading, settled)
    document = _document(path, lines, page, items, marks)
    doubts = [doubt_of(path, lines, mark) for mark in marks if mark.doubt]
    if not settled:
        doubts += disputes(path, lines, ranked, reading)
    return document, [*doubts, *swallowed(document, page, settled)]


def letter(text: str, path: str) -> Document:
    """A document that answers no question, such as a refusal: its title and the rest."""
    page = page_of(text)
    return _document(path, Lines(text), page, [], _opening_only(page))


def _settle(page: Page, reading: Reading | None, settled: Mapping[int, str]) -> Reading | None:
    """The reading, less the heads on lines that a person said are something else, plus those that
    a person said are questions."""
    if not settled:
        return reading
    heads = list(reading.heads) if reading else []
    numbers = dict(zip(heads, reading.numbers, strict=True)) if reading and reading.numbers else {}
    starts = (
        dict(zip(heads, reading.answer_starts, strict=True))
        if reading and reading.answer_starts
        else {}
    )
    heads = [h for h in heads if settled.get(page.units[h.unit].line, "question") == "question"]
    taken = {page.units[h.unit].line for h in heads}
    for head in page.heads:
        line = page.units[head.unit].line
        if settled.get(line) == "question" and line not in taken:
            heads.append(head)
            taken.add(line)
    if not heads:
        return None
    heads.sort(key=lambda head: head.start)
    chosen = tuple(numbers.get(h) or (h.label.parts if h.label else None) for h in heads)
    known = tuple(starts.get(h) for h in heads)
    return Reading("settled", clipped(page, heads), chosen, known)


def _opening_only(page: Page) -> list[Mark]:
    """A document without questions: its title, and the rest."""
    chunks = page.chunks
    if not chunks:
        return []
    titled = page.units[chunks[0].unit].kind == "heading"
    kinds: list[Kind] = ["title" if titled else "preamble", "preamble"]
    return [Mark(chunk.start, kinds[min(at, 1)]) for at, chunk in enumerate(chunks[:2])]


def _document(
    path: str, lines: Lines, page: Page, items: Sequence[Item], marks: Sequence[Mark]
) -> Document:
    marked = _passages(lines, marks)
    passages = [passage for passage, _ in marked]
    sections = _sections(lines.text, passages)
    by_start = {item.start: item for item in items}
    by_number = {item.number: item for item in items}
    unique = len(by_number) == len(items)
    item: Item | None = None
    questions: list[Question] = []
    answers_: list[Answer] = []
    complete: list[Passage] = []
    section = 0
    for at, (passage, start) in enumerate(marked):
        complete.append(passage)
        section += passage.kind == "section"
        if passage.kind == "question":
            item = by_start[start]
            question = _question(
                lines.text, page, item, passage, len(questions) + 1, section or None
            )
            questions.append(question)
            after = passages if unique else passages[at + 1 :]
            if not _is_answered(after, item.number if unique else None):
                blank, empty = _blank(lines, item, passage)
                answers_.append(blank)
                complete.append(empty)
        elif passage.kind == "answer" and item is not None:
            owner = by_number.get(passage.question or "", item) if unique else item
            answers_.append(_answer(lines, page, owner, passage))
    return Document(
        path=path,
        text=lines.text,
        title=_title(lines.text, passages),
        passages=tuple(complete),
        sections=tuple(sections),
        questions=tuple(questions),
        answers=tuple(answers_),
    )


def _is_answered(following: Sequence[Passage], number: str | None) -> bool:
    """Whether a passage answers that number; without one, whether an answer comes before the next
    question."""
    if number is not None:
        return any(p.kind == "answer" and p.question == number for p in following)
    kinds = [p.kind for p in following]
    until = kinds.index("question") if "question" in kinds else len(kinds)
    return "answer" in kinds[:until]


def _passages(lines: Lines, marks: Sequence[Mark]) -> list[tuple[Passage, int]]:
    """Marks in order -> (passage, where its mark stands): they cover the text; neighbours of one
    kind are one passage, sections and questions aside."""
    text = lines.text
    kept: list[Mark] = []
    for mark in marks:
        same = kept and (kept[-1].kind, kept[-1].question) == (mark.kind, mark.question)
        if kept and kept[-1].start == mark.start:
            kept[-1] = kept[-1] if kept[-1].kind == "question" else mark
        elif not same or mark.kind in ("section", "question"):
            kept.append(mark)
    if not text:
        return []
    if not kept:
        kept = [Mark(0, "preamble")]
    starts = [0, *(mark.start for mark in kept[1:])] if kept else []
    ends = [*starts[1:], len(text)]
    made: list[tuple[Passage, int]] = []
    for mark, start, end in zip(kept, starts, ends, strict=True):
        words = text[start:end].rstrip()
        first = lines.number(start + len(words) - len(words.lstrip()))
        last = lines.number(start + max(0, len(words) - 1))
        passage = Passage(mark.kind, start, end, first, max(first, last), mark.question)
        made.append((passage, mark.start))
    return made


def _sections(text: str, passages: Sequence[Passage]) -> list[Section]:
    found = [p for p in passages if p.kind == "section"]
    return [
        Section(at, _plain_title(text, passage), passage.line_start)
        for at, passage in enumerate(found, 1)
    ]


def _plain_title(text: str, passage: Passage) -> str:
    """A title's words on one line, without its final colon."""
    words = " ".join(plain(text[passage.char_start : passage.char_end].lstrip("\ufeff")).split())
    return re.sub(r"\s*:$", "", words)


def _title(text: str, passages: Sequence[Passage]) -> str | None:
    titled = next((p for p in passages if p.kind == "title"), None)
    return (_plain_title(text, titled) or None) if titled else None


def _question(
    text: str, page: Page, item: Item, passage: Passage, position: int, section: int | None
) -> Question:
    head = item.head
    markdown = text[passage.char_start : passage.char_end].strip()
    end = min(passage.char_end, max(item.extent.wording_end, head.wording))
    begin = head.wording if item.start == head.start else _stem_wording(page, item.start)
    own = text[head.wording : head.end].strip(" *_\r\n")
    prefix = "#" * head.level + " " if head.level and own else ""
    before = text[passage.char_start : begin]
    opened = head.open if item.start == head.start and head.open in before else ""
    wording = prefix + opened + text[begin:end].strip()
    return Question(item.number, position, section, markdown, wording, passage.line_start)


def _stem_wording(page: Page, start: int) -> int:
    stem = next((h for h in page.heads if h.start == start), None)
    return stem.wording if stem else start


def _answer(lines: Lines, page: Page, item: Item, passage: Passage) -> Answer:
    text = lines.text
    start = item.extent.words if item.extent.words is not None else passage.char_start
    end = passage.char_end
    while end > start and text[end - 1].isspace():
        end -= 1
    while start < end and text[start].isspace():
        start += 1
    cell = next((u for u in page.units[item.head.unit :] if u.start == passage.char_start), None)
    if cell is not None and cell.column >= 0:
        start, end = cell.body, _row_end(page, cell, passage)
    slice_ = text[start:end]
    first = lines.number(start)
    return Answer(
        number=item.number,
        status="blank" if is_blank(plain(slice_)) else "answered",
        markdown=slice_,
        char_start=start,
        char_end=end,
        line_start=first,
        line_end=max(first, lines.number(max(start, end - 1))),
    )


def _row_end(page: Page, cell: Unit, passage: Passage) -> int:
    """The end of the last cell with words in the answer's row."""
    row = [u for u in page.units if u.row == cell.row and cell.start <= u.start < passage.char_end]
    return max((u.tail for u in row if u.tail > u.body), default=cell.body)


def _blank(lines: Lines, item: Item, passage: Passage) -> tuple[Answer, Passage]:
    """The empty answer of a question under which nothing was written, and its empty passage."""
    at, line = passage.char_end, passage.line_end
    empty = Passage("answer", at, at, line, line, item.number)
    return Answer(item.number, "blank", "", at, at, line, line), empty
