-- The database of Mot à mot. Every table is described in metadata.yml too, for those who read the
-- site. Texts are Unicode as received: `markdown` is an exact slice of a document, `text` its plain
-- reading, `html` its safe rendering. Offsets are 0-based code points, end excluded; lines are
-- 1-based and inclusive, counted on "\n". NULL is "not known", never "empty".

CREATE TABLE edition (  -- one row: what this file is, from metadata.yml (plugins: motamot:)
    schema     INTEGER NOT NULL,  -- of these tables: 3
    public_url TEXT NOT NULL,     -- of the site, without a final slash; '' where it is not set
    publisher  TEXT,
    contact    TEXT
);

CREATE TABLE questionnaires (
    id         TEXT PRIMARY KEY,  -- name of its folder in raw/
    title      TEXT NOT NULL,     -- from questionnaire.yml, else from its document, else its id
    election   TEXT,
    place      TEXT,
    date       TEXT,              -- ISO 8601, or its known part: 2026-03, 2026
    language   TEXT,              -- ISO 639 code
    asked_by   TEXT,              -- who sent the questionnaire
    source_url TEXT,
    note       TEXT,
    date_as_written TEXT,         -- the words that date was read in
    label      TEXT NOT NULL      -- its title; told apart from an equal one by place and year, or id
);

CREATE TABLE sections (
    id            TEXT PRIMARY KEY,  -- <questionnaire>_s<position>
    questionnaire TEXT NOT NULL REFERENCES questionnaires(id),
    position      INTEGER NOT NULL,  -- from 1
    title         TEXT NOT NULL,     -- without a final colon
    label         TEXT NOT NULL      -- its title; told apart from an equal one by its questionnaire
);

CREATE TABLE questions (
    id            TEXT PRIMARY KEY,  -- <questionnaire>_<number>
    questionnaire TEXT NOT NULL REFERENCES questionnaires(id),
    section       TEXT REFERENCES sections(id),
    position      INTEGER NOT NULL,  -- from 1, in the order of the questionnaire
    number        TEXT NOT NULL,     -- as written: "7", "3a", "3.1"; its position where there is none
    text          TEXT NOT NULL,     -- plain reading, without the number
    markdown      TEXT NOT NULL,     -- exact slice, the number included
    html          TEXT NOT NULL,
    sort_key      TEXT NOT NULL UNIQUE  -- by questionnaire and position
);

CREATE TABLE respondents (
    id         TEXT PRIMARY KEY,  -- stem of their documents' file names
    name       TEXT NOT NULL,
    short_name TEXT,
    kind       TEXT,              -- party, list, candidate ...
    url        TEXT,
    note       TEXT,
    name_from  TEXT NOT NULL      -- who says the name; identifier: it is the file's name
        CHECK (name_from IN ('given', 'inferred', 'identifier')),
    sort_key   TEXT NOT NULL,     -- the name without case and accents: orders it as a dictionary
    label      TEXT NOT NULL      -- its name; told apart from an equal one by place and year, or id
);

CREATE TABLE documents (
    id            TEXT PRIMARY KEY,  -- <questionnaire>_<file's stem>; <questionnaire>_questions: blank
    questionnaire TEXT NOT NULL REFERENCES questionnaires(id),
    respondent    TEXT REFERENCES respondents(id),  -- NULL: the blank questionnaire, or several
    path          TEXT NOT NULL,     -- below raw/
    sha256        TEXT NOT NULL,     -- of its bytes
    bytes         INTEGER NOT NULL,
    lines         INTEGER NOT NULL,
    encoding      TEXT NOT NULL,     -- markdown encoded so gives the bytes back
    markdown      TEXT NOT NULL,     -- the whole document
    original        TEXT,            -- the file it was drawn from, beside it; NULL: it is the original
    original_sha256 TEXT,
    media_type      TEXT NOT NULL,   -- of what was received
    converted_by    TEXT,            -- what drew the text from it
    reading         TEXT NOT NULL    -- confirmed by a person, only written down, or guessed anew
        CHECK (reading IN ('reviewed', 'recorded', 'guessed')),
    reviewed_by     TEXT             -- who, and when
);

CREATE TABLE replies (
    id            TEXT PRIMARY KEY,  -- <questionnaire>_<respondent>
    questionnaire TEXT NOT NULL REFERENCES questionnaires(id),
    respondent    TEXT NOT NULL REFERENCES respondents(id),
    status        TEXT NOT NULL CHECK (status IN ('answered', 'partial', 'declined', 'no-reply')),
    document      TEXT REFERENCES documents(id),
    received_on   TEXT,
    note          TEXT,
    author_from   TEXT               -- who says that it is theirs; NULL: not said
        CHECK (author_from IN ('document', 'sender', 'inferred'))
);

