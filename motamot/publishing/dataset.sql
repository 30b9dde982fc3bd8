-- Fills dataset_rows, a questionnaire at a time: questions x replies, with the answers.
INSERT INTO dataset_rows
SELECT
    NULL,
    questionnaires.title,
    questionnaires.election,
    questionnaires.place,
    sections.title,
    questions.number,
    questions.text,
    respondents.name,
    CASE
        WHEN answers.id IS NOT NULL THEN answers.status
        WHEN replies.status IN ('declined', 'no-reply') THEN replies.status
        ELSE 'absent'
    END,
    answers.text,
    answers.words,
    documents.path,
    answers.line_start,
    answers.line_end,
    edition.public_url || '/questionnaires/'
        || coalesce('answers/' || answers.id, 'questions/' || questions.id),
    questionnaires.id,
    questions.id,
    questions.position,
    respondents.id,
    answers.id,
    replies.received_on,
    questionnaires.date,
    questionnaires.language,
    respondents.name_from,
    respondents.sort_key
FROM questionnaires
CROSS JOIN edition
JOIN questions ON questions.questionnaire = questionnaires.id
JOIN replies ON replies.questionnaire = questionnaires.id
JOIN respondents ON respondents.id = replies.respondent
LEFT JOIN sections ON sections.id = questions.section
LEFT JOIN answers ON answers.question = questions.id AND answers.respondent = respondents.id
LEFT JOIN documents ON documents.id = replies.document
WHERE questionnaires.id = ?
ORDER BY questions.position, respondents.sort_key, respondents.id;
