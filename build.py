"""Build the database of Mot à mot from what was received, or take in what comes.

    python build.py                     raw/ -> questionnaires.db
    python build.py --release           a build of confirmed readings alone, which also records its
                                        permalinks in raw/permalinks.txt
    python build.py check               the same reading, and writes nothing
    python build.py receive FILE ...    take files in, and write down how each was read
    python build.py outline FILE ...    show how documents are read, for a person to compare
    python build.py status              which readings are confirmed, and which are not

Problems go to standard error as "file:line: severity: expected ...; found .... What to do."
Exit codes: 0 clean (warnings allowed), 1 errors in the data or of the machine, 2 wrong use.
"""

from __future__ import annotations

import difflib
import re
import signal
import sqlite3
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import click

from motamot.dataset.documents import LARGEST, SUFFIXES, show
from motamot.dataset.folder import (
    bad_identifier,
    bad_stem,
    changed,
    nothing_read,
    open_raw,
    read_edition,
    read_questionnaire,
)
from motamot.dataset.model import Questionnaire, Received, is_day, versioned
from motamot.dataset.permalinks import MOST, RECORD, Ledger
from motamot.publishing.kept import Keeping
from motamot.publishing.prepared import Order, Prepared, prepare_all
from motamot.publishing.rows import Counts
from motamot.publishing.write import Writer
from motamot.receiving import formats, intake
from motamot.receiving.converted import Doubt
from motamot.recording.outline import outline as outlined
from motamot.recording.record import FIXED_HERE, Record, named, written
from motamot.text import files
from motamot.text.files import state
from motamot.text.problems import Problem, Where, in_order, seen
from motamot.text.whole import replacing

HERE = Path(__file__).parent
_FOLDER = click.Path(exists=True, file_okay=False, path_type=Path)
_FILES = click.Path(exists=True, path_type=Path)
RAW = click.option("--raw", type=_FOLDER, help="The folder of received documents.  [raw/]")
DB = click.option(
    "--db",
    type=click.Path(dir_okay=False, path_type=Path),
    help="The database to write.  [questionnaires.db]",
)
QUIET = click.option("--quiet", is_flag=True, help="Say nothing but problems.")


@click.group(invoke_without_command=True, context_settings={"help_option_names": ["-h", "--help"]})
@RAW
@DB
@QUIET
@click.option("--release", is_flag=True, help="Also record what is new in raw/permalinks.txt.")
@click.pass_context
def main(
    context: click.Context, raw: Path | None, db: Path | None, quiet: bool, release: bool
) -> None:
    """Build questionnaires.db from raw/: what lists answered, word for word."""
    context.obj = (raw, quiet)
    if context.invoked_subcommand is None:
        folder = _raw(raw)
        db = db or Path("questionnaires.db")
        ledger = build(folder, db, quiet, release)
        if release:
            with _writing(folder / RECORD):
                record(ledger, folder / RECORD, quiet)
    elif release:
        raise click.UsageError("--release goes with a build, and with no other command")


@main.command()
@RAW
@DB
@QUIET
@click.pass_obj
def check(outer: tuple[Path | None, bool], raw: Path | None, db: Path | None, quiet: bool) -> None:
    """Read raw/ as a build does, say what is wrong, and write nothing."""
    del db  # accepted, so that a build's command line can be checked as it is
    problems = Problems()
    folder = _raw(raw or outer[0])
    quiet = quiet or outer[1]
    before = state(folder)
    found, strays = open_raw(folder)
    problems.report(strays)
    ledger = Ledger(folder)
    count = sum(1 for _ in _checked(Order(found, _guess), ledger, problems, quiet))
    problems.report(ledger.problems())
    problems.report(() if problems.errors else changed(folder, before))
    if not quiet and not problems.errors:
        click.echo(f"{count} questionnaire{'s' * (count != 1)} checked: {problems}.")
    sys.exit(1 if problems.errors else 0)


