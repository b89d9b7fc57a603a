"""The house rules that a machine can judge: a file's path and text give the breaches in it."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

CHECKOUT = Path(__file__).resolve().parents[2]
APPS = ("users", "wallets", "creators", "gifts", "promotions")
PRODUCT = (*APPS, "gifteconomy")
MONEY = ("wallets", "creators")

FILE_LINES = 400
TEST_FILE_LINES = 600
FUNCTION_LINES = 70
LOCKING = re.compile(r"\bFOR\s+(NO\s+KEY\s+UPDATE|UPDATE|SHARE|KEY\s+SHARE)\b", re.IGNORECASE)
VAGUE_NAMES = {"utils", "util", "helpers", "helper", "common", "services", "service", "misc"}

Breaches = Iterator[str]


def python_files(*folders: str) -> list[PurePosixPath]:
    """The project's Python files below these folders, migrations and what is installed left out."""
    found = []
    for folder in folders:
        for path in sorted((CHECKOUT / folder).rglob("*.py")):
            relative = PurePosixPath(path.relative_to(CHECKOUT))
            if not {"migrations", "node_modules", ".venv"} & set(relative.parts):
                found.append(relative)
    return found


def nodes(tree: ast.AST) -> Iterator[ast.expr | ast.stmt]:
    """Every part of a source that stands on a line of its own or in one."""
    return (node for node in ast.walk(tree) if isinstance(node, ast.expr | ast.stmt))


def docstrings(tree: ast.AST) -> set[ast.AST]:
    """The string nodes that only explain."""
    documented = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)
    return {
        statement.value
        for node in ast.walk(tree)
        if isinstance(node, documented)
        for statement in node.body[:1]
        if isinstance(statement, ast.Expr)
    }


def file_size(path: PurePosixPath, text: str) -> Breaches:
    limit = TEST_FILE_LINES if path.parts[0] == "tests" else FILE_LINES
    lines = text.count("\n")
    if lines > limit:
        yield f"{path}: {lines} lines, at most {limit}: split it by business fact"


def function_size(path: PurePosixPath, text: str) -> Breaches:
    for node in nodes(ast.parse(text)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            lines = (node.end_lineno or node.lineno) - node.lineno + 1
            if lines > FUNCTION_LINES:
                yield f"{path}:{node.lineno}: {node.name} has {lines} lines, at most 70"


def lock_sites(path: PurePosixPath, text: str) -> Breaches:
    """Rows are locked in locks.py alone, so that one file shows the order of all locks."""
    if path.name == "locks.py":
        return
    tree = ast.parse(text)
    explained = docstrings(tree)
    for node in nodes(tree):
        locks = isinstance(node, ast.Attribute) and node.attr == "select_for_update"
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            locks = node not in explained and bool(LOCKING.search(node.value))
        if locks:
            yield f"{path}:{node.lineno}: locks rows outside of locks.py"


def no_float(path: PurePosixPath, text: str) -> Breaches:
    """Money is whole numbers: no float is written, made or divided into. A pause may be short."""
    if path.stem.startswith("chart"):
        return
    tree = ast.parse(text)
    pauses = {
        argument
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and ast.unparse(node.func).endswith("sleep")
        for part in node.args
        for argument in ast.walk(part)
    }
    for node in nodes(tree):
        what = None
        if node in pauses:
            continue
        if isinstance(node, ast.Constant) and isinstance(node.value, float):
            what = f"the float {node.value}"
        elif isinstance(node, ast.Name) and node.id == "float":
            what = "float"
        elif isinstance(node, ast.BinOp | ast.AugAssign) and isinstance(node.op, ast.Div):
            what = "true division"
        elif isinstance(node, ast.Attribute) and node.attr in ("FloatField", "truediv"):
            what = node.attr
        if what:
            yield f"{path}:{node.lineno}: {what} in a money module"


def vague_name(path: PurePosixPath, text: str) -> Breaches:
    vague = VAGUE_NAMES & {part.removesuffix(path.suffix) for part in path.parts}
    if vague:
        yield f"{path}: {', '.join(sorted(vague))} says nothing: name it for what it holds"


def no_address(path: PurePosixPath, text: str) -> Breaches:
    """A lock names packages and hashes; where they are fetched is the machine's business."""
    for number, line in enumerate(text.splitlines(), 1):
        if "://" in line or "index-url" in line:
            yield f"{path}:{number}: an address in a lock file: {line.strip()[:60]}"


def reads_environment(path: PurePosixPath, text: str) -> Breaches:
    """Settings and what runs before them read the environment; the apps read settings."""
    for node in nodes(ast.parse(text)):
        if isinstance(node, ast.Attribute) and node.attr in ("environ", "getenv"):
            yield f"{path}:{node.lineno}: reads the environment; take it from settings"


def variables_read(text: str) -> set[str]:
    """The names of the environment variables that a source reads by name."""
    names: set[str] = set()
    name: ast.expr | None
    for node in nodes(ast.parse(text)):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            owner = ast.unparse(node.func.value)
            reader = owner == "env" or (owner.endswith("environ") and node.func.attr == "get")
            if reader and node.args and isinstance(node.args[0], ast.Constant):
                names.add(str(node.args[0].value))
            continue
        owner, name = "", None
        if isinstance(node, ast.Subscript):
            owner, name = ast.unparse(node.value), node.slice
        elif isinstance(node, ast.Compare):
            owner, name = ast.unparse(node.comparators[0]), node.left
        if owner == "os.environ" and isinstance(name, ast.Constant):
            names.add(str(name.value))
    return names


def variables_documented(text: str) -> dict[str, str]:
    """The variables of .env.example with their meanings."""
    lines = re.findall(
        r"^#? ?([A-Z][A-Z0-9_]*)=([^\n]*?)(?:\s{2,}(\S[^\n]*))?$", text, re.MULTILINE
    )
    return {name: meaning for name, _default, meaning in lines}
