"""What people type into the search box: parsed, and turned into FTS5.

Words, "exact phrases", -without, prefix*, OR, and liste:, questionnaire:, section:, question: that
say where. A word stands for its forms that the corpus holds (`vocabulary`), a number for its other
writings (`numbers`). Nothing typed is ever an error.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import chain, pairwise, product
from typing import NamedTuple

from motamot.search import inclusive, numbers
from motamot.search.lexicon import conjugated
from motamot.search.vocabulary import NOTHING, Vocabulary, apart, together
from motamot.search.words import (
    MARK,
    Token,
    is_address,
    is_ordinary,
    language_of,
    plain,
    tokens,
)
from motamot.text.folding import letters

MAX_QUERY = 2000  # characters read of what was typed
MAX_TERMS = 40  # terms kept of them
MAX_EITHER = 12  # clauses of one OR
MAX_PREFIXES = 5  # beginnings of words, of which one letter counts for four: others are words
LONGEST = 40  # letters of a word that has forms
_JOINED = inclusive.HYPHENS + "&"  # what makes one of two words: R&D
MAX_RUNS = 64  # ways of writing several words in a row

# Dropped from a query that has other words: they are in every text.
_STOP = frozenset(
    [
        *(
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
        ),
        *("ce", "cet", "cette", "ces", "que", "qu", "qui", "s", "se", "ou"),
    ]
)
# What a question in plain words is asked with, with the forms of these verbs: nothing is looked for
# by them where all words together find nothing.
_ASKING = _STOP.union(
    *map(
        str.split,
        (
            "quoi quel quelle quels quelles lequel laquelle lesquels lesquelles comment combien",
            "pourquoi quand est il elle on ils elles je tu nous vous y t ne pas leur leurs son sa",
            "ses vos votre nos notre dans pour par sur avec chez entre vers pres cela ceci celui",
            "celle ceux celles si dont etre est va fait faire compte liste listes parti partis",
            "candidat candidats candidate candidates",
            "who what which when where why how is are do does did the an of to in for and with",
            "will would should can about their your",
        ),
    )
)
_ASKED_FOR = (
    *("etre", "avoir", "faire", "vouloir", "pouvoir", "devoir", "falloir", "aller", "dire"),
    *("penser", "proposer", "prevoir", "compter"),
)
_OTHER_WORDS = frozenset(["ete", "etes", "allee", "allees", "pensee", "pensees", "comptes"])
_LISTS = frozenset(["liste", "parti"])
# What stands before a colon -> the column that it is looked for in.
COLUMNS = {
    "liste": "respondent",
    "questionnaire": "questionnaire",
    "section": "section",
    "question": "question",
}
_NARROWED = re.compile(rf"({'|'.join(COLUMNS)})s?:(.*)", re.IGNORECASE | re.DOTALL)
_NUMBER = re.compile(r"\d[\w.-]*|[a-z]\d+", re.IGNORECASE)  # of a question
_CLOSING = {'"': '"', "«": "»", "“": "”", "„": "“”", "”": "”"}
_BARE = r"[^\s\"«»“”„]"
_LEXEME = re.compile(rf"(?P<quote>[\"«“”„])|(?P<bare>{_BARE}+(?:{numbers.GLUE}{_BARE}*)*)")

Run = tuple[str, ...]  # words in a row, folded


@dataclass(frozen=True, slots=True)
class Clause:
    """One thing asked for. It is found where any of `runs` is, first of all as typed.

    kind "word": the forms that the corpus has of a word, a compound or a number (`centre-ville` is
    a run of two words); "phrase": words as written, in the masculine and, when it differs, the
    feminine reading (then both must be there); "prefix": beginnings of words; "number": that of a
    question, which its column begins with.
    """

    kind: str
    typed: str
    runs: tuple[Run, ...]
    column: str = ""  # where alone it is looked for; "" for everywhere

    def expression(self, *, exact: bool = False) -> str:
        """This clause in FTS5's language; `exact`: a word in the form that was typed alone."""
        exact = exact and self.kind == "word"
        quoted = [_quoted(run) for run in (self.runs[:1] if exact else self.runs)]
        if self.kind == "prefix":
            quoted = [phrase + " *" for phrase in quoted]
        elif self.kind == "number":
            quoted = ["^ " + phrase for phrase in quoted]
        made = (" AND " if self.kind == "phrase" else " OR ").join(quoted)
        return f"{{{self.column}}} : ({made})" if self.column else made

    def as_typed(self) -> str:
        """This clause as one types it."""
        name = next((name for name, column in COLUMNS.items() if column == self.column), "")
        before = f"{name}:" if name else ""
        return before + (f'"{self.typed}"' if self.kind == "phrase" else self.typed)


