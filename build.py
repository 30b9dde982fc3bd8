"""Build the database of Mot à mot from what was received, or check it.

    python build.py          raw/ -> questionnaires.db and inspect-data.json
    python build.py check    the same reading, and writes nothing
    python build.py --release    a build that also records its permalinks in raw/permalinks.txt

Problems go to standard error as "file:line: severity: expected ...; found .... What to do."
Exit codes: 0 clean (warnings allowed), 1 errors in the data, 2 wrong use.
"""

from __future__ import annotations

import signal
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

import click

from motamot.dataset.checks import check as check_questionnaire
from motamot.dataset.folder import Raw, open_raw, read_questionnaire
from motamot.dataset.model import Counts, Questionnaire
from motamot.dataset.permalinks import RECORD, Ledger, identifiers
from motamot.publishing.write import Writer, inspect_data, replacing
from motamot.text.problems import Problem, in_order

HERE = Path(__file__).parent


def options(command: Callable[..., None]) -> Callable[..., None]:
    """The options that building and checking share."""
    folder = click.Path(exists=True, file_okay=False, path_type=Path)
    file = click.Path(dir_okay=False, path_type=Path)
    for option in (
        click.option("--quiet", is_flag=True, help="Say nothing but problems."),
        click.option("--db", type=file, help="The database to write.  [questionnaires.db]"),
        click.option("--raw", type=folder, help="The folder of received documents.  [raw/]"),
    ):
        command = option(command)
    return command


@click.group(invoke_without_command=True, context_settings={"help_option_names": ["-h", "--help"]})
@options
@click.option("--release", is_flag=True, help="Also record what is new in raw/permalinks.txt.")
@click.pass_context
def main(
    context: click.Context, raw: Path | None, db: Path | None, quiet: bool, release: bool
) -> None:
    """Build questionnaires.db from raw/: what lists answered, word for word."""
    context.obj = (raw, db, quiet)
    if context.invoked_subcommand is None:
        folder = _raw(raw)
        db = db or Path("questionnaires.db")
        with _writing(db):
            ledger = build(folder, db, quiet, release)
        if release:
            with _writing(folder / RECORD):
                record(ledger, folder / RECORD, quiet)
    elif release:
        raise click.UsageError("--release goes with a build, not with a check")


@main.command()
@options
@click.pass_obj
def check(
    outer: tuple[Path | None, Path | None, bool], raw: Path | None, db: Path | None, quiet: bool
) -> None:
    """Read raw/ as a build does, say what is wrong, and write nothing."""
    del db  # accepted, so that a build's command line can be checked as it is
    problems = Problems()
    folder = _raw(raw or outer[0])
    quiet = quiet or outer[2]
    found, strays = open_raw(folder)
    problems.report(strays)
    ledger = Ledger(folder)
    count = sum(1 for _ in _checked(found, ledger, problems, quiet))
    problems.report(ledger.problems())
    if not quiet and not problems.errors:
        click.echo(f"{count} questionnaire{'s' * (count != 1)} checked: {problems}.")
    sys.exit(1 if problems.errors else 0)


def build(raw: Path, db: Path, quiet: bool, release: bool) -> Ledger:
    """Write the database, unless something is wrong: then the earlier one stays as it was."""
    problems = Problems()
    summary = Summary()
    with replacing(db) as building:
        folder, found = open_raw(raw)
        problems.report(found)
        writer = Writer(building, raw, folder.respondents)
        ledger = Ledger(raw, recording=release)
        for questionnaire in _checked(folder, ledger, problems, quiet):
            if not problems.errors:
                summary.add(writer.add(questionnaire))
        problems.report(ledger.problems())
        if problems.errors:
            click.echo(f"Nothing was built: {problems}.", err=True)
            sys.exit(1)
        writer.redirect(ledger.redirects())
        writer.close()
        described = inspect_data(building)
    with replacing(db.with_name("inspect-data.json")) as building:
        building.write_text(described, encoding="utf-8")
    if not quiet:
        summary.print(db, problems)
    return ledger


def record(ledger: Ledger, path: Path, quiet: bool) -> None:
    """Add what is published for the first time to the record; nothing ever leaves it."""
    new = len(ledger.new())
    text = ledger.text()
    if not path.exists() or path.read_bytes() != text.encode():
        with replacing(path) as writing:
            writing.write_bytes(text.encode())
    if not quiet:
        click.echo(f"{path}: {_number(text.count(chr(10)), 'identifier')}, {new} new.")


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


def _checked(
    folder: Raw, ledger: Ledger, problems: Problems, quiet: bool
) -> Iterator[Questionnaire]:
    """Each questionnaire, read and checked; only one is in memory at a time."""
    if not folder.readable:
        ledger.doubt(folder.respondents_path)
    ledger.add(f"respondents/{respondent}" for respondent in folder.respondents)
    with _progress(folder.folders, quiet) as paths:
        for path in paths:
            questionnaire, found = read_questionnaire(path)
            found = in_order([*found, *check_questionnaire(questionnaire, folder)])
            problems.report(found)
            ledger.add(identifiers(questionnaire))
            if any(problem.severity == "error" for problem in found):
                ledger.doubt(questionnaire.id)
            yield questionnaire


@contextmanager
def _writing(path: Path) -> Iterator[None]:
    """A file that cannot be written is wrong use, said in one sentence."""
    try:
        yield
    except OSError as error:
        raise click.UsageError(f"cannot write {path}: {error.strerror}") from error


@contextmanager
def _progress(paths: tuple[Path, ...], quiet: bool) -> Iterator[Iterable[Path]]:
    """A progress bar on a terminal, when there is more than a moment's work."""
    if quiet or len(paths) < 20 or not sys.stderr.isatty():
        yield paths
        return
    with click.progressbar(paths, label="Reading", file=sys.stderr) as bar:
        yield bar


def _stop(signum: int, frame: object) -> None:
    raise KeyboardInterrupt  # so that a terminated build tidies up as an interrupted one does


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, _stop)
    main()