@main.command()
@RAW
@click.option("--questionnaire", help="The questionnaire's folder, for files that are not in raw/.")
@click.option("--respondent", help="Who answers in the file.  [the file's name]")
@click.option("--date", help="When a later version of a reply came, as 2026-03-02.")
@click.argument("files", nargs=-1, type=_FILES)
@click.pass_obj
def receive(
    outer: tuple[Path | None, bool],
    raw: Path | None,
    questionnaire: str | None,
    respondent: str | None,
    date: str | None,
    files: tuple[Path, ...],
) -> None:
    """Take files in, of any format: copy each into raw/, draw its text out, read it, and write its
    record for a person to confirm. A file or a folder of raw/ is only read (without FILES, all of
    it); a record that is there is never overwritten. A later version of a reply, of a --date,
    stands beside the first.
    """
    folder = _raw(raw or outer[0])
    problems = Problems()
    wanted: dict[Path, dict[Path, intake.Taken]] = {}
    found = tuple(_documents(files or (folder,), formats.SUFFIXES))
    with _progress(found, outer[1], "Receiving", 2) as bar:
        for file in bar:
            taken = _take(file, folder, questionnaire, (respondent, date), problems)
            if taken:
                wanted.setdefault(taken.document.parent, {}).setdefault(taken.document, taken)
    if not wanted and not problems.errors:
        raise click.UsageError(f"no document among them: give {', '.join(formats.SUFFIXES)} files")
    names = _names(folder, problems)
    for path, chosen in wanted.items():
        read = _read(path, names, problems)
        for received in read.documents:
            first = received is read.reference and received.record is None
            taken = chosen.get(Path(received.path))
            if received.sound and (first or taken):
                _write_record(read, received, names, taken)
    sys.exit(1 if problems.errors else 0)


@main.command()
@RAW
@click.argument("files", nargs=-1, type=_FILES)
@click.pass_obj
def outline(outer: tuple[Path | None, bool], raw: Path | None, files: tuple[Path, ...]) -> None:
    """Show how documents of raw/ are read, passage by passage, to compare with the document;
    without FILES, all of them."""
    problems = Problems()
    folder = _raw(raw or outer[0])
    names = _names(folder, problems)
    wanted = list(_documents(files or (folder,), SUFFIXES))
    for path in dict.fromkeys(file.parent for file in wanted):
        for received in _read(path, names, problems).documents:
            if Path(received.path) in wanted and received.sound:
                click.echo(f"{received.path}: {_status(received)}")
                _print_outline(received)
    sys.exit(1 if problems.errors else 0)


@main.command()
@RAW
@click.pass_obj
def status(outer: tuple[Path | None, bool], raw: Path | None) -> None:
    """Say of each document whether a person has confirmed its reading."""
    found, strays = open_raw(_raw(raw or outer[0]))
    problems = Problems()
    problems.report(p for p in strays if p.severity == "error")
    counts = dict.fromkeys(("reviewed", "recorded", "guessed"), 0)
    for path in found.folders:
        read = _read(path, found.names, problems)
        for received in read.documents:
            counts[received.reading] += 1
            earlier = ", an earlier version" if read.is_earlier(received) else ""
            click.echo(f"{received.path}: {_status(received)}{earlier}")
    said = ", ".join(f"{count} {name}" for name, count in counts.items())
    click.echo(f"{_number(sum(counts.values()), 'document')}: {said}.")
    sys.exit(1 if problems.errors else 0)


# --- building -------------------------------------------------------------------------------------


