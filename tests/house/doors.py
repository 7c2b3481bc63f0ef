"""Doors: nobody reads for a person without the actor, and nothing changes by looking at it."""

import ast
from collections.abc import Iterator

from tests.house.source import Fault, House, Source

Function = ast.FunctionDef | ast.AsyncFunctionDef
# Rooms where a person or a program stands outside and something is read for them.
DOORS = frozenset({"views", "api", "forms"})
CHANGING_METHODS = frozenset({"post", "put", "patch", "delete", "form_valid"})
CHANGING_ROUTES = frozenset({"post", "put", "patch", "delete"})


def readers_without_actor(house: House) -> Iterator[Fault]:
    known = {(source.app, node.name): node for source in house.product if source.room == "queries" for node in _top(source)}
    for source in house.product:
        if source.room not in DOORS:
            continue
        names = _imported(source, "queries")
        for call in (node for node in source.nodes if isinstance(node, ast.Call)):
            origin = _origin(call, names)
            reader = known.get(origin) if origin else None
            if reader is not None and not _knows_who(reader):
                yield source.fault(call, f"`{reader.name}` reads for a person and must take the actor.")


def changes_by_looking(house: House) -> Iterator[Fault]:
    for source in house.product:
        if source.room not in ("views", "api"):
            continue
        names = _imported(source, "services")
        changing = _changing(source, names)
        for function in source.functions:
            if function.name in changing and not function.name.startswith("_") and not _posted(function):
                yield source.fault(function, f"`{function.name}` changes something: let it be reached by POST only (`require_POST`).")


def _changing(source: Source, services: dict[str, str]) -> set[str]:
    """Answer the functions that call a service outside a block that asked for POST, themselves or through a neighbour."""
    calls = {function.name: _unasked_calls(function) for function in source.functions if not _posted(function)}
    changing = {name for name, found in calls.items() if any(_origin(call, services) for call in found)}
    while True:
        more = {
            name for name, found in calls.items() if any(isinstance(call.func, ast.Name) and call.func.id in changing for call in found)
        }
        if more <= changing:
            return changing
        changing |= more


def _unasked_calls(function: Function) -> list[ast.Call]:
    found: list[ast.Call] = []

    def walk(statements: list[ast.stmt]) -> None:
        for statement in statements:
            if isinstance(statement, ast.If) and _asks_for_post(statement.test):
                walk(statement.orelse)
                continue
            if isinstance(statement, ast.If) and _turns_away(statement):
                return
            if isinstance(statement, (ast.If, ast.With, ast.For, ast.Try, ast.While)):
                for name in ("body", "orelse", "finalbody"):
                    walk(getattr(statement, name, []))
                for handler in getattr(statement, "handlers", []):
                    walk(handler.body)
                continue
            found.extend(node for node in ast.walk(statement) if isinstance(node, ast.Call))

    walk(function.body)
    return found


def _asks_for_post(test: ast.expr) -> bool:
    return any(ast.unparse(node) == "request.method == 'POST'" for node in ast.walk(test))


def _turns_away(statement: ast.If) -> bool:
    """Tell `if request.method != "POST": return …`, after which only POST goes on."""
    return ast.unparse(statement.test) == "request.method != 'POST'" and isinstance(statement.body[-1], (ast.Return, ast.Raise))


def _posted(function: Function) -> bool:
    if function.name in CHANGING_METHODS:
        return True
    for decorator in function.decorator_list:
        words = ast.unparse(decorator)
        if words.endswith("require_POST") or words.startswith(("require_http_methods(['POST'])", "method_decorator(require_POST")):
            return True
        called = decorator.func if isinstance(decorator, ast.Call) else decorator
        if isinstance(called, ast.Attribute) and called.attr in CHANGING_ROUTES:
            return True
    return False


def _knows_who(reader: Function) -> bool:
    """A reader knows for whom it reads by an actor, or by the token that is the whole right of who holds it."""
    arguments = [*reader.args.posonlyargs, *reader.args.args, *reader.args.kwonlyargs]
    return any(
        argument.arg in ("actor", "token") or (argument.annotation is not None and "Actor" in ast.unparse(argument.annotation))
        for argument in arguments
    )


def _imported(source: Source, room: str) -> dict[str, str]:
    """Answer what the file calls by which name: `{"cancel_visit": "visits", "services.": "visits"}` for one room."""
    names: dict[str, str] = {}
    for node in source.tree.body:
        if not (isinstance(node, ast.ImportFrom) and (node.module or "").startswith("blisko.")):
            continue
        parts = (node.module or "").split(".")
        for alias in node.names:
            called = alias.asname or alias.name
            if parts[2:3] == [room]:
                names[called] = parts[1]
                names[f"{called}."] = parts[1]
            elif len(parts) == 2 and alias.name == room:
                names[f"{called}."] = parts[1]
    return names


def _origin(call: ast.Call, names: dict[str, str]) -> tuple[str, str] | None:
    """Answer (app, function) when the call goes to an imported room."""
    if isinstance(call.func, ast.Name) and call.func.id in names and call.func.id[0].islower():
        return names[call.func.id], call.func.id
    if isinstance(call.func, ast.Attribute) and isinstance(call.func.value, ast.Name):
        app = names.get(f"{call.func.value.id}.")
        return (app, call.func.attr) if app and call.func.attr[0].islower() else None
    return None


def _top(source: Source) -> list[Function]:
    return [node for node in source.tree.body if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef))]