CREATE TABLE passages (
    document   TEXT NOT NULL REFERENCES documents(id),
    position   INTEGER NOT NULL,  -- from 1: joined in this order, the passages are the document
    kind       TEXT NOT NULL
        CHECK (kind IN ('title', 'preamble', 'section', 'question', 'answer', 'note')),
    question   TEXT REFERENCES questions(id),  -- of a question and of its answer
    char_start INTEGER NOT NULL,
    char_end   INTEGER NOT NULL,
    line_start INTEGER NOT NULL,
    line_end   INTEGER NOT NULL,
    respondent TEXT REFERENCES respondents(id),  -- whose answer
    words_start INTEGER NOT NULL, -- the passage less its label and the blanks around: what is
    words_end   INTEGER NOT NULL, -- published of it
    PRIMARY KEY (document, position)
);

CREATE TABLE answers (
    id         TEXT PRIMARY KEY,  -- <questionnaire>_<number>_<respondent>: the permalink
    question   TEXT NOT NULL REFERENCES questions(id),
    respondent TEXT NOT NULL REFERENCES respondents(id),
    document   TEXT NOT NULL REFERENCES documents(id),
    status     TEXT NOT NULL      -- blank: no letter or figure, or a confirmed record says so
        CHECK (status IN ('answered', 'blank')),
    text       TEXT NOT NULL,
    markdown   TEXT NOT NULL,     -- = substr(documents.markdown, char_start + 1, char_end - char_start)
    html       TEXT NOT NULL,
    words      INTEGER NOT NULL,  -- runs between spaces that hold a letter or a figure
    char_start INTEGER NOT NULL,
    char_end   INTEGER NOT NULL,
    line_start INTEGER NOT NULL,
    line_end   INTEGER NOT NULL,
    sort_key   TEXT NOT NULL UNIQUE  -- by question, then name of the list
);

CREATE TABLE links (
    id       TEXT PRIMARY KEY,  -- <question or answer>_l<position>
    question TEXT REFERENCES questions(id),  -- NULL when an answer cites the link
    answer   TEXT REFERENCES answers(id),    -- NULL when a question cites it
    position INTEGER NOT NULL,  -- from 1, in the text that cites it
    url      TEXT NOT NULL,
    label    TEXT NOT NULL      -- the words that carry the link
);

-- The documents of each reply; the one that `replies` names is current, the others were before it.
CREATE TABLE versions (
    reply    TEXT NOT NULL REFERENCES replies(id),
    document TEXT NOT NULL REFERENCES documents(id),
    date     TEXT,              -- when it came: of its file's name, else received_on
    PRIMARY KEY (reply, document)
);

-- What an answer said before, where a later version of the reply says something else or nothing.
CREATE TABLE revisions (
    id          TEXT PRIMARY KEY,  -- <answer>_<date>; <answer>_avant-<replaced_on> without a date
    answer      TEXT REFERENCES answers(id),  -- NULL: the reply gives none any more
    question    TEXT NOT NULL REFERENCES questions(id),
    respondent  TEXT NOT NULL REFERENCES respondents(id),
    document    TEXT NOT NULL REFERENCES documents(id),  -- the first that has these words
    date        TEXT,              -- when that document came
    replaced_on TEXT NOT NULL,     -- day of the version that says something else
    status      TEXT NOT NULL CHECK (status IN ('answered', 'blank')),
    text        TEXT NOT NULL,
    markdown    TEXT NOT NULL,     -- = substr(documents.markdown, char_start + 1, char_end - char_start)
    html        TEXT NOT NULL,
    words       INTEGER NOT NULL,
    char_start  INTEGER NOT NULL,
    char_end    INTEGER NOT NULL,
    line_start  INTEGER NOT NULL,
    line_end    INTEGER NOT NULL
);

-- The paragraphs of the plain reading: joined by an empty line, they are `text`.
CREATE TABLE paragraphs (
    id         INTEGER PRIMARY KEY,
    question   TEXT REFERENCES questions(id),  -- one of these three is not NULL: whose it is
    answer     TEXT REFERENCES answers(id),
    revision   TEXT REFERENCES revisions(id),
    position   INTEGER NOT NULL,  -- from 1
    text       TEXT NOT NULL,
    char_start INTEGER NOT NULL,  -- the block of the document that it reads
    char_end   INTEGER NOT NULL,
    line_start INTEGER NOT NULL,
    line_end   INTEGER NOT NULL,
    CHECK ((question IS NOT NULL) + (answer IS NOT NULL) + (revision IS NOT NULL) = 1)
);

