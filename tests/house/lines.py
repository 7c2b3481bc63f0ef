"""Where a line may stand: who reads, who writes, who decides, who listens."""

import ast
from collections.abc import Iterator

from tests.house.source import Fault, House, Source

READERS = frozenset({"queries", "services", "models"})
# The admin is Django's own reader and writer of rows; it meets staff only and each change of it is in the audit trail.
ADMIN = frozenset({"admin"})
# kit is what the rooms are made with: steps, jobs and settings rows are written there once for everybody.
TOOL = "kit"
MANAGERS = frozenset({"objects", "_default_manager", "_base_manager"})
READS = frozenset(
    "filter exclude values_list select_related prefetch_related select_for_update aggregate annotate order_by in_bulk".split()
)
WRITES = frozenset("create bulk_create bulk_update update_or_create get_or_create acreate aupdate asave adelete abulk_create".split())
# An adapter that carries hints speaks to PostgreSQL as a messenger, not as a store.
MESSENGER_SQL = ("LISTEN", "UNLISTEN", "SELECT PG_NOTIFY")
READING_SQL = ("SELECT", "WITH", "EXPLAIN", "SHOW")
CLOCKS = frozenset({"now", "utcnow", "today", "localdate"})
WORLD = frozenset({"now", "utcnow", "today", "localtime", "localdate", "open", "print", "input", "getenv", "urandom"})


def imports_in_functions(house: House) -> Iterator[Fault]:
    for source in house.python:
        for function in source.functions:
            # Django's registry must be complete before an app's own modules may be imported.
            if function.name == "ready" and source.room == "apps":
                continue
            for node in ast.walk(function):
                if isinstance(node, (ast.Import, ast.ImportFrom)):
                    yield source.fault(node, f"Import at the top of the file, not inside `{function.name}`.")


def reads_elsewhere(house: House) -> Iterator[Fault]:
    for source in _speakers(house):
        if source.room in READERS | ADMIN:
            continue
        for node in source.nodes:
            if isinstance(node, ast.Attribute) and node.attr in MANAGERS:
                yield source.fault(node, f"`.{node.attr}` reads the database: ask queries.py for it.")
            elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and _reads(node):
                yield source.fault(node, f"`.{_called(node)}()` reads the database: ask queries.py for it.")
            elif isinstance(node, ast.Call) and _called(node) in ("get_object_or_404", "get_list_or_404"):
                yield source.fault(node, f"`{_called(node)}` reads without the actor: ask queries.py for it.")


def writes_elsewhere(house: House) -> Iterator[Fault]:
    for source in _speakers(house):
        if source.room in {"services"} | ADMIN:
            continue
        for node in source.nodes:
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and _writes(node):
                yield source.fault(node, f"`.{node.func.attr}()` changes the database: only services.py writes.")


def sql_elsewhere(house: House) -> Iterator[Fault]:
    for source in _speakers(house):
        if source.room == "services":
            continue
        for node in source.nodes:
            if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)):
                continue
            if node.func.attr in ("execute", "executemany") and node.args:
                words = _sql(source, node.args[0]).upper()
                if source.room != "queries":
                    if not (source.room == "adapters" and words.startswith(MESSENGER_SQL)):
                        yield source.fault(node, "SQL is spoken in queries.py and services.py only.")
                elif not words.startswith(READING_SQL):
                    yield source.fault(node, "A query only reads: SQL that changes something belongs in services.py.")


def states_assigned(house: House) -> Iterator[Fault]:
    sentence = "A state moves by its table: call `take_step`."
    for source in house.product:
        if source.app == TOOL:
            continue
        for node in source.nodes:
            targets: list[ast.expr] = []
            if isinstance(node, ast.Assign):
                targets = node.targets
            elif isinstance(node, (ast.AugAssign, ast.AnnAssign)):
                targets = [node.target]
            elif isinstance(node, ast.Call) and _called(node) == "update" and any(word.arg == "state" for word in node.keywords):
                yield source.fault(node, sentence)
            elif isinstance(node, ast.Call) and _called(node) == "setattr" and _constant(node.args[1:2]) == "state":
                yield source.fault(node, sentence)
            for target in (leaf for each in targets for leaf in ast.walk(each)):
                if isinstance(target, ast.Attribute) and target.attr == "state" and isinstance(target.ctx, ast.Store):
                    yield source.fault(node, sentence)


def worldly_rules(house: House) -> Iterator[Fault]:
    for source in house.product:
        if source.room not in ("rules", "events", "errors"):
            continue
        for node in source.nodes:
            if isinstance(node, ast.Call) and _called(node) in WORLD:
                yield source.fault(node, f"A rule gets values and the time: pass the answer of `{_called(node)}()` in.")
            elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and _of_module(node.func, "random"):
                if node.func.attr != "Random":
                    yield source.fault(node, "A rule does not throw dice: pass a seeded `random.Random` in.")


def other_clocks(house: House) -> Iterator[Fault]:
    for source in house.product:
        if source.app in ("", TOOL):
            continue
        for node in source.nodes:
            if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)):
                continue
            whose = ast.unparse(node.func.value)
            if node.func.attr in CLOCKS and whose.rpartition(".")[2] in ("datetime", "date", "timezone"):
                yield source.fault(node, "The platform's clock may run fast: ask `kit.clock.now()`.")
            elif node.func.attr == "now" and whose == "clock" and source.room in ("services", "queries", "rules", "models"):
                yield source.fault(node, "Time comes in as `now`, from whoever meets the outside.")