def build(raw: Path, db: Path, quiet: bool, release: bool) -> Ledger:
    """Write the database, unless something is wrong: then the earlier one stays as it was."""
    problems = Problems()
    summary = Summary()
    keeping = Keeping(HERE / ".kept", db)
    before = state(raw)
    with _writing(db), replacing(db) as building, keeping:
        folder, found = open_raw(raw)
        problems.report(found)
        edition, found = read_edition(_metadata(db))
        problems.report(found)
        writer = Writer(building, edition, folder.respondents)
        ledger = Ledger(raw, recording=release)
        order = Order(folder, _guess, edition, release, write=True, kept=keeping.path)
        for made in _checked(order, ledger, problems, quiet):
            if made.rows and not problems.errors:
                writer.add(made.rows)
                keeping.add(made.kept or {})
                summary.add(made.rows.counts)
        problems.report(ledger.problems())
        problems.report(() if problems.errors else changed(raw, before))
        if problems.errors:
            click.echo(f"Nothing was built: {problems}.", err=True)
            sys.exit(1)
        writer.redirect(ledger.redirects())
        writer.close()
        keeping.close()
    if not quiet:
        summary.print(db, problems)
    return ledger


def record(ledger: Ledger, path: Path, quiet: bool) -> None:
    """Add what is published for the first time to the record; nothing ever leaves it."""
    new = len(ledger.new())
    text = ledger.text()
    if files.read(path, MOST) != text.encode():
        with replacing(path) as writing:
            writing.write_bytes(text.encode())
    if not quiet:
        click.echo(f"{path}: {_number(text.count(chr(10)), 'identifier')}, {new} new.")


def _metadata(db: Path) -> Path:
    """The metadata.yml that is served with a database: the one beside it, else this folder's."""
    beside = db.parent / "metadata.yml"
    return beside if beside.exists() else HERE / "metadata.yml"


def _checked(order: Order, ledger: Ledger, problems: Problems, quiet: bool) -> Iterator[Prepared]:
    """Each questionnaire, read and checked; only a few are in memory at a time."""
    folder = order.raw
    if not folder.readable:
        ledger.doubt(folder.respondents_path)
    ledger.add(f"respondents/{respondent}" for respondent in folder.respondents)
    empty = True
    with _progress(folder.folders, quiet) as paths:
        for made in prepare_all(paths, order):
            problems.report(made.problems)
            ledger.add(made.identifiers)
            if not made.sound:
                ledger.doubt(made.id)
            empty = empty and made.empty
            yield made
    if folder.folders and empty and not problems.errors:
        problems.report([nothing_read(folder)])


def _guess(*arguments: Any, **named: Any) -> Any:
    """The reader, asked for only where a document has no record."""
    from motamot.reading.reader import read

    return read(*arguments, **named)


# --- taking in ------------------------------------------------------------------------------------


def _names(raw: Path, problems: Problems) -> Mapping[str, str]:
    """The names that documents are searched for; what is wrong where they stand is said."""
    found, wrong = open_raw(raw)
    here = (p for p in wrong if p.where.path == found.respondents_path)
    problems.report(p for p in here if p.severity == "error")
    return found.names


def _read(path: Path, names: Mapping[str, str], problems: Problems) -> Questionnaire:
    """The questionnaire of one folder; its errors are said."""
    read, found = read_questionnaire(path, _guess, names)
    problems.report(p for p in in_order(found) if p.severity == "error")
    return read


def _documents(files: Iterable[Path], suffixes: tuple[str, ...]) -> Iterator[Path]:
    """The documents among files and folders, those of a folder by name."""
    for file in files:
        if file.is_dir():
            inside = (p for p in file.rglob("*") if p.is_file() and p.suffix.lower() in suffixes)
            hidden = (p for p in sorted(inside) if p.name not in ("README.md", RECORD))
            yield from (p for p in hidden if p.name[0] != ".")
        else:
            yield file


def _take(
    file: Path,
    raw: Path,
    questionnaire: str | None,
    whose: tuple[str | None, str | None],  # respondent, day
    problems: Problems,
) -> intake.Taken | None:
    """A document in raw/, copied there if it came from elsewhere, with the text drawn from it."""
    where = Where(show(file))
    if file.resolve().parent.parent == raw.resolve():
        folder, own, file = file.parent.name, file.stem, raw / file.parent.name / file.name
        if file.suffix in SUFFIXES:
            return intake.Taken(file)
    else:
        folder = questionnaire or _ask("--questionnaire", "Which questionnaire is it a reply to")
        own = _stem(file, *whose)
    taken, found = None, [*bad_identifier(folder, where), *bad_stem(own, where)]
    if not found:
        taken, found = intake.take(file, raw / folder, own, LARGEST)
    problems.report(found)
    return taken


