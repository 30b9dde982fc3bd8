"""The record of a reading: written, read again, and cut by; whatever the document and the hand."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from motamot.reading.reader import read
from motamot.recording.cut import Passage, edges, passages_of
from motamot.recording.record import Entry, Record, first_words, parse, written
from motamot.text.source import Lines, decode
from tests.examples import examples
from tests.reading.test_lossless import texts

CASES = sorted((Path(__file__).parents[1] / "cases" / "valid").iterdir())
# What the golden documents give when they are cut by the records written of them: change this line
# only when a reading changed; a change of `cut` alone may never change it.
DIGEST = "6275225acd827943"

KINDS = ("title", "preamble", "section", "question", "answer", "note", "blank")


def record_of(text: str, entries: tuple[Entry, ...]) -> Record:
    return Record("liste-a.md", "0" * 64, "utf-8", "fixed here", entries)


def again(record: Record) -> Record:
    """The record as somebody else reads it from its file."""
    found, problems = parse(written(record), "liste-a.reading")
    assert not problems, [str(problem) for problem in problems]
    assert found is not None
    return found


def cut(text: str, entries: tuple[Entry, ...]) -> tuple[Passage, ...]:
    passages, problems = passages_of(text, entries, "liste-a.reading", "liste-a.md")
    assert not problems, [str(problem) for problem in problems]
    return passages


def without_lines(passages: tuple[Passage, ...]) -> list[tuple[object, ...]]:
    """Passages, but for the record's line that made each."""
    return [
        tuple(value for name, value in vars(p).items() if name != "record_line") for p in passages
    ]


# --- what a reading says is what its record says --------------------------------------------------


@given(texts)
@examples(300)
@example("**1) Oui ?**\r\r# x\r\n\ufeff\r\n| a | b |\n")
@example('"Oui" ?\n\n"Oui"\n\n# Non ?\n\n@liste-b dit non.\n')
def test_a_reading_written_down_cuts_the_same_passages(text: str) -> None:
    entries, _ = read(text, "liste-a.md")
    assert without_lines(cut(text, entries)) == without_lines(
        cut(text, again(record_of(text, entries)).entries)
    )


# --- whatever a person writes --------------------------------------------------------------------


@st.composite
def partitions(draw: st.DrawFn) -> tuple[str, tuple[Entry, ...]]:
    """A text, and a record that cuts it anywhere, with labels of any length."""
    text = draw(texts.filter(bool))
    lines = Lines(text)
    cuts = sorted(draw(st.sets(st.integers(0, len(text) - 1), max_size=6)) | {0})
    entries: list[Entry] = []
    for at, (start, end) in enumerate(zip(cuts, [*cuts[1:], len(text)], strict=True)):
        low, high = edges(text, start, end)
        first = draw(st.integers(low, high))
        last = draw(st.integers(first, high))
        before = text[low : edges(text, low, first)[1]]
        after = text[edges(text, last, high)[0] : high]
        inner = edges(text, low + len(before), high - len(after))
        words, goes_on = first_words(text[slice(*inner)])
        kind = draw(st.sampled_from(KINDS))
        number = f"{at}" if kind in ("question", "answer", "blank") else None
        whose = draw(st.sampled_from([None, "liste-b"])) if kind in ("answer", "blank") else None
        remark = draw(st.sampled_from(["", "ou non ?"]))
        entries.append(
            Entry(
                kind,  # type: ignore[arg-type]
                lines.place(start),
                number,
                whose,
                before,
                words or None,
                goes_on,
                after,
                doubtful=bool(remark),
                remark=remark,
            )
        )
    return text, tuple(entries)


@given(partitions())
@examples(300)
def test_any_record_that_fits_cuts_the_whole_text_and_publishes_what_is_outside_quotes(
    made: tuple[str, tuple[Entry, ...]],
) -> None:
    text, entries = made
    found = again(record_of(text, entries)).entries
    passages = cut(text, found)
    assert "".join(passage.of(text) for passage in passages) == text
    for entry, passage in zip(entries, passages, strict=True):
        low, high = edges(text, passage.char_start, passage.char_end)
        words = text[low + len(entry.before) : high - len(entry.after)]
        assert passage.words(text) == words[slice(*edges(words, 0, len(words)))]
    assert [(e.kind, e.number, e.respondent, e.doubtful, e.remark) for e in found] == [
        (e.kind, e.number, e.respondent, e.doubtful, e.remark) for e in entries
    ]


