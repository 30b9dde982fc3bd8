"""Bytes to text and back, and where a character stands: nothing is lost on the way in."""

from __future__ import annotations

import codecs
import re
from bisect import bisect_right
from collections.abc import Iterable

from motamot.text.problems import Problem, Where

_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),  # U+FEFF stays the text's first character
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)


def decode(data: bytes, path: str) -> tuple[str, str, list[Problem]]:
    """Decode a document so that `text.encode(encoding) == data`.

    Returns (text, encoding, problems). The encoding is the one its byte order mark announces, else
    UTF-8, else Windows-1252 with a warning. Bytes that none of them can read are an error, and the
    text is then empty.
    """
    encoding = next((name for mark, name in _BOMS if data.startswith(mark)), "utf-8")
    try:
        return data.decode(encoding), encoding, []
    except UnicodeDecodeError as error:
        first = error.start
    line = data.count(b"\n", 0, first) + 1
    found = f"the byte 0x{data[first]:02x}"
    if encoding == "utf-8":
        try:
            text = data.decode("cp1252")
        except UnicodeDecodeError as error:
            line = data.count(b"\n", 0, error.start) + 1
            found = f"the byte 0x{data[error.start]:02x}"
        else:
            return text, "cp1252", [_read_as_windows_1252(path, line, found)]
    expected, found = "text in UTF-8 or Windows-1252", f"{found}, which neither can read"
    if encoding != "utf-8":
        name = encoding.upper().removesuffix("-SIG").removesuffix("-LE").removesuffix("-BE")
        expected, found = f"text in {name}, as its first bytes say", "bytes that are not"
    action = "Save the document as UTF-8 and build again."
    return "", encoding, [Problem(Where(path, line), "error", expected, found, action)]


def _read_as_windows_1252(path: str, line: int, found: str) -> Problem:
    return Problem(
        Where(path, line),
        "warning",
        "text in UTF-8",
        f"{found}: the document was read as Windows-1252",
        "Check its accents; if they are right, nothing needs doing.",
    )


def is_markdown(path: str) -> bool:
    """Whether a document is written in Markdown; a `.txt` is plain text."""
    return not path.endswith(".txt")


class Lines:
    """The lines of a text: where each begins, and on which one a character stands.

    Lines for people are counted on "\\n", as an editor does. A lone "\\r" also ends a line for
    reading (old files have nothing else), without adding to that count.
    """

    def __init__(self, text: str) -> None:
        self.text = text
        self.spans: list[tuple[int, int]] = []  # (start, end) of each line, its end mark excluded
        self._newlines = [m.start() for m in re.finditer("\n", text)]
        start = 0
        for end, after in _line_ends(text):
            self.spans.append((start, end))
            start = after
        if start < len(text):
            self.spans.append((start, len(text)))

    def number(self, char: int) -> int:
        """The 1-based number of the line that holds the character at this offset."""
        return bisect_right(self._newlines, char - 1) + 1

    def offset(self, line: int, column: int = 1) -> int | None:
        """Where a place stands: `line` and `column` count from 1; None when the text has none."""
        if not 1 <= line <= len(self._newlines) + 1 or column < 1:
            return None
        begins = self._newlines[line - 2] + 1 if line > 1 else 0
        last = self._newlines[line - 1] if line <= len(self._newlines) else len(self.text) - 1
        return begins + column - 1 if column == 1 or begins + column - 1 <= last else None

    def place(self, char: int) -> tuple[int, int]:
        """The line and the column, both from 1, of the character at this offset."""
        line = self.number(char)
        return line, char - (self._newlines[line - 2] + 1 if line > 1 else 0) + 1

    def count(self) -> int:
        """How many lines an editor shows; an empty text has none."""
        if not self.text:
            return 0
        return len(self._newlines) + (not self.text.endswith("\n"))

    def for_markdown(self) -> str:
        """The text that the Markdown parser gets: the same lines, ended by "\\n" alone, without the
        two characters (NUL, byte order mark) that it would not read as this project does."""
        return "\n".join(
            self.text[start:end].replace("\0", "\ufffd").replace("\ufeff", " ")
            for start, end in self.spans
        )


def _line_ends(text: str) -> Iterable[tuple[int, int]]:
    """(where a line's content ends, where the next line starts), for every line that is ended."""
    at = 0
    while at < len(text):
        line_feed = text.find("\n", at)
        carriage = text.find("\r", at, line_feed if line_feed != -1 else len(text))
        if carriage != -1:
            after = carriage + (2 if text.startswith("\r\n", carriage) else 1)
            yield carriage, after
        elif line_feed != -1:
            after = line_feed + 1
            yield line_feed, after
        else:
            return
        at = after
