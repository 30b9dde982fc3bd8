"""What people type into the search box: parsed, turned into FTS5, and found again in a text.

Words, "exact phrases", -without, prefix* and OR. Nothing typed is ever an error.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from motamot.search import inclusive
from motamot.search.words import MARK, NUMBER, Token, language_of, placed, tokens
from motamot.text.folding import letters

MAX_QUERY = 2000  # characters read of what was typed
MAX_TERMS = 40  # terms kept of them

# Dropped from a query that has other words: they are in every text.
_STOP = frozenset(
    [
        "le",
        "la",
        "les",
        "un",
        "une",
        "des",
        "du",
        "de",
        "d",
        "l",
        "au",
        "aux",
        "et",
        "en",
        "a",
        "ce",
        "cet",
        "cette",
        "ces",
        "que",
        "qu",
        "qui",
        "s",
        "se",
        "ou",
    ]
)
_CLOSING = {'"': '"', "«": "»", "“": "”", "„": "“”", "”": "”"}
_LEXEME = re.compile(rf"(?P<number>{NUMBER})|(?P<quote>[\"«“”„])|(?P<bare>[^\s\"«»“”„]+)")

Placed = tuple[int, Token]  # what to add to a token's offsets, and the token


@dataclass(frozen=True, slots=True)
class Clause:
    """One thing asked for. It is found where any of `runs` is: a run is words in a row.

    kind "word": stems (a compound, `centre-ville`, is a run of two); "phrase": words as written,
    in the masculine
    and, when it differs, the feminine reading (then both must be there); "prefix": beginnings of
    words.
    """

    kind: str
    typed: str
    runs: tuple[tuple[str, ...], ...]

    def expression(self) -> str:
        """This clause in FTS5's language."""
        mark = MARK if self.kind == "word" else ""
        quoted = ['"' + " ".join(mark + term for term in run) + '"' for run in self.runs]
        if self.kind == "prefix":
            return " OR ".join(phrase + " *" for phrase in quoted)
        return (" AND " if self.kind == "phrase" else " OR ").join(quoted)


@dataclass(frozen=True, slots=True)
class Query:
    """What was asked: every group must be found, by any of its clauses, and none of `without`."""

    groups: tuple[tuple[Clause, ...], ...] = ()
    without: tuple[Clause, ...] = ()
    loose: tuple[
        str, ...
    ] = ()  # the stems of all words typed, small ones included, for phrase_expression

    def match_expression(self) -> str:
        """The FTS5 expression for every group; "" when there is nothing to search."""
        wanted = " AND ".join(
            "(" + " OR ".join(c.expression() for c in group) + ")" for group in self.groups
        )
        if not self.without:
            return wanted
        unwanted = " OR ".join(f"({c.expression()})" for c in self.without)
        return f"({wanted or chr(34) + MARK + chr(34)}) NOT ({unwanted})"

    def phrase_expression(self) -> str:
        """The words typed, in a row, in any number and gender; "" unless two or more.

        A text that also matches this should be ranked before one where the words are scattered.
        """
        return '"' + " ".join(MARK + key for key in self.loose) + '"' if len(self.loose) > 1 else ""


def parse_query(typed: str, language: str = "fr") -> Query:
    """What a person typed -> Query. Never fails: what is not a word is passed over.

    Words; "exact phrases" (« » and “ ” too), exact but for case, accents, apostrophes and
    hyphens; -without;
    prefix*; OR (or OU) between two clauses, which binds closer than the space. Small words (le,
    de, et ...) are
    dropped when others remain. At most 2,000 characters and 40 terms are read.
    """
    code = language_of(language)
    groups: list[tuple[Clause, ...]] = []
    without: list[Clause] = []
    loose: list[str] = []
    joined = False
    for lexeme, quoted, negative in _lexemes(typed[:MAX_QUERY]):
        if lexeme in ("OR", "OU") and not quoted and not negative and groups and not joined:
            joined = True
            continue
        made = _phrase(lexeme, code) if quoted else _clauses(lexeme, code)
        if negative:
            without += made
            continue
        if not made:
            continue
        loose += [t.keys[0] for t in tokens(lexeme, code)]
        if joined:
            groups[-1] += (made[0],)
            made = made[1:]
        groups += [(clause,) for clause in made]
        joined = False
        if len(groups) + len(without) >= MAX_TERMS:
            break
    if joined:  # a last OR is a word
        groups += [
            (clause,) for clause in _clauses("ou" if typed.rstrip().endswith("U") else "or", code)
        ]
    kept = [g for g in groups if not all(_is_small(c) for c in g)]
    return Query(
        tuple((kept or groups)[:MAX_TERMS]), tuple(without[:MAX_TERMS]), tuple(loose[:MAX_TERMS])
    )


def _is_small(clause: Clause) -> bool:
    return clause.kind == "word" and letters(clause.typed) in _STOP


def _lexemes(typed: str) -> Iterator[tuple[str, bool, bool]]:
    """(what was typed, whether it was in quotes, whether a minus stood before it)."""
    at, negative = 0, False
    while found := _LEXEME.search(typed, at):
        at = found.end()
        if found["quote"]:
            ends = [typed.find(c, at) for c in _CLOSING[found["quote"]]]
            end = min((e for e in ends if e >= 0), default=len(typed))
            yield typed[at:end], True, negative
            at, negative = end + 1, False
            continue
        bare = found.group()
        fresh = found.start() == 0 or typed[found.start() - 1].isspace()
        minus = fresh and bare[0] in inclusive.HYPHENS
        if minus and len(bare) == 1:  # -"phrase", or a dash between words
            negative = at < len(typed) and typed[at] in _CLOSING
            continue
        yield bare[1:] if minus else bare, False, minus
        negative = False


