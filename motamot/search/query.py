"""What people type into the search box: parsed, turned into FTS5, and found again in a text.

Words, "exact phrases", -without, prefix* and OR. A word stands for its forms that the corpus holds
(`vocabulary`), a number for its other writings (`numbers`). Nothing typed is ever an error.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise, product

from motamot.search import inclusive, numbers
from motamot.search.vocabulary import NOTHING, Vocabulary, apart, together
from motamot.search.words import MARK, Token, language_of, placed, tokens
from motamot.text.folding import letters

MAX_QUERY = 2000  # characters read of what was typed
MAX_TERMS = 40  # terms kept of them
MAX_RUNS = 64  # ways of writing several words in a row

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
_BARE = r"[^\s\"«»“”„]"
_LEXEME = re.compile(rf"(?P<quote>[\"«“”„])|(?P<bare>{_BARE}+(?:{numbers.GLUE}{_BARE}*)*)")

Run = tuple[str, ...]  # words in a row, folded
Placed = tuple[int, Token]  # what to add to a token's offsets, and the token


@dataclass(frozen=True, slots=True)
class Clause:
    """One thing asked for. It is found where any of `runs` is, first of all as typed.

    kind "word": the forms that the corpus has of a word, a compound or a number (`centre-ville` is
    a run of two words); "phrase": words as written, in the masculine and, when it differs, the
    feminine reading (then both must be there); "prefix": beginnings of words.
    """

    kind: str
    typed: str
    runs: tuple[Run, ...]

    def expression(self) -> str:
        """This clause in FTS5's language."""
        quoted = [_quoted(run) for run in self.runs]
        if self.kind == "prefix":
            return " OR ".join(phrase + " *" for phrase in quoted)
        return (" AND " if self.kind == "phrase" else " OR ").join(quoted)

    def exact(self) -> str:
        """The same in the form that was typed alone."""
        return _quoted(self.runs[0])


def _quoted(run: Run) -> str:
    return f'"{" ".join(run)}"'


@dataclass(frozen=True, slots=True)
class Query:
    """What was asked: every group must be found, by any of its clauses, and none of `without`."""

    groups: tuple[tuple[Clause, ...], ...] = ()
    without: tuple[Clause, ...] = ()
    # All words typed in a row, small ones included, in their forms; none for less than two.
    in_a_row: tuple[Run, ...] = ()

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
        return " OR ".join(map(_quoted, self.in_a_row))


def parse_query(typed: str, language: str = "fr", vocabulary: Vocabulary = NOTHING) -> Query:
    """What a person typed -> Query, in the forms that `vocabulary` has. Never fails: what is not a
    word is passed over.

    Words; "exact phrases" (« » and “ ” too), exact but for case, accents, apostrophes and
    hyphens; -without; prefix*; OR (or OU) between two clauses, which binds closer than the space.
    Small words (le, de, et ...) are dropped when others remain. At most 2,000 characters and 40
    terms are read.
    """
    reader = _Reader(language_of(language), vocabulary)
    groups: list[tuple[Clause, ...]] = []
    without: list[Clause] = []
    loose: list[list[str]] = []
    joined = False
    for lexeme, quoted, negative in reader.known_as_one(list(_lexemes(typed[:MAX_QUERY]))):
        if lexeme in ("OR", "OU") and not quoted and not negative and groups and not joined:
            joined = True
            continue
        made = reader.phrase(lexeme) if quoted else reader.clauses(lexeme)
        if negative:
            without += made
            continue
        if not made:
            continue
        loose += reader.each_word(lexeme, exact=quoted)
        if joined:
            groups[-1] += (made[0],)
            made = made[1:]
        groups += [(clause,) for clause in made]
        joined = False
        if len(groups) + len(without) >= MAX_TERMS:
            break
    if joined:  # a last OR is a word
        word = "ou" if typed.rstrip().endswith("U") else "or"
        groups += [(clause,) for clause in reader.clauses(word)]
    kept = [g for g in groups if not all(_is_small(c) for c in g)]
    return Query(
        tuple((kept or groups)[:MAX_TERMS]),
        tuple(without[:MAX_TERMS]),
        _in_a_row(loose[:MAX_TERMS]) if len(loose) > 1 else (),
    )


def _is_small(clause: Clause) -> bool:
    return clause.kind == "word" and letters(clause.typed) in _STOP


Lexeme = tuple[str, bool, bool]


def _lexemes(typed: str) -> Iterator[Lexeme]:
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