def _quoted(run: Run) -> str:
    return f'"{" ".join(run)}"'


@dataclass(frozen=True, slots=True)
class Query:
    """What was asked: every group must be found, by any of its clauses, and none of `without`."""

    groups: tuple[tuple[Clause, ...], ...] = ()
    without: tuple[Clause, ...] = ()
    # The forms of each word typed, in order, small ones included.
    words: tuple[tuple[str, ...], ...] = ()

    def match_expression(self, *, exact: bool = False) -> str:
        """The FTS5 expression for every group; "" when there is nothing to search. `exact`: for
        words in the form that was typed alone."""
        return self._less(" AND ".join(f"({_either(g, exact=exact)})" for g in self.groups))

    def any_expression(self) -> str:
        """The same for one group or more."""
        narrowed = [f"({_either(g)})" for g in self.groups if g[0].column]
        asked = " OR ".join(f"({_either(g)})" for g in self.groups if not g[0].column)
        return self._less(" AND ".join([*narrowed, *([f"({asked})"] if asked else [])]))

    def phrase_expression(self) -> str:
        """The words typed, in a row, in any number and gender; "" unless several are asked for.

        A text that also matches this should be ranked before one where the words are scattered.
        """
        if len(self.words) < 2 or len(self.groups) == 1:  # what finds it has it in a row
            return ""
        narrowed = [f"({_either(g)})" for g in self.groups if g[0].column]
        row = " OR ".join(map(_quoted, _in_a_row(self.words)))
        return self._less(" AND ".join([*narrowed, f"({row})"]))

    def _less(self, wanted: str) -> str:
        if not self.without:
            return wanted
        unwanted = " OR ".join(f"({c.expression()})" for c in self.without)
        return f"({wanted or _quoted((MARK,))}) NOT ({unwanted})"

    def typed(self) -> str:
        """The same as one types it, nothing twice."""
        asked = {" OR ".join(clause.as_typed() for clause in group): 0 for group in self.groups}
        return " ".join([*asked, *("-" + clause.as_typed() for clause in self.without)])

    def loose(self) -> Query:
        """The same with the words of its phrases, each for itself."""
        groups = chain.from_iterable(
            [
                (replace(clause, kind="word", typed=form, runs=((form,),)),)
                for form in clause.runs[0]
            ]
            if (clause := group[0]).kind == "phrase" and len(group) == 1
            else [group]
            for group in self.groups
        )
        return replace(self, groups=tuple(groups))

    def essential(self) -> Query:
        """The same without the words that a question is asked with, where others remain."""
        kept = tuple(g for g in self.groups if not all(_is_asking(c) for c in g))
        return replace(self, groups=kept) if any(not g[0].column for g in kept) else self


def words_unknown(typed: str, language: str, vocabulary: Vocabulary) -> list[tuple[int, str]]:
    """(Where it stands, word) of every plain word typed that has no form in a corpus."""
    reader = _Reader(language_of(language), vocabulary)
    lexemes = list(_lexemes(typed[:MAX_QUERY]))[:MAX_TERMS]
    reader.known_as_one(lexemes)
    return [
        (lexeme.start + token.start, lexeme.text[token.start : token.end])
        for lexeme in lexemes
        if not lexeme.quoted and not is_address(lexeme.text) and not lexeme.text.endswith("*")
        for token in _tokens(lexeme.text, reader.language)
        if is_ordinary(token, lexeme.text[token.start : token.end]) and reader.is_unknown(token)
    ]


def _either(group: Sequence[Clause], *, exact: bool = False) -> str:
    return " OR ".join(clause.expression(exact=exact) for clause in group)


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
    words: list[list[str]] = []
    joined = False
    for lexeme in reader.known_as_one(list(_lexemes(typed[:MAX_QUERY]))):
        operator = "" if lexeme.marked or not groups or joined else _OPERATORS.get(lexeme.text, "")
        if operator:
            joined = operator == "OR"
            continue
        made = reader.read(lexeme)
        if lexeme.negative:
            without += made
            continue
        if not made:
            continue
        if not lexeme.column:
            words += reader.each_word(lexeme.text, exact=lexeme.quoted)
        if joined:
            groups[-1] = (*groups[-1], made[0])[:MAX_EITHER]
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
        tuple((kept if any(not g[0].column for g in kept) else groups)[:MAX_TERMS]),
        tuple(without[:MAX_TERMS]),
        tuple(map(tuple, words[:MAX_TERMS])),
    )


