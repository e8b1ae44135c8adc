"""What Schemathesis must know of Arsenal that no schema can say.

No check is left out. What is changed or accepted, and why, stands here and nowhere else.
"""

import collections
import os
import random

import requests
import schemathesis

# A sandbox of the upper bounds is 50 000 processes, again and again, and nobody ends them: then the
# machine is measured and not the interface. So a sandbox has few processes of each kind, and the
# oldest are deleted. What is out of bounds is sent as it is; the bounds themselves are tried in
# Arsenal's own tests.
COUNT_MAX = 3
SANDBOXES_MAX = 10

SANDBOXES = "/api/v1/cluster/sandboxes"

# Values whose shape the document says, but whose meaning only the cluster knows: a cursor that it
# gave, a blueprint that exists with its arguments, a node that is up, a version that there is.
OF_MEANING = {("query", "cursor"), ("query", "version"), ("body", "children"), ("body", "nodes")}

# Cursors that answers gave, by operation.
cursors = {}
# Sandboxes that were created, the oldest first.
sandboxes = collections.deque()
draw = random.Random(7)


# Formats of OpenAPI's registry that Schemathesis does not know: without them it takes numbers that
# fit in no such type for valid.
LARGEST = {"uint": 2**64 - 1, "uint64": 2**64 - 1, "uint32": 2**32 - 1, "uint16": 2**16 - 1}


@schemathesis.hook
def before_load_schema(context, raw_schema):
    for path in raw_schema["paths"].values():
        for operation in path.values():
            # Without it, a status that an operation does not name is a failure.
            operation["responses"].pop("default", None)
    bound_formats(raw_schema)


def bound_formats(value):
    if isinstance(value, dict):
        largest = LARGEST.get(value.get("format")) if value.get("type") == "integer" else None
        if largest is not None:
            value.setdefault("maximum", largest)
        for inner in value.values():
            bound_formats(inner)
    elif isinstance(value, list):
        for inner in value:
            bound_formats(inner)


@schemathesis.hook
def before_call(context, case, kwargs):
    case.body = with_plain_numbers(case.body)
    limit_counts(case.body)
    # The cluster has no simulated one beside it. That a request cannot be for it is a 409, which the
    # document says once, at the header.
    mode = (case.headers or {}).get("Arsenal-Mode")
    if isinstance(mode, str) and mode.startswith("simulated"):
        case.headers["Arsenal-Mode"] = "cluster"
    known = cursors.get(case.operation.label)
    if is_positive(case) and case.query and "cursor" in case.query and draw.random() < 0.7:
        if known:
            case.query["cursor"] = draw.choice(known)
        else:
            del case.query["cursor"]


@schemathesis.hook
def after_call(context, case, response):
    if response.status_code == 200 and "cursor" in str(case.operation.definition.raw):
        answer = response.json()
        page = answer.get("data", answer) if isinstance(answer, dict) else {}
        cursor = page.get("next_cursor") if isinstance(page, dict) else None
        if cursor:
            cursors.setdefault(case.operation.label, []).append(cursor)


    if response.status_code == 201 and case.path == SANDBOXES:
        sandboxes.append(response.json()["id"])
        if len(sandboxes) > SANDBOXES_MAX:
            delete(sandboxes.popleft())


def delete(sandbox):
    headers = {"Authorization": f"Bearer {os.environ['ARSENAL_TOKEN']}"}
    url = f"{os.environ['ARSENAL_URL']}{SANDBOXES}/{sandbox}"
    # It may be gone already.
    requests.delete(url, headers=headers, timeout=40)


@schemathesis.hook
def filter_failure(context, failure, case, response):
    """Drops what is as documented, although a schema cannot say so."""
    kind, status = type(failure).__name__, response.status_code
    if kind in ("ServerError", "RejectedPositiveData") and status == 504:
        # The client itself asked for so short a deadline.
        return not has_deadline(case)
    if kind == "RejectedPositiveData" and status == 422:
        violations = response.json().get("violations", [])
        if any(one["message"].startswith("is not a field of this ") for one in violations):
            # No body has fields that the document does not name; Schemathesis adds some after links.
            # The arguments of a blueprint have the shape that the blueprint says, not the document.
            return False
        found = {(one["in"], one["name"]) for one in violations}
        return not (found and found <= OF_MEANING)
    if kind == "AcceptedNegativeData":
        # Headers that nobody knows are no error in HTTP.
        return "in header - object with unexpected properties" not in failure.message
    return True


def is_positive(case):
    return case.meta is not None and case.meta.generation.mode.is_positive


def has_deadline(case):
    return any(name.lower() == "arsenal-deadline-ms" for name in case.headers or {})


def with_plain_numbers(value):
    """`3.0` is an integer to JSON Schema, but serde reads `3` only, as most typed languages do."""
    if isinstance(value, float) and value.is_integer():
        return int(value)
    if isinstance(value, dict):
        return {key: with_plain_numbers(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [with_plain_numbers(inner) for inner in value]
    return value


def limit_counts(body):
    children = body.get("children") if isinstance(body, dict) else None
    for child in children if isinstance(children, list) else []:
        count = child.get("count") if isinstance(child, dict) else None
        if isinstance(count, int) and COUNT_MAX < count <= 10_000:
            child["count"] = COUNT_MAX