def untold_changes(house: House) -> Iterator[Fault]:
    """An event outside a transaction could be told of a change that is rolled back, or never be told at all."""
    for source in house.product:
        if source.room != "services" or source.app == TOOL:
            continue
        for function in source.tree.body:
            if not isinstance(function, ast.FunctionDef) or function.name.startswith("_") or _atomic(function):
                continue
            tells = [node for node in ast.walk(function) if isinstance(node, ast.Call) and _called(node) in ("emit", "take_step")]
            if tells:
                yield source.fault(function, f"`{function.name}` changes and tells: make it one transaction (`@transaction.atomic`).")


def doors_without_guard(house: House) -> Iterator[Fault]:
    for source in house.product:
        for node in source.nodes:
            if isinstance(node, (ast.Name, ast.Attribute)) and ast.unparse(node).rpartition(".")[2] == "csrf_exempt":
                yield source.fault(node, "A door that changes something stays guarded against forged requests.")


def listeners_elsewhere(house: House) -> Iterator[Fault]:
    for source in house.product:
        if source.app == TOOL:
            continue
        for function in source.functions:
            for decorator in function.decorator_list:
                name = _called(decorator) if isinstance(decorator, ast.Call) else ""
                if name == "on" and source.room != "handlers":
                    yield source.fault(function, f"`{function.name}` answers an event: it lives in handlers.py.")
                elif name in ("task", "periodic") and source.room != "jobs":
                    yield source.fault(function, f"`{function.name}` is a job: it lives in jobs.py.")


def tellers_elsewhere(house: House) -> Iterator[Fault]:
    for source in house.product:
        if source.app in ("", TOOL) or source.room == "services":
            continue
        for node in source.nodes:
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "emit":
                yield source.fault(node, "An event is told by the service that made it happen, in its transaction.")


def hidden_climbs(house: House) -> Iterator[Fault]:
    """Imports for the type checker and foreign keys by string escape import-linter: they go down, too."""
    for source in house.product:
        for node in source.nodes:
            if isinstance(node, ast.If) and ast.unparse(node.test).endswith("TYPE_CHECKING"):
                yield from _climbing_types(house, source, node)
            elif isinstance(node, ast.Call) and _called(node) in ("ForeignKey", "OneToOneField", "ManyToManyField"):
                yield from _climbing_keys(house, source, node)


def _climbing_types(house: House, source: Source, block: ast.If) -> Iterator[Fault]:
    for node in ast.walk(block):
        if not (isinstance(node, ast.ImportFrom) and (node.module or "").startswith("blisko.")):
            continue
        parts = (node.module or "").split(".")
        app, rooms = parts[1], parts[2:3] or [alias.name for alias in node.names]
        if app == source.app or app in house.open_apps:
            continue
        if house.heights.get(app, 0) >= house.heights.get(source.app, 99):
            yield source.fault(node, f"`{app}` is not below `{source.app}`: not even a type may be borrowed from it.")
        elif not set(rooms) <= house.public_rooms | {"models"}:
            yield source.fault(node, f"Only public rooms and models of `{app}` may be borrowed as types.")


def _climbing_keys(house: House, source: Source, call: ast.Call) -> Iterator[Fault]:
    target = _constant(call.args[:1]) or next((_constant([word.value]) for word in call.keywords if word.arg == "to"), "")
    app = target.split(".")[0] if "." in target else ""
    if app not in house.heights or app == source.app:
        return
    if house.heights[app] >= house.heights.get(source.app, 99):
        yield source.fault(call, f"A foreign key goes down: `{app}` is not below `{source.app}`.")
    elif not any(word.arg == "related_name" and _constant([word.value]) == "+" for word in call.keywords):
        yield source.fault(call, f'A key into another app leaves no way back: `related_name="+"` for `{target}`.')


def _atomic(function: ast.FunctionDef) -> bool:
    nodes = [
        *function.decorator_list,
        *(item.context_expr for node in ast.walk(function) if isinstance(node, ast.With) for item in node.items),
    ]
    return any("transaction.atomic" in ast.unparse(node) for node in nodes)


def _speakers(house: House) -> list[Source]:
    return [source for source in house.product if source.app != TOOL]


def _called(node: ast.Call) -> str:
    if isinstance(node.func, ast.Attribute):
        return node.func.attr
    return node.func.id if isinstance(node.func, ast.Name) else ""


def _reads(node: ast.Call) -> bool:
    """Tell a queryset's `filter(open=True)` from a template library's `@register.filter()`."""
    return _called(node) in READS and not (isinstance(node.func, ast.Attribute) and _of_module(node.func, "register"))


def _writes(node: ast.Call) -> bool:
    """Tell a row's `save()` from a picture's `save(path)`, a queryset's `update(a=1)` from a dictionary's `update(more)`."""
    name = _called(node)
    if name in ("save", "delete"):
        return not node.args
    if name == "update":
        return bool(node.keywords) and not node.args
    return name in WRITES


def _sql(source: Source, node: ast.expr) -> str:
    """Answer the SQL as far as it can be read: a literal, an f-string's beginning, a constant of the file."""
    if isinstance(node, ast.JoinedStr) and node.values:
        node = node.values[0]
    if isinstance(node, ast.Name):
        for statement in source.tree.body:
            if isinstance(statement, ast.Assign) and any(isinstance(t, ast.Name) and t.id == node.id for t in statement.targets):
                return _sql(source, statement.value)
    return _constant([node]).strip()


def _constant(nodes: list[ast.expr]) -> str:
    return next((str(node.value) for node in nodes if isinstance(node, ast.Constant) and isinstance(node.value, str)), "")


def _of_module(node: ast.Attribute, module: str) -> bool:
    return isinstance(node.value, ast.Name) and node.value.id == module