def _is_small(clause: Clause) -> bool:
    return _is_one_of(clause, _STOP)


def _is_asking(clause: Clause) -> bool:
    return _is_one_of(clause, _ASKING) or _is_one_of(clause, _verbs())


@lru_cache(maxsize=1)
def _verbs() -> frozenset[str]:
    forms = (form for verb in _ASKED_FOR for form in conjugated(verb))
    return frozenset(forms) - _OTHER_WORDS


def _is_one_of(clause: Clause, words: frozenset[str]) -> bool:
    return clause.kind == "word" and not clause.column and letters(clause.typed) in words


class Lexeme(NamedTuple):
    """What was typed between two spaces or two quotation marks."""

    text: str
    quoted: bool = False
    negative: bool = False  # a minus stood before it
    column: str = ""
    start: int = 0  # in what was typed

    @property
    def marked(self) -> bool:
        return self.quoted or self.negative or bool(self.column)


_OPERATORS = {"OR": "OR", "OU": "OR", "AND": "AND", "ET": "AND"}


def _lexemes(typed: str) -> Iterator[Lexeme]:
    at, negative, column = 0, False, ""
    while found := _LEXEME.search(typed, at):
        at = found.end()
        if found["quote"]:
            ends = [typed.find(c, at) for c in _CLOSING[found["quote"]]]
            end = min((e for e in ends if e >= 0), default=len(typed))
            yield Lexeme(typed[at:end], True, negative, column, at)
            at, negative, column = end + 1, False, ""
            continue
        bare, start = found.group(), found.start()
        quote_follows = at < len(typed) and typed[at] in _CLOSING
        fresh = start == 0 or typed[start - 1].isspace()
        negative = fresh and bare[0] in inclusive.HYPHENS
        if negative:
            bare, start = bare[1:], start + 1
        narrowed = _NARROWED.fullmatch(bare) if fresh else None
        if narrowed and (narrowed[2] or quote_follows):
            column = COLUMNS[narrowed[1].lower()]
            bare, start = narrowed[2], start + narrowed.start(2)
        if bare:
            yield Lexeme(bare, False, negative, column, start)
            negative, column = False, ""
        elif not quote_follows:  # a dash between words
            negative = False