-- What each later version changed in the answers of its reply.
CREATE TABLE changes (
    question   TEXT NOT NULL REFERENCES questions(id),
    respondent TEXT NOT NULL REFERENCES respondents(id),
    date       TEXT NOT NULL,   -- day of the version
    kind       TEXT NOT NULL CHECK (kind IN ('changed', 'added', 'withdrawn')),
    answer     TEXT REFERENCES answers(id),     -- NULL: the reply gives none any more
    before     TEXT REFERENCES revisions(id),   -- NULL: there was none
    after      TEXT REFERENCES revisions(id),   -- NULL: the answer as it is now, or none
    PRIMARY KEY (question, respondent, date)
);

-- Identifiers that are published no more, as raw/redirects.yml says, and answers that a later version
-- withdrew: where their links lead.
CREATE TABLE redirects (
    old  TEXT PRIMARY KEY,  -- with its table, as in addresses: answers/<id>
    new  TEXT,              -- the page that answers instead, chains followed; NULL: none, it is gone
    gone TEXT,              -- a sentence that says why; NULL when `new` is known
    CHECK ((new IS NULL) <> (gone IS NULL))
);

CREATE INDEX sections_questionnaire ON sections(questionnaire);
CREATE INDEX questions_questionnaire ON questions(questionnaire, position);
CREATE INDEX questions_section ON questions(section);
CREATE INDEX replies_questionnaire ON replies(questionnaire);
CREATE INDEX replies_respondent ON replies(respondent);
CREATE INDEX documents_questionnaire ON documents(questionnaire);
CREATE INDEX answers_question ON answers(question);
CREATE INDEX answers_respondent ON answers(respondent);
CREATE INDEX answers_document ON answers(document);
CREATE INDEX passages_question ON passages(question, document);
CREATE INDEX versions_document ON versions(document);
CREATE INDEX changes_answer ON changes(answer);
CREATE INDEX revisions_answer ON revisions(answer);
CREATE INDEX revisions_question ON revisions(question, respondent);
CREATE INDEX revisions_document ON revisions(document);
CREATE INDEX links_question ON links(question);
CREATE INDEX links_answer ON links(answer);
CREATE INDEX paragraphs_question ON paragraphs(question);
CREATE INDEX paragraphs_answer ON paragraphs(answer);
CREATE INDEX paragraphs_revision ON paragraphs(revision);

-- What the site's search looks in: motamot/search/words.py's terms of each text, same rowid as the text,
-- with those of what it belongs to. `respondent` of a question: those that answered it; `question`
-- begins with its number. Both tables have one shape, so that one expression searches either.
-- In a plain SQLite shell, questions_fts and answers_fts hold the words as written.
CREATE VIRTUAL TABLE questions_search
    USING fts5(answer, question, respondent, questionnaire, section, content = '');
CREATE VIRTUAL TABLE answers_search
    USING fts5(answer, question, respondent, questionnaire, section, content = '');
INSERT INTO questions_search(questions_search, rank) VALUES ('rank', 'bm25(10.0, 4.0, 3.0, 1.0, 2.0)');
INSERT INTO answers_search(answers_search, rank) VALUES ('rank', 'bm25(10.0, 4.0, 3.0, 1.0, 2.0)');
CREATE VIRTUAL TABLE revisions_search USING fts5(terms, content = '');  -- for quotations alone

-- The words of all questions and answers, earlier ones too: what the search makes of a typed word
-- (motamot/search/vocabulary.py), "vouliez-vous dire", and quotations.
CREATE TABLE search_words (
    id       INTEGER PRIMARY KEY,
    language TEXT NOT NULL,     -- of the questionnaire, without its country
    terms    TEXT NOT NULL,     -- in the index: one word, or those of a compound in a row
    folded   TEXT NOT NULL,     -- the same as one word: small letters, no accents
    stem     TEXT NOT NULL,
    known    INTEGER NOT NULL,  -- 1: the lexicon has it
    written  TEXT NOT NULL,     -- as some text has it
    count    INTEGER NOT NULL
);
CREATE INDEX search_words_folded ON search_words(folded);
CREATE INDEX search_words_stem ON search_words(stem);

-- The names of all that were asked, for the same expressions: same rowid as in respondents.
CREATE VIRTUAL TABLE respondents_search
    USING fts5(answer, question, respondent, questionnaire, section, content = '');