def _phrase(lexeme: str, language: str) -> list[Clause]:
    found = tokens(lexeme, language)[:MAX_TERMS]
    runs = dict.fromkeys(tuple(t.forms[gender] for t in found) for gender in (0, 1))
    return [Clause("phrase", lexeme, tuple(runs))] if found else []


def _clauses(lexeme: str, language: str) -> list[Clause]:
    """The clauses of something typed without quotes:

    One for each word, one for a whole compound.
    """
    found = [t for t in tokens(lexeme, language) if not t.elided] or tokens(lexeme, language)
    if not found:
        return []
    prefix = lexeme.endswith("*")
    made: list[Clause] = []
    run: list[Token] = []
    for token, following in zip(found, [*found[1:], None], strict=True):
        if prefix and following is None:
            made.append(
                Clause("prefix", lexeme, tuple(dict.fromkeys((form,) for form in token.forms)))
            )
            break
        run.append(token)
        if following and lexeme[token.end : following.start].strip(inclusive.HYPHENS) == "":
            continue
        made.append(_word(lexeme[run[0].start : run[-1].end], run))
        run = []
    return made if not run else [*made, _word(lexeme[run[0].start : run[-1].end], run)]


def _word(typed: str, run: list[Token]) -> Clause:
    if len(run) == 1:
        keys = ("iel",) if "iel" in run[0].keys else run[0].keys
        return Clause("word", typed, tuple((key,) for key in keys))
    return Clause("word", typed, (tuple(token.keys[0] for token in run[:MAX_TERMS]),))


def spans(text: str, query: Query, language: str = "fr") -> list[tuple[int, int]]:
    """The stretches of `text` that the query finds, whole words, in order and apart.

    A phrase is one stretch.
    """
    return [(start, end) for start, end, _ in _hits(placed(text, language), query)]


def _hits(words: list[Placed], query: Query) -> list[tuple[int, int, int]]:
    """(start, end, number of the group) of every place found, merged where they overlap."""
    found: list[tuple[int, int, int]] = []
    for number, group in enumerate(query.groups):
        for clause in group:
            found += [
                (_start(words[i]), _end(words[j - 1]), number) for i, j in _places(words, clause)
            ]
    merged: list[tuple[int, int, int]] = []
    for start, end, number in sorted(found, key=lambda hit: (hit[0], -hit[1])):
        if merged and start < merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]), merged[-1][2])
        else:
            merged.append((start, end, number))
    return merged


def _start(word: Placed) -> int:
    return word[0] + word[1].start


def _end(word: Placed) -> int:
    return word[0] + word[1].end


def _places(words: list[Placed], clause: Clause) -> Iterator[tuple[int, int]]:
    for run in clause.runs:
        first, size = run[0], len(run)
        for i, (_, token) in enumerate(words[: len(words) - size + 1]):
            if _answers(token, clause.kind, first) and all(
                _answers(words[i + n][1], clause.kind, run[n]) for n in range(1, size)
            ):
                yield i, i + size


def _answers(token: Token, kind: str, term: str) -> bool:
    if kind == "word":
        return term in token.keys
    if kind == "phrase":
        return term in token.forms
    return any(form.startswith(term) for form in token.forms)


def extract(
    text: str, query: Query, language: str = "fr", words: int = 30
) -> list[tuple[str, bool]]:
    """About `words` words of `text` around the best place, cut into (piece, whether it is marked).

    The pieces are exact slices that follow each other; "…" (unmarked) stands first or last where
    text is left out.
    The best place holds the most different groups of the query, then the most hits, then comes
    first.
    """
    found = placed(text, language)
    if not found:
        return [(text, False)] if text else []
    hits = _hits(found, query)
    first, last = _window([_start(word) for word in found], hits, max(words, 1))
    start = _start(found[first]) if first else 0
    end = _end(found[last - 1]) if last < len(found) else len(text)
    return [
        *([("…", False)] if first else []),
        *_pieces(text, start, end, hits),
        *([("…", False)] if last < len(found) else []),
    ]


def _window(starts: list[int], hits: list[tuple[int, int, int]], words: int) -> tuple[int, int]:
    """The first word and the one after the last of the best `words` words."""
    if len(starts) <= words or not hits:
        return 0, min(words, len(starts))
    index = {start: i for i, start in enumerate(starts)}
    places = [(index[start], number) for start, _, number in hits]
    best, first, tail, upto = (0, 0), 0, 0, 0
    for head, (place, _) in enumerate(places):
        while places[tail][0] <= place - words:
            tail += 1
        inside = places[tail : head + 1][-words:]
        score = (len({number for _, number in inside}), len(inside))
        if score > best:
            best, first, upto = score, inside[0][0], place
    spare = words - (upto - first + 1)
    first = max(0, min(first - spare // 2, len(starts) - words))
    return first, first + words


def _pieces(
    text: str, start: int, end: int, hits: list[tuple[int, int, int]]
) -> Iterator[tuple[str, bool]]:
    at = start
    for begin, finish, _ in hits:
        begin, finish = max(begin, at), min(finish, end)
        if begin >= finish:
            continue
        if at < begin:
            yield text[at:begin], False
        yield text[begin:finish], True
        at = finish
    if at < end:
        yield text[at:end], False
