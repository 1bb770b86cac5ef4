"""Has schemathesis judge a query by what was sent of it."""

from urllib.parse import parse_qs, urlsplit

import schemathesis


@schemathesis.hook
def after_call(context, case, response):
    """A single value in place of a list is sent as the list of that value: what was meant to be wrong may be right."""
    sent = parse_qs(urlsplit(response.request.url).query, keep_blank_values=True)
    for parameter in case.operation.query:
        texts = sent.get(parameter.name, [])
        is_list = isinstance(case.query.get(parameter.name), list)
        if parameter.validation_schema.get("type") != "array" or is_list or len(texts) != 1:
            continue
        items = texts[0].split(",")
        if not parameter.get_validator().is_valid(items):
            items = [int(item) if item.isdecimal() else item for item in items]
        case.query[parameter.name] = items