-- One flat row per question and list that was asked, silences included: what most people want in a
-- spreadsheet. The rows are stored, in the order of the questionnaires, so that a page or a CSV of
-- them costs what it holds.
CREATE TABLE dataset_rows (
    id            INTEGER PRIMARY KEY,
    questionnaire TEXT NOT NULL,
    election      TEXT,
    place         TEXT,
    section       TEXT,
    number        TEXT NOT NULL,
    question      TEXT NOT NULL,
    respondent    TEXT NOT NULL,
    status        TEXT NOT NULL
        CHECK (status IN ('answered', 'blank', 'absent', 'declined', 'no-reply')),
    answer        TEXT,     -- NULL where there is none; '' where a question was left blank
    words         INTEGER,
    source        TEXT,
    line_start    INTEGER,
    line_end      INTEGER,
    permalink     TEXT NOT NULL,  -- of the answer; of the question where there is none
    questionnaire_id TEXT NOT NULL,
    question_id   TEXT NOT NULL,
    position      INTEGER NOT NULL,  -- of the question: orders numbers as a reader does
    respondent_id TEXT NOT NULL,
    answer_id     TEXT,
    received_on   TEXT,
    date          TEXT,     -- of the questionnaire: ISO 8601, or its known part
    language      TEXT,
    name_from     TEXT NOT NULL,
    sort_key      TEXT NOT NULL,  -- of the respondent
    section_id    TEXT,
    date_as_written TEXT,
    answer_row    INTEGER   -- rowid of the answer, which answers_search knows it by
);
CREATE INDEX dataset_rows_reply ON dataset_rows(
    questionnaire_id, respondent_id, position, status, number, words, question_id, answer_id);
CREATE INDEX dataset_rows_question ON dataset_rows(question_id, respondent_id);
CREATE INDEX dataset_rows_respondent ON dataset_rows(respondent_id);
CREATE INDEX dataset_rows_answer ON dataset_rows(answer_id);
CREATE INDEX dataset_rows_found ON dataset_rows(answer_row);

CREATE VIEW dataset AS
SELECT
    questionnaire, election, place, section, number, question, respondent, status, answer, words,
    source, line_start, line_end, permalink, questionnaire_id, question_id, position,
    respondent_id, answer_id, received_on, date, language, name_from, sort_key, section_id,
    date_as_written, answer_row
FROM dataset_rows
ORDER BY id;

-- Promise 1, document by document: the passages, joined, are the document; each answer, current or
-- revised, is its slice.
CREATE VIEW proof AS
SELECT
    documents.id AS document,
    documents.sha256,
    length(documents.markdown) AS characters,
    (
        SELECT coalesce(sum(max(0, min(char_end, following) - max(char_start, reached))), 0)
        FROM (  -- passages that hold characters, with what surrounds each
            SELECT
                char_start,
                char_end,
                coalesce(max(char_end) OVER before, 0) AS reached,
                coalesce(min(char_start) OVER after, char_end) AS following
            FROM passages
            WHERE passages.document = documents.id AND char_end > char_start
            WINDOW
                before AS (ORDER BY position ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING),
                after AS (ORDER BY position ROWS BETWEEN 1 FOLLOWING AND UNBOUNDED FOLLOWING)
        )
    ) AS characters_in_one_passage,
    (
        SELECT group_concat(piece, '')
        FROM (
            SELECT substr(documents.markdown, char_start + 1, char_end - char_start) AS piece
            FROM passages
            WHERE passages.document = documents.id
            ORDER BY position
        )
    ) IS documents.markdown AS passages_are_document,
    (SELECT count(*) FROM answers WHERE answers.document = documents.id) AS answers,
    (
        SELECT count(*) FROM answers
        WHERE answers.document = documents.id
        AND markdown = substr(documents.markdown, char_start + 1, char_end - char_start)
        AND EXISTS (
            SELECT 1 FROM passages
            WHERE passages.document = documents.id
            AND passages.question = answers.question
            AND passages.kind = 'answer'
            AND passages.char_start <= answers.char_start
            AND answers.char_end <= passages.char_end
        )
    ) AS answers_equal_slice,
    (SELECT count(*) FROM revisions WHERE revisions.document = documents.id) AS revisions,
    (
        SELECT count(*) FROM revisions
        WHERE revisions.document = documents.id
        AND markdown = substr(documents.markdown, char_start + 1, char_end - char_start)
        AND EXISTS (
            SELECT 1 FROM passages
            WHERE passages.document = documents.id
            AND passages.question = revisions.question
            AND passages.kind = 'answer'
            AND passages.char_start <= revisions.char_start
            AND revisions.char_end <= passages.char_end
        )
    ) AS revisions_equal_slice,
    (SELECT count(*) FROM passages WHERE passages.document = documents.id) AS passages,
    documents.reading,
    documents.reviewed_by
FROM documents
ORDER BY documents.id;
