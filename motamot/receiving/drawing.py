"""Blocks of a word processor's document -> Markdown: paragraphs, what hangs on them, tables."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass, field
from xml.etree.ElementTree import Element

from motamot.receiving.converted import Doubt, Draft
from motamot.receiving.marks import Piece, lines_of, table_lines
from motamot.text.problems import cut

FIELD = "a hint of a field that nobody filled"
PICTURE = "a picture or an object stands here: look at what it says"
COMMENT = "somebody commented on these words; the comment was left out"
_BOX = "these words stand in a box, whose place may be another"
_NOTE = "a note of the document stands here, below its paragraph"


@dataclass
class Paragraph:
    """What is gathered of one paragraph."""

    pieces: list[Piece] = field(default_factory=list)
    doubts: list[str] = field(default_factory=list)
    gone: dict[str, str] = field(default_factory=dict)  # "hidden" or "struck through" -> words
    below: list[tuple[str, Element]] = field(default_factory=list)  # a note's sign or "", blocks

    @property
    def full(self) -> bool:
        """Whether it has words that stand."""
        return any(piece.text.strip() for piece in self.pieces)

    def leave_out(self, how: str, words: str) -> None:
        """Words that no reader is given."""
        self.gone[how] = self.gone.get(how, "") + words


class Drawing(ABC):
    """Walks through a document once; what it draws goes to `draft`, and to `added` the words that
    stand in no text."""

    def __init__(self) -> None:
        self.draft = Draft()
        self.added: list[str] = []
        self.cells = 0  # how many cells stand around
        self._noted = 0

    @abstractmethod
    def blocks(self, parent: Element) -> None:
        """Draw the paragraphs and tables of a body, a cell, a box or a note."""

    def note(self) -> str:
        """The sign of the next note."""
        self._noted += 1
        self.added += [str(self._noted)] * 2
        return f"[^{self._noted}]"

    def paragraph(self, here: Paragraph, label: str = "", level: int = 0) -> None:
        """Draw a paragraph with its automatic number (Markdown); `level` is a heading's."""
        label = label if here.full or label != "-" else ""
        if level and here.full and not self.cells:
            here.pieces = [Piece(e.text.replace("\n", " "), url=e.url) for e in here.pieces]
            label = f"{'#' * min(level, 6)} {'' if label == '-' else label}".strip()
        lines = lines_of(here.pieces, label, bold=not level)
        gone = (f"{how}, and left out: “{cut(w)}”" for how, w in here.gone.items() if w.strip())
        self.draft.block(lines, [(max(1, len(lines)), said) for said in (*here.doubts, *gone)])
        for sign, element in here.below:
            self._below(sign, element)

    def _below(self, sign: str, element: Element) -> None:
        apart = self._apart(element)
        lines = [f"{sign} {(apart.lines or [''])[0]}".strip(), *apart.lines[1:]]
        if any(lines):
            self.draft.block(lines, [(1, _NOTE if sign else _BOX), *apart.doubts])
        else:
            self.draft.block([], apart.doubts)

    def _apart(self, element: Element) -> Draft:
        """The blocks of an element, not yet in the text."""
        outer, self.draft = self.draft, Draft()
        try:
            self.blocks(element)
            return self.draft
        finally:
            self.draft = outer

    def table(self, rows: Sequence[Sequence[tuple[Element, int]]]) -> None:
        """Draw a table, of (cell, how many columns it takes); one of a single column is a frame."""
        if max(map(len, rows), default=0) < 2 and not self.cells:
            for row in rows:
                for cell, _ in row:
                    self.blocks(cell)
            return
        self.cells += 1
        drawn: list[list[str]] = []
        doubts: list[Doubt] = []
        for at, row in enumerate(rows):
            texts: list[str] = []
            for cell, span in row:
                apart = self._apart(cell)
                doubts += [(at + 1 + (at > 0), sentence) for _, sentence in apart.doubts]
                lines = (line.strip() for line in apart.lines)
                texts += ["<br>".join(filter(None, lines)), *[""] * (span - 1)]
            drawn.append(texts)
        self.cells -= 1
        if self.cells:
            said = [" — ".join(filter(None, row)) for row in drawn]
            sentence = "a table stands within this cell: its rows are lines here"
            self.draft.block(said, [(1, sentence), *doubts])
        elif any(any(row) for row in drawn):
            self.draft.block(table_lines(drawn), doubts)
