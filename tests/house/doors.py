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
        for name, service in _changing(source, names).items():
            for function in source.functions:
                if function.name == name and not name.startswith("_") and not _posted(function):
                    advice = "let it be reached by POST only, or let `queries` answer if that only reads"
                    yield source.fault(function, f"`{name}` calls the service `{service}`: {advice}.")


def _changing(source: Source, services: dict[str, str]) -> dict[str, str]:
    """Answer which functions call which service without having asked for POST, themselves or through a neighbour."""
    calls = {function.name: list(_unasked_calls(function.body)) for function in source.functions if not _posted(function)}
    changing = {name: origin[1] for name, found in calls.items() for call in found if (origin := _origin(call, services))}
    while True:
        more = {
            name: changing[call.func.id]
            for name, found in calls.items()
            for call in found
            if name not in changing and isinstance(call.func, ast.Name) and call.func.id in changing
        }
        if not more:
            return changing
        changing |= more


def _unasked_calls(statements: list[ast.stmt]) -> Iterator[ast.Call]:
    """Yield the calls that are made without the request having been asked whether it is a POST."""
    for statement in statements:
        if isinstance(statement, ast.If) and _asks_for_post(statement.test):
            yield from _unasked_calls(statement.orelse)
        elif isinstance(statement, ast.If) and _turns_away(statement):
            return
        elif isinstance(statement, (ast.If, ast.With, ast.For, ast.Try, ast.While)):
            for name, part in ast.iter_fields(statement):
                if name in ("body", "orelse", "finalbody"):
                    yield from _unasked_calls(part)
                elif name == "handlers":
                    yield from _unasked_calls([line for handler in part for line in handler.body])
                else:
                    yield from _calls(part if isinstance(part, list) else [part])
        else:
            yield from _calls([statement])


def _calls(parts: list[ast.AST | None]) -> Iterator[ast.Call]:
    for part in parts:
        if isinstance(part, ast.AST):
            yield from (node for node in ast.walk(part) if isinstance(node, ast.Call))


def _asks_for_post(test: ast.expr) -> bool:
    parts = test.values if isinstance(test, ast.BoolOp) and isinstance(test.op, ast.And) else [test]
    return any(ast.unparse(part) == "request.method == 'POST'" for part in parts)


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