def _stem(file: Path, respondent: str | None, day: str | None) -> str:
    """A received file's name in raw/, without its suffix."""
    owner, own_day = versioned(file.stem.lower())
    if own_day and not is_day(own_day):
        owner, own_day = file.stem.lower(), None
    owner = respondent or re.sub(r"[^a-z0-9]+", "-", owner).strip("-") or "liste-exemple"
    day = day or own_day
    return f"{owner}@{day}" if day else owner


def _ask(option: str, question: str) -> str:
    """What was left out: asked for on a terminal, and nowhere else."""
    if not sys.stdin.isatty():
        raise click.UsageError(f"the file is not in raw/: say where it belongs with {option}")
    return str(click.prompt(question))


def _write_record(
    questionnaire: Questionnaire,
    received: Received,
    names: Mapping[str, str],
    taken: intake.Taken | None,
) -> None:
    """Write a document's record, print its outline and the next step; of one that is there, print
    how a reading of today would differ."""
    path = Path(received.record_path)
    made = _record_of(questionnaire, received, names, taken)
    if received.record is not None:
        before = path.read_text(encoding="utf-8").splitlines()
        after = written(replace(made, reviewed_by=received.record.reviewed_by)).splitlines()
        changed = list(difflib.unified_diff(before, after, show(path), "a reading of today", n=0))
        click.echo(f"{path} is there already, and stays as it is.")
        click.echo("\n".join(line.rstrip("\n") for line in changed) or "It is read so today too.")
        return
    with replacing(path) as writing:
        writing.write_text(written(made), encoding="utf-8", newline="\n")
    _print_outline(received, taken.doubts if taken else ())
    doubts = sum(entry.doubtful for entry in made.entries)
    click.echo(
        f"{path} was written, with {_number(doubts, 'doubt')}. Compare it with the document; "
        "correct it where it is wrong, and remove each “?”; then write “reviewed: yes, who, when” "
        "in it."
    )


def _record_of(
    questionnaire: Questionnaire,
    received: Received,
    names: Mapping[str, str],
    taken: intake.Taken | None,
) -> Record:
    """The record that a reading of today gives."""
    reference = questionnaire.reference
    fixes = received is reference
    entries = list(received.entries)
    if received.record is not None:
        known = () if fixes or reference is None else reference.asked
        blank = received is questionnaire.blank
        entries = list(_guess(received.text, received.path, known, blank=blank, names=names)[0])
    lines = intake.settled_lines(Path(received.path).parent, received.stem)
    if lines:
        entries = intake.settled(received.text, entries, lines)
    entries = intake.with_doubts(entries, taken.doubts if taken else ())
    answering = named(entries)
    before = received.record.original if received.record else None
    return Record(
        document=Path(received.path).name,
        sha256=received.sha256,
        encoding=received.encoding,
        questions=FIXED_HERE if fixes or reference is None else Path(reference.path).name,
        entries=tuple(entries),
        respondents=() if answering == (received.owner,) else answering,
        original=before or (taken.original if taken else None),
    )


def _print_outline(received: Received, doubts: Sequence[Doubt] = ()) -> None:
    entries = intake.with_doubts(received.entries, doubts)
    for line in outlined(received.text, received.passages, entries):
        click.echo(line)


def _status(received: Received) -> str:
    """How sure the reading of a document is, in words."""
    if received.record is None:
        return "guessed, no record"
    doubts = sum(entry.doubtful for entry in received.entries)
    if not received.sound:
        return "recorded, and the record does not fit"
    if received.record.reviewed_by:
        return f"reviewed by {received.record.reviewed_by}"
    return f"recorded, not reviewed, {_number(doubts, 'doubt')}"


# --- saying ---------------------------------------------------------------------------------------