@given(partitions(), st.data())
@examples(200)
def test_a_record_of_another_text_is_refused_or_cuts_it_whole(
    made: tuple[str, tuple[Entry, ...]], data: st.DataObject
) -> None:
    other = data.draw(texts)
    passages, problems = passages_of(other, made[1], "liste-a.reading", "liste-a.md")
    assert problems or "".join(passage.of(other) for passage in passages) == other
    assert not (problems and passages)


@given(st.text(), st.integers(0, 12))
@examples(300)
def test_any_file_is_a_record_or_says_on_which_line_it_is_none(text: str, lines: int) -> None:
    head = written(record_of("", ())).split("\n")[:lines]
    record, problems = parse("\n".join(head) + "\n" + text, "liste-a.reading")
    assert (record is None) == bool(problems)
    for problem in problems:
        assert (problem.where.line or 1) <= text.count("\n") + lines + 2


def test_the_golden_documents_are_cut_as_ever() -> None:
    """No change of code moves a published word of a recorded document."""
    digest = hashlib.sha256()
    for case in CASES:
        (reply,) = case.glob("reply.*")
        text, _, _ = decode(reply.read_bytes(), reply.name)
        entries, _ = read(text, reply.name)
        for passage in cut(text, again(record_of(text, entries)).entries):
            digest.update(repr((passage.kind, passage.question, passage.words(text))).encode())
    assert digest.hexdigest()[:16] == DIGEST


# --- what a line may say --------------------------------------------------------------------------

LINES = [
    pytest.param("7 answer 1 Oui.", ("answer", "1", "", "Oui.", ""), id="one space is enough"),
    pytest.param('7 answer 1 "R :" Oui.', ("answer", "1", "R :", "Oui.", ""), id="a label before"),
    pytest.param('7 section Toit  ":"', ("section", None, "", "Toit", ":"), id="a label after"),
    pytest.param(
        '7 answer 1 ""  "Oui" dit-il', ("answer", "1", "", '"Oui" dit-il', ""), id="words in quotes"
    ),
    pytest.param(
        '7 answer 1 ""  "Oui"  ""', ("answer", "1", "", '"Oui"', ""), id="only a quotation"
    ),
    pytest.param(
        '7 answer 1 ""  # Titre', ("answer", "1", "", "# Titre", ""), id="words that begin with #"
    ),
    pytest.param(
        '7 answer 1 ""  @liste dit',
        ("answer", "1", "", "@liste dit", ""),
        id="words that begin with @",
    ),
    pytest.param('7 blank 1 ""  "|"', ("blank", "1", "", None, "|"), id="a label after no words"),
    pytest.param('7 blank 1 "|"', ("blank", "1", "|", None, ""), id="a label before no words"),
    pytest.param(
        '7 answer 3.1 Dit "non" et "oui"',
        ("answer", "3.1", "", 'Dit "non" et "oui"', ""),
        id="quotes among words",
    ),
    pytest.param('7 note "\\n\\"" a', ("note", None, '\n"', "a", ""), id="escapes of JSON"),
]


@pytest.mark.parametrize(("line", "wanted"), LINES)
def test_a_line_says_what_is_published(line: str, wanted: tuple[object, ...]) -> None:
    head = written(record_of("", ()))
    record, problems = parse(f"{head}{line}\n", "liste-a.reading")
    assert not problems, problems[0]
    assert record is not None
    (entry,) = record.entries
    assert (entry.kind, entry.number, entry.before, entry.words, entry.after) == wanted


def test_a_person_may_leave_the_first_words_out() -> None:
    head = written(record_of("", ()))
    record, _ = parse(f"{head}1 question 1\n3 answer 1\n", "liste-a.reading")
    assert record is not None
    text = "Oui ou non ?\n\nOui.\n"
    assert [p.words(text) for p in cut(text, record.entries)] == ["Oui ou non ?", "Oui."]
