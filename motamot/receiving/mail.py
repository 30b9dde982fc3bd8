"""E-mails (.eml) -> Markdown: what was written, with the questions quoted above each answer."""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from itertools import groupby

from motamot.receiving.converted import Converted, Draft, Refused, masked
from motamot.receiving.marks import escaped
from motamot.text.problems import cut

_QUOTE = re.compile(r"((?:>[ ]?)+)(.*)")
_ORIGINAL = re.compile(
    r"-{2,}\s*(?:original message|message d.origine|forwarded|message transf)", re.I
)
_HEADER = re.compile(r"(?:De|From|Von|Da)\s?:\s.*\S")
_NEXT = re.compile(r"(?:Envoyé|Sent|Date|À|To|Gesendet|Cc|Objet|Subject)\s?:", re.I)
_WROTE = re.compile(r"(?:a écrit|wrote|schrieb|ha scritto|escribió|schreef)\s*:?\s*$", re.I)
_OPENS = re.compile(r"(?:Le|On|Am|Il|El|Op)\s")
_NUMBERED = re.compile(r"(?:Q(?:uestion)?\s*)?\d{1,3}\s?[.):]|[-*•]\s", re.I)
_POINTS = re.compile(
    r"(?:répon|answer|repl|antwort)[^.!]{0,60}(?:ci-dessous|ci-après|plus bas|dans le texte|"
    r"dans votre (?:message|mail|courriel)|en (?:rouge|bleu|vert|gras|couleur)|"
    r"below|in-?line|in (?:red|blue|bold)|unten)",
    re.I | re.S,
)
_WORD = re.compile(r"\w")
_SHORT = 60  # characters: a shorter line, with the next word, was not wrapped


@dataclass(frozen=True)
class _Line:
    depth: int  # of the quotation; 0: written by who replies
    text: str


def convert(data: bytes) -> Converted:
    """Raises Refused for what has no words of its own, or is enciphered."""
    message = message_from_bytes(data, policy=default)
    if not isinstance(message, EmailMessage) or not message.keys():
        raise Refused("it has no head of a message", "Save the message as .eml, and receive that.")
    if message.get_content_type() in ("multipart/encrypted", "application/pkcs7-mime"):
        found = "the message is enciphered"
        raise Refused(found, "Open it in the mail program, and save its text.")
    parts = list(_parts(message))
    names = [_name(part) for part in parts if _is_attached(part)]
    said = [f"the reply may be in the attachment “{cut(name)}”: receive it" for name in names]
    for kind in ("text/plain", "text/html"):
        bodies = [p for p in parts if p.get_content_type() == kind and not _is_attached(p)]
        texts = [_decoded(part) for part in bodies]
        if re.search(r"\w", re.sub("<[^>]*>", "", "".join(text for text, _ in texts))):
            said += [wrong for _, wrong in texts if wrong]
            read = [text for text, _ in texts]
            made = _plain(read, bodies) if kind == "text/plain" else _page("\n".join(read))
            return Converted(made.text, (*((1, sentence) for sentence in said), *made.doubts))
    if names:
        found = f"the message has no words, but attachments: {cut(', '.join(names))}"
        raise Refused(found, "Save them from the mail program, and receive them.")
    raise Refused("the message has no words", "Ask for it again.")


def _parts(message: EmailMessage) -> Iterator[EmailMessage]:
    """The parts of a message that hold others in no way; a message in it is one."""
    inside = message.get_payload()
    if message.get_content_maintype() == "multipart" and isinstance(inside, list):
        for part in inside:
            if isinstance(part, EmailMessage):
                yield from _parts(part)
    else:
        yield message


def _is_attached(part: EmailMessage) -> bool:
    return (
        part.get_content_disposition() == "attachment"
        or part.get_filename() is not None
        or part.get_content_type() not in ("text/plain", "text/html")
    )


def _name(part: EmailMessage) -> str:
    return part.get_filename() or part.get_content_type()


def _decoded(part: EmailMessage) -> tuple[str, str]:
    """The text of a part, and what is doubtful about its characters."""
    payload = part.get_payload(decode=True)
    data = payload if isinstance(payload, bytes) else b""
    declared = (part.get_content_charset() or "").lower()
    tried = ["utf-8", declared, "cp1252"]
    if declared and _wide(declared):
        tried = [declared, "utf-8", "cp1252"]
    for name in filter(None, tried):
        name = "cp1252" if name in ("iso-8859-1", "latin-1", "latin1") else name
        try:
            text = data.decode(name)
        except (UnicodeDecodeError, LookupError):
            continue
        sure = (
            data.isascii()
            or name == (declared or "utf-8")
            or (declared, name) == ("iso-8859-1", "cp1252")
        )
        said = (
            f"the message says “{declared or 'nothing'}” of its characters, and was read as {name}"
        )
        return text.replace("\r\n", "\n"), "" if sure else f"{said}: look at its accents"
    return data.decode("latin-1").replace("\r\n", "\n"), "the message's characters are of no set"


def _wide(charset: str) -> bool:
    """Whether a set is one in which any run of bytes is not a text."""
    try:
        name = codecs.lookup(charset).name
    except LookupError:
        return False
    return name.startswith(("utf", "iso2022", "euc", "shift", "gb", "big5"))


