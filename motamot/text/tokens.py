"""A text -> the tokens of markdown-it-py, with every letter and figure of it.

CommonMark drops what stands in a tag that no browser knows, in a definition, in a cell beyond a
table's head; and it takes the stars of "étudiant*e*s" or "2*4*3" for emphasis. Here only a known
tag of formatting is a tag, a definition is a line of the text, and a sign between two letters or
figures is the word's own.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator
from functools import lru_cache

from markdown_it import MarkdownIt
from markdown_it.rules_block import StateBlock
from markdown_it.rules_block.table import escapedSplit, getLine, table
from markdown_it.rules_core import StateCore
from markdown_it.rules_inline import StateInline, autolink, backtick, link
from markdown_it.token import Token

from motamot.text.tags import leads, meant, name_of, taken_apart

Rule = Callable[[StateInline, bool], bool]

_SIGNS = re.compile(r"[*_~`]+")
_MARK = re.compile(r"`+|.")
_DEFINES = re.compile(r"\[[^\]\n]+\]:")  # the beginning of a line at the foot of a text


def tokens_of(text: str, *, markdown: bool = True) -> list[Token]:
    """The block tokens of a text; only `inline` ones have words, in their children: `text`,
    `code_inline`, breaks, `html_inline` for a known tag, links, emphasis, `s_open` and `s_close`.
    Of plain text they are paragraphs, whose `text` keeps its line ends."""
    linkify = "//" in text
    return (_markdown(linkify) if markdown else _plain(linkify)).parse(text)


@lru_cache(maxsize=2)
def _markdown(linkify: bool) -> MarkdownIt:
    parser = _with_addresses(MarkdownIt("commonmark", {"html": True, "linkify": linkify}))
    parser.enable(["table", "strikethrough"]).disable(["code", "reference"])
    parser.block.ruler.at("table", _table, {"alt": ["paragraph", "reference"]})
    parser.inline.ruler.before("backticks", "word", _signs_of_a_word)
    for name, rule in (("backticks", backtick), ("link", link), ("autolink", autolink)):
        parser.inline.ruler.at(name, _outside_words(rule))
    parser.core.ruler.after("inline", "html", _known_tags)
    parser.core.ruler.push("words", _all_words)
    return parser


@lru_cache(maxsize=2)
def _plain(linkify: bool) -> MarkdownIt:
    return _with_addresses(MarkdownIt("zero", {"linkify": linkify}))


def _with_addresses(parser: MarkdownIt) -> MarkdownIt:
    """Bare addresses are links, all addresses stay as they are written."""
    parser.enable("linkify")
    if parser.linkify is not None:
        # Only whole addresses: "étudiant.es" is no host name.
        parser.linkify.set({"fuzzy_link": False, "fuzzy_email": False})
        parser.linkify.add("mailto:", None).add("//", None)
    parser.normalizeLink = _as_written  # type: ignore[method-assign]
    parser.normalizeLinkText = _as_written  # type: ignore[method-assign,assignment]
    parser.validateLink = leads  # type: ignore[method-assign]
    return parser


def _as_written(url: str) -> str:
    return url


# --- inside words ---------------------------------------------------------------------------------


def _in_word(text: str, start: int, end: int) -> bool:
    """Whether a letter or figure stands on either side of `text[start:end]`."""
    return start > 0 and end < len(text) and _letter(text[start - 1]) and _letter(text[end])


def _letter(char: str) -> bool:
    return char.isalnum() or unicodedata.combining(char) > 0


def _signs_of_a_word(state: StateInline, silent: bool) -> bool:
    """étudiant*e*s, 2*4, snake_case."""
    run = _SIGNS.match(state.src, state.pos)
    if run is None or not _in_word(state.src, *run.span()):
        return False
    if not silent:
        state.pending += run[0]
    state.pos = run.end()
    return True


def _outside_words(rule: Rule) -> Rule:
    """The rule of what stands between two signs, of which neither may be inside a word."""

    def checked(state: StateInline, silent: bool) -> bool:
        start = state.pos
        if not rule(state, True):
            return False
        end, state.pos = state.pos, start
        mark = _MARK.match(state.src, start)
        width = len(mark[0]) if mark else 1
        if not (_in_word(state.src, start, start + width) or _in_word(state.src, end - width, end)):
            return rule(state, silent)
        if not silent:
            state.pending += state.src[start : start + width]
        state.pos = start + width
        return True

    return checked


# --- tables ---------------------------------------------------------------------------------------


def _table(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    """A table, with the cells that its rows have beyond its head."""
    first = len(state.tokens)
    if not table(state, start, end, silent):
        return False
    made = state.tokens[first:]
    del state.tokens[first:]
    width = sum(token.type == "th_open" for token in made)
    line = start
    for token in made:
        if token.type == "tr_open" and token.map:
            line = token.map[0]
        elif token.type == "tr_close" and line > start:
            state.tokens += _cells_beyond(getLine(state, line).strip(), width, line)
        state.tokens.append(token)
    return True


def _cells_beyond(row: str, width: int, line: int) -> Iterator[Token]:
    cells = escapedSplit(row)[row.startswith("|") :]
    for words in cells[width : -1 if cells[-1:] == [""] else None]:
        yield Token("td_open", "td", 1, map=[line, line + 1], block=True)
        yield Token("inline", "", 0, content=words.strip(), map=[line, line + 1], children=[])
        yield Token("td_close", "td", -1, block=True)


# --- tags -----------------------------------------------------------------------------------------


def _known_tags(state: StateCore) -> None:
    """What stands in HTML becomes words and known tags, a block of it an element of its own."""
    made: list[Token] = []
    for token in state.tokens:
        if token.type == "html_block":
            inside = list(taken_apart(token.content.strip()))
            if any(child.type == "text" or name_of(child.content) == "img" for child in inside):
                words = Token("inline", "", 0, content=token.content, map=token.map)
                words.children = inside
                made.append(Token("html_open", "div", 1, map=token.map, block=True))
                made += [words, Token("html_close", "div", -1, block=True)]
            continue
        if token.type == "inline":
            token.children = list(_taken_apart(token.children or ()))
        made.append(token)
    state.tokens = made


def _taken_apart(children: Iterable[Token]) -> Iterator[Token]:
    for child in children:
        if child.type == "html_inline":
            yield from taken_apart(child.content)
        else:
            if child.children:
                child.children = list(_taken_apart(child.children))
            yield child


# --- the rest of the words ------------------------------------------------------------------------


def _all_words(state: StateCore) -> None:
    """What CommonMark keeps for attributes is words too; 10<sup>3</sup> is not 103; a line at the
    foot of a text is a line."""
    for token in state.tokens:
        if token.type == "fence" and token.info.strip():
            token.content = f"{token.info.strip()}\n{token.content}"
            token.info = ""
        if token.type != "inline":
            continue
        shown = token.children = list(_shown(token.children or ()))
        for at, child in enumerate(shown[1:-1], 1):
            around = shown[at - 1].content[-1:], shown[at + 1].content[:1]
            if child.type == "softbreak" and _DEFINES.match(shown[at + 1].content):
                child.type = "hardbreak"
            elif _raises(child) and all(map(str.isdigit, around)):
                child.type, child.content = "text", "^"


def _raises(tag: Token) -> bool:
    return tag.type == "html_inline" and name_of(tag.content) == "sup"


def _shown(children: Iterable[Token]) -> Iterator[Token]:
    """Images as links, since pages load nothing from other hosts; links with the words of their
    title, or their address where they have none; tags as what they mean."""
    titles: list[str] = []
    before = ""
    for child in children:
        if child.type == "html_inline":
            child = meant(child)
        if child.type == "image":
            src, title = str(child.attrGet("src") or ""), str(child.attrGet("title") or "")
            words = list(_shown(child.children or ())) or [_address(src)]
            yield Token("link_open", "a", 1, attrs={"href": src})
            yield from (*words, Token("link_close", "a", -1), *_title(title))
        elif child.type == "link_open":
            titles.append(str(child.attrs.pop("title", "")))
            yield child
            before = str(child.attrGet("href"))
            continue
        elif child.type == "link_close":
            if before:
                yield _address(before)
            yield child
            yield from _title(titles.pop() if titles else "")
        else:
            yield child
        before = ""


def _address(url: str) -> Token:
    """The words of a link that has none; of an image in the text itself, what it is."""
    shown = url.partition(",")[0] if url.startswith("data:") else url
    return Token("text", "", 0, content=shown)


def _title(words: str) -> list[Token]:
    return [Token("text", "", 0, content=f" ({words})")] if words else []