class Problems:
    """Reports problems as they come, and counts them."""

    def __init__(self) -> None:
        self.errors = 0
        self.warnings = 0

    def report(self, found: Iterable[Problem]) -> None:
        """Print each problem on standard error."""
        for problem in found:
            click.echo(str(problem), err=True)
            self.errors += problem.severity == "error"
            self.warnings += problem.severity == "warning"

    def __str__(self) -> str:
        return f"{_number(self.errors, 'error')}, {_number(self.warnings, 'warning')}"


class Summary:
    """What was read: the first documents one by one, and the sums."""

    SHOWN = 40

    def __init__(self) -> None:
        self.first: list[Counts] = []
        self.documents = 0
        self.answers = 0

    def add(self, counts: list[Counts]) -> None:
        """Take in the documents of one questionnaire."""
        self.first += counts[: self.SHOWN - len(self.first)]
        self.documents += len(counts)
        self.answers += sum(c.answers for c in counts)

    def print(self, db: Path, problems: Problems) -> None:
        """Say what was read, on standard output."""
        for c in self.first:
            if c.earlier:
                click.echo(f"{c.path}: an earlier version, {_number(c.revised, 'answer')} changed")
                continue
            click.echo(
                f"{c.path}: {_number(c.sections, 'section')}, {_number(c.questions, 'question')}, "
                f"{_number(c.answers, 'answer')}, {_number(c.blanks, 'blank')}, "
                f"{_number(c.words, 'word')}, {_number(c.links, 'link')}"
            )
        if self.documents > len(self.first):
            click.echo(f"... and {_number(self.documents - len(self.first), 'document')} more")
        documents, answers = _number(self.documents, "document"), _number(self.answers, "answer")
        click.echo(f"{db}: {documents}, {answers}; {problems}.")


def _number(count: int, noun: str) -> str:
    return f"{count} {noun}{'s' * (count != 1)}"


def _raw(given: Path | None) -> Path:
    raw = given or HERE / "raw"
    if not raw.is_dir():
        raise click.UsageError(f"no folder {raw}: give one with --raw")
    return raw if given else Path("raw") if Path("raw").is_dir() else raw


@contextmanager
def _writing(path: Path) -> Iterator[None]:
    """A file that cannot be written is said in one sentence; where none can be, it is wrong use."""
    try:
        yield
    except (NotADirectoryError, FileExistsError, FileNotFoundError) as error:
        raise click.UsageError(seen(f"cannot write {path}: {error.strerror}")) from error
    except (OSError, sqlite3.Error) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise click.ClickException(seen(f"cannot write {path}: {reason}")) from error


@contextmanager
def _progress(
    paths: tuple[Path, ...], quiet: bool, label: str = "Reading", least: int = 20
) -> Iterator[Iterable[Path]]:
    """A progress bar on a terminal, when there is more than a moment's work."""
    if quiet or len(paths) < least or not sys.stderr.isatty():
        yield paths
        return
    with click.progressbar(paths, label=label, file=sys.stderr) as bar:
        yield bar


def _stop(signum: int, frame: object) -> None:
    raise KeyboardInterrupt  # so that a terminated build tidies up as an interrupted one does


def run() -> None:
    """The command; whatever the machine lacks is one sentence."""
    for number in (signal.SIGTERM, signal.SIGHUP):
        if signal.getsignal(number) is not signal.SIG_IGN:  # as nohup has it
            signal.signal(number, _stop)
    for stream in filter(None, (sys.stdout, sys.stderr)):
        stream.reconfigure(errors="backslashreplace")
    try:
        main()
    except (OSError, sqlite3.Error, MemoryError, RecursionError, BrokenProcessPool) as error:
        where = getattr(error, "filename", None)
        reason = getattr(error, "strerror", None) or str(error) or type(error).__name__
        click.echo(seen(f"Error: {f'{where}: ' if where else ''}{reason}"), err=True)
        sys.exit(1)


if __name__ == "__main__":
    run()