def _plain(texts: Sequence[str], parts: Sequence[EmailMessage]) -> Converted:
    lines: list[_Line] = []
    for text, part in zip(texts, parts, strict=True):
        own = [_line(line) for line in text.split("\n")]
        if part.get_param("format") == "flowed":
            own = list(_unflowed(own, delete=part.get_param("delsp") == "yes"))
        lines += [*own, _Line(0, "")]
    draft = Draft()
    kept, gone = _parted(lines)
    for depth, run in groupby(kept, key=lambda line: line.depth):
        for block in _blocks([line.text for line in run]):
            draft.block([f"{'> ' * depth}{line}" for line in block])
    for sentence in gone:
        draft.doubt(sentence)
    shown = "\n".join(draft.lines)
    original = re.sub(r"(?m)^[> ]+", "", "\n".join(texts))
    return draft.made(masked(original) if masked(shown) == shown else original)


def _line(line: str) -> _Line:
    found = _QUOTE.match(line)
    return _Line(found[1].count(">"), found[2]) if found else _Line(0, line)


def _unflowed(lines: Sequence[_Line], *, delete: bool) -> Iterator[_Line]:
    """Lines that a mail program broke, whole again (RFC 3676)."""
    held: _Line | None = None
    for line in lines:
        text = line.text.removeprefix(" ") if not line.depth else line.text
        if held and held.depth == line.depth and text != "-- ":
            text = (held.text[:-1] if delete else held.text) + text
        elif held:
            yield held
        held = _Line(line.depth, text)
        if not text.endswith(" ") or text == "-- ":
            yield held
            held = None
    if held:
        yield held


def _parted(lines: Sequence[_Line]) -> tuple[list[_Line], list[str]]:
    """The lines that are the reply, and what was left out of them: a signature, and the message
    replied to where no answer stands in it or below."""
    kept, gone = list(lines), []
    original = next((at for at, line in enumerate(kept) if _begins_original(kept, at)), len(kept))
    pointing = _POINTS.search(" ".join(line.text for line in kept[:original] if not line.depth))
    if pointing:
        gone.append("answers may stand in the message replied to, which was kept")
    elif original < len(kept):
        gone.append(f"the message replied to was left out: “{_words(kept[original:])}”")
        kept = kept[:original]
    signs = (at for at, line in enumerate(kept) if not line.depth and line.text.rstrip() == "--")
    sign = next(signs, None)
    if sign is not None:
        end = next((at for at in range(sign, len(kept)) if _quotes(kept, at)), len(kept))
        gone.append(f"a signature was left out: “{_words(kept[sign + 1 : end])}”")
        del kept[sign:end]
    own = [at for at, line in enumerate(kept) if not line.depth and line.text.strip()]
    own = [at for at in own if not _quotes(kept, at)]
    quoted = [at for at, line in enumerate(kept) if line.depth]
    if not pointing and quoted and own and own[-1] < quoted[0]:
        gone.append(f"the message replied to was left out: “{_words(kept[own[-1] + 1 :])}”")
        kept = kept[: own[-1] + 1]
    return kept, gone


def _quotes(lines: Sequence[_Line], at: int) -> bool:
    """Whether a line is of a quotation, or says whose the one below is, on one line or two."""
    if lines[at].depth:
        return True
    for end in (at, at + 1):
        said = " ".join(line.text.strip() for line in lines[at : end + 1])
        below = [line for line in lines[end + 1 : end + 3] if line.depth or line.text.strip()]
        whole = end == at or _OPENS.match(said)
        if whole and _WROTE.search(said) and below and below[0].depth:
            return True
    return False


def _begins_original(lines: Sequence[_Line], at: int) -> bool:
    """Whether the message replied to begins here, as Outlook puts it below a reply."""
    line = lines[at]
    if line.depth or not any(above.text.strip() for above in lines[:at]):
        return False
    if _ORIGINAL.match(line.text.strip()):
        return True
    following = lines[at + 1].text if at + 1 < len(lines) else ""
    return bool(_HEADER.fullmatch(line.text.strip()) and _NEXT.match(following.strip()))


def _words(lines: Sequence[_Line]) -> str:
    return cut(masked(" ".join(" ".join(line.text for line in lines).split())))


def _blocks(lines: Sequence[str]) -> Iterator[list[str]]:
    """Paragraphs, as lines of Markdown: empty lines part them, and so does a number that begins."""
    block: list[str] = []
    for at, line in enumerate(lines):
        words = line.strip()
        if block and (not words or _NUMBERED.match(words)):
            block[-1] = block[-1].rstrip(" ")
            yield block
            block = []
        if words:
            following = lines[at + 1].split() if at + 1 < len(lines) else []
            short = bool(following) and len(words) + len(following[0]) < _SHORT
            block.append(escaped(words) + "  " * short)
    if block:
        block[-1] = block[-1].rstrip(" ")
        yield block


def _page(text: str) -> Converted:
    """A message that was written as a page."""
    from bs4 import BeautifulSoup

    from motamot.receiving.web import of_page

    page = BeautifulSoup(text, "html.parser")
    said = []
    quotes = page.select("blockquote, .gmail_quote, #divRplyFwdMsg")
    outer = [quote for quote in quotes if not any(above in quotes for above in quote.parents)]
    below = outer[0].find_all_next(string=True) if outer else ()
    own = [text for text in below if not any(above in outer for above in text.parents)]
    if outer and outer[0].find_previous(string=_WORD) and not _WORD.search("".join(own)):
        words = " ".join(" ".join(quote.get_text(" ") for quote in outer).split())
        said.append(f"the message replied to was left out: “{cut(masked(words))}”")
        for quote in outer:
            quote.decompose()
    made = of_page(page, str(page))
    return Converted(made.text, (*((1, sentence) for sentence in said), *made.doubts))