class _Reader:
    """Reads what was typed in one language, for one corpus."""

    def __init__(self, language: str, vocabulary: Vocabulary) -> None:
        self.language = language
        self._vocabulary = vocabulary
        self._forms: dict[str, list[str]] = {}
        self._prefixes: dict[str, int] = {}
        self._as_one: dict[str, str] = {}  # a word typed before or after another -> both as one

    def known_as_one(self, lexemes: list[Lexeme]) -> list[Lexeme]:
        """The lexemes, the words of one number together, a letter alone with the word before it;
        what may be one word is remembered."""
        made: list[Lexeme] = []
        for lexeme in lexemes:
            before = made[-1] if made else None
            if before and not (before.marked or lexeme.marked):
                one = self.language == "fr" and _counts_on(before.text, lexeme.text)
                named = not one and _is_named(before.text, lexeme, lexemes)
                if named and letters(before.text) in _LISTS:  # liste B
                    made[-1] = before._replace(text=lexeme.text, column=COLUMNS["liste"])
                    continue
                if one or named:
                    made[-1] = before._replace(text=f"{before.text} {lexeme.text}")
                    continue
            made.append(lexeme)
        simple = [(letters(each.text), each.text.isalpha() and not each.marked) for each in made]
        pairs = [(a, b) for (a, plain), (b, too) in pairwise(simple) if plain and too]
        for pair, word in together(pairs, self._vocabulary, self.language).items():
            self._as_one |= dict.fromkeys(pair, word)
        return made

    def read(self, lexeme: Lexeme) -> list[Clause]:
        """The clauses of what was typed, in its column."""
        if lexeme.column == "question" and _NUMBER.fullmatch(lexeme.text):
            run = (*plain(lexeme.text), MARK)
            return [Clause("number", lexeme.text, (run,), lexeme.column)]
        made = self.phrase(lexeme.text) if lexeme.quoted else self.clauses(lexeme.text)
        return [replace(clause, column=lexeme.column) for clause in made]

    def phrase(self, lexeme: str) -> list[Clause]:
        found = _tokens(lexeme, self.language)[:MAX_TERMS]
        runs = dict.fromkeys(tuple(t.forms[gender] for t in found) for gender in (0, 1))
        return [Clause("phrase", lexeme, tuple(runs))] if found else []

    def clauses(self, lexeme: str) -> list[Clause]:
        """The clauses of something typed without quotes:

        One for each word, one for a whole compound or a whole number.
        """
        every = _tokens(lexeme, self.language)
        found = ([t for t in every if not t.elided] or list(every))[:MAX_TERMS]
        last = found.pop() if found and self._is_prefix(lexeme, found[-1]) else None
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

    def _is_prefix(self, lexeme: str, last: Token) -> bool:
        if not lexeme.endswith("*"):
            return False
        self._prefixes[lexeme] = 1 if len(last.forms[0]) > 1 else 4
        return sum(self._prefixes.values()) <= MAX_PREFIXES

    def each_word(self, lexeme: str, *, exact: bool) -> list[list[str]]:
        """The forms of each word, as typed first, or that one alone."""
        words = [token.forms[0] for token in _tokens(lexeme, self.language)[:MAX_TERMS]]
        return [[word] if exact else self._known(word) for word in words]

    def _number(self, found: list[Token]) -> tuple[int, list[Run]]:
        words = [token.forms[0] for token in found]
        return numbers.writings(words) if self.language == "fr" else (0, [])

    def _word(self, token: Token) -> list[Run]:
        known = [form for word in _asked(token) for form in self._known(word)]
        if one := self._as_one.get(token.forms[0]):
            known += self._known(one)
        runs = [tuple(form.split()) for form in known]
        word = token.forms[0]
        if len(known) == 1 and word.isalpha() and len(word) <= LONGEST:
            for halves in apart(word, self._vocabulary, self.language):
                runs += _in_a_row([self._known(half) for half in halves])
        return runs

    def _compound(self, found: list[Token]) -> list[Run]:
        parts = [token.forms[0] for token in found[:MAX_TERMS]]
        made = _in_a_row([self._known(part) for part in parts])
        if len(parts[-1]) == 1:  # plan B, R&D
            return [*made]
        return [*made, *(tuple(form.split()) for form in self._known("".join(parts)))]

    def is_unknown(self, token: Token) -> bool:
        """Whether the corpus has no form of a word."""
        runs = self._word(token)
        return len(runs) == 1 and not self._vocabulary.has([token.forms[0]], self.language)

    def _known(self, word: str) -> list[str]:
        """A folded word, and its forms that the corpus has."""
        if word not in self._forms:
            has_none = word in _STOP or len(word) > LONGEST
            more = [] if has_none else self._vocabulary.forms(word, self.language)
            self._forms[word] = list(dict.fromkeys([word, *more]))
        return self._forms[word]


@lru_cache(maxsize=512)
def _tokens(lexeme: str, language: str = "fr") -> tuple[Token, ...]:
    return tuple(tokens(lexeme, language))


def _counts_on(before: str, word: str) -> bool:
    """Whether two words typed one after the other are one number: 2 millions, deux cents."""
    found = [token.forms[0] for token in (*_tokens(before), *_tokens(word))]
    size, _ = numbers.writings(found)
    return size > len(_tokens(before)) and numbers.is_numeral(found[0])


def _is_named(before: str, lexeme: Lexeme, lexemes: Sequence[Lexeme]) -> bool:
    """Whether a letter typed alone is a name, with the word before it: plan B, liste a. A small one
    is when it comes last, a capital unless all is in capitals."""
    if len(lexeme.text) != 1 or not lexeme.text.isalpha():
        return False
    if len(before) < 2 or letters(before) in _STOP:
        return False
    capitals = all(each.text.isupper() for each in lexemes)
    return lexeme is lexemes[-1] or (lexeme.text.isupper() and not capitals)


def _asked(token: Token) -> tuple[str, ...]:
    """What a typed word is looked for by: `iel` by itself, else both readings."""
    return token.forms[2:] or tuple(dict.fromkeys(token.forms))


def _compound(lexeme: str, found: Sequence[Token]) -> int:
    """How many words from the first on are joined by hyphens or the like."""
    for size, (token, following) in enumerate(pairwise(found), 1):
        between = lexeme[token.end : following.start]
        if between == " " and following.end - following.start == 1:
            continue  # a letter with its word
        if not between or between.strip(_JOINED) or _is_month(lexeme, token, following):
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