class _Reader:
    """Reads what was typed in one language, for one corpus."""

    def __init__(self, language: str, vocabulary: Vocabulary) -> None:
        self._language = language
        self._vocabulary = vocabulary
        self._forms: dict[str, list[str]] = {}
        self._as_one: dict[str, str] = {}  # a word typed before or after another -> both as one

    def known_as_one(self, lexemes: list[Lexeme]) -> list[Lexeme]:
        """The lexemes, the words of one number together; what may be one word is remembered."""
        made: list[Lexeme] = []
        for lexeme in lexemes:
            plain = not any(lexeme[1:]) and bool(made) and not any(made[-1][1:])
            if plain and self._language == "fr" and _counts_on(made[-1][0], lexeme[0]):
                made[-1] = (f"{made[-1][0]} {lexeme[0]}", False, False)
            else:
                made.append(lexeme)
        simple = [(letters(text), text.isalpha() and not any(marks)) for text, *marks in made]
        pairs = [(a, b) for (a, plain), (b, too) in pairwise(simple) if plain and too]
        for pair, word in together(pairs, self._vocabulary, self._language).items():
            self._as_one |= dict.fromkeys(pair, word)
        return made

    def phrase(self, lexeme: str) -> list[Clause]:
        found = tokens(lexeme, self._language)[:MAX_TERMS]
        runs = dict.fromkeys(tuple(t.forms[gender] for t in found) for gender in (0, 1))
        return [Clause("phrase", lexeme, tuple(runs))] if found else []

    def clauses(self, lexeme: str) -> list[Clause]:
        """The clauses of something typed without quotes:

        One for each word, one for a whole compound or a whole number.
        """
        found = [t for t in tokens(lexeme, self._language) if not t.elided]
        found = found or tokens(lexeme, self._language)
        last = found.pop() if found and lexeme.endswith("*") else None
        made: list[Clause] = []
        while found:
            size, runs = self._number(found)
            if not size:
                size = _compound(lexeme, found)
                runs = self._word(found[0]) if size == 1 else self._compound(found[:size])
            typed = lexeme[found[0].start : found[size - 1].end]
            made.append(Clause("word", typed, tuple(dict.fromkeys(runs))))
            found = found[size:]
        if last:
            made.append(
                Clause("prefix", lexeme, tuple((form,) for form in dict.fromkeys(last.forms)))
            )
        return made

    def each_word(self, lexeme: str, *, exact: bool) -> list[list[str]]:
        """The forms of each word, as typed first, or that one alone."""
        words = [token.forms[0] for token in tokens(lexeme, self._language)]
        return [[word] if exact else self._known(word) for word in words]

    def _number(self, found: list[Token]) -> tuple[int, list[Run]]:
        words = [token.forms[0] for token in found]
        return numbers.writings(words) if self._language == "fr" else (0, [])

    def _word(self, token: Token) -> list[Run]:
        known = [form for word in _asked(token) for form in self._known(word)]
        if one := self._as_one.get(token.forms[0]):
            known += self._known(one)
        runs = [tuple(form.split()) for form in known]
        word = token.forms[0]
        if len(known) == 1 and word.isalpha():
            for halves in apart(word, self._vocabulary, self._language):
                runs += _in_a_row([self._known(half) for half in halves])
        return runs

    def _compound(self, found: list[Token]) -> list[Run]:
        parts = [token.forms[0] for token in found[:MAX_TERMS]]
        as_one = [tuple(form.split()) for form in self._known("".join(parts))]
        return [*_in_a_row([self._known(part) for part in parts]), *as_one]

    def _known(self, word: str) -> list[str]:
        """A folded word, and its forms that the corpus has."""
        if word not in self._forms:
            more = [] if word in _STOP else self._vocabulary.forms(word, self._language)
            self._forms[word] = list(dict.fromkeys([word, *more]))
        return self._forms[word]


def _counts_on(before: str, word: str) -> bool:
    """Whether two words typed one after the other are one number: 2 millions, deux cents."""
    found = [token.forms[0] for token in (*tokens(before), *tokens(word))]
    size, _ = numbers.writings(found)
    return size > len(tokens(before)) and numbers.is_numeral(found[0])


def _asked(token: Token) -> tuple[str, ...]:
    """What a typed word is looked for by: `iel` by itself, else both readings."""
    return token.forms[2:] or tuple(dict.fromkeys(token.forms))


def _compound(lexeme: str, found: list[Token]) -> int:
    """How many words from the first on are joined by hyphens."""
    for size, (token, following) in enumerate(pairwise(found), 1):
        between = lexeme[token.end : following.start]
        if not between or between.strip(inclusive.HYPHENS) or _is_month(lexeme, token, following):
            return size
    return len(found)


def _is_month(lexeme: str, *found: Token) -> bool:
    """Whether one of these is a month in figures, as in 2026-03-01."""
    return any(lexeme[t.start : t.end].isdigit() and t.forms[0].isalpha() for t in found)


def _in_a_row(words: Sequence[Sequence[str]]) -> tuple[Run, ...]:
    """Runs of these words, each in some of its forms: the first ones where they are many."""
    most = max(1, int(MAX_RUNS ** (1 / len(words)) + 1e-9))
    return tuple(
        tuple(" ".join(chosen).split()) for chosen in product(*(forms[:most] for forms in words))
    )


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
    """(The first word, the one after the last) of every place where a clause is found."""
    if clause.kind == "prefix":
        beginnings = tuple(run[0] for run in clause.runs)
        for i, (_, token) in enumerate(words):
            if any(form.startswith(beginnings) for form in token.forms):
                yield i, i + 1
        return
    beginning: dict[str, list[Run]] = {}
    for run in clause.runs:
        beginning.setdefault(run[0], []).append(run)
    for i, (_, token) in enumerate(words):
        for form in token.forms:
            for run in beginning.get(form, ()):
                following = words[i + 1 : i + len(run)]
                if len(following) == len(run) - 1 and all(
                    term in other.forms for term, (_, other) in zip(run[1:], following, strict=True)
                ):
                    yield i, i + len(run)


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
