"""The parameters of a canned query as form fields: a label, and a list where the value is one.

metadata.yml describes them under the query's `fields`:

    fields:
      liste:
        label: Liste ou parti
        help: ...                        a sentence under the field; optional
        empty: la première               what no choice means
        choices: select id, name from respondents   value, words, then group and language if wanted

A value that is not among the choices is accepted from the address all the same.
"""

from datasette import hookimpl

MOST = 400  # longer lists become a text field: nobody reads them, and they weigh


@hookimpl
def extra_template_vars(datasette, request, database, view_name, template):
    async def fields():
        name = (request.url_vars or {}).get("table") if request else None
        if not name or not (template or "").startswith("query"):
            return {}
        query = await datasette.get_canned_query(database, name, request.actor)
        described = (query or {}).get("fields") or {}
        return {"query_fields": {key: await field(key, about) for key, about in described.items()}}

    async def field(parameter, about):
        groups = await _groups(datasette, database, about.get("choices"))
        values = {str(value) for choices in groups.values() for value, _, _ in choices}
        return {**about, "groups": groups, "known": request.args.get(parameter) in values}

    return fields


async def _groups(datasette, database, sql):
    """Choices as {group: [(value, words, language)]}; {} when there are none, or too many."""
    if not sql:
        return {}
    results = await datasette.execute(database, f"select * from ({sql}) limit {MOST + 1}")
    if len(results.rows) > MOST:
        return {}
    groups = {}
    for value, words, group, language in ((*row, "", "", "")[:4] for row in results.rows):
        groups.setdefault(group or "", []).append((value, words, language or ""))
    return groups
