"""Short constructors for gast nodes, and the two questions every pass asks: what is read, what is written."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from operator import itemgetter
from typing import Any

import gast

__all__ = ["add_to", "assign", "assigned", "attribute", "binop", "blocks", "bound_by", "bound_in", "call", "change_blocks",
           "children", "clone", "const", "ends_in_raise", "function", "heads", "if_", "is_atom", "is_none", "load", "locate",
           "mentioned", "names", "path_text", "reads", "shallow", "statements", "store", "subscript", "try_", "tuple_", "written"]

LOAD, STORE, DEL, PARAM = gast.Load(), gast.Store(), gast.Del(), gast.Param()
_new = gast.AST.__new__
COMPOUND = frozenset({gast.If, gast.For, gast.While, gast.Try})


def make(cls: Any, **fields: Any) -> Any:
    """A node with all its fields, sooner than gast makes it."""
    node = _new(cls)
    node.__dict__ = fields
    return node


def load(name: str) -> Any:
    node = _new(gast.Name)      # most of all nodes
    node.__dict__ = {"id": name, "ctx": LOAD, "annotation": None, "type_comment": None}
    return node


def store(name: str) -> Any:
    return make(gast.Name, id=name, ctx=STORE, annotation=None, type_comment=None)


def param(name: str) -> Any:
    return make(gast.Name, id=name, ctx=PARAM, annotation=None, type_comment=None)


def const(value: Any) -> Any:
    return make(gast.Constant, value=value, kind=None)


def call(f: Any, *args: Any, **keywords: Any) -> Any:
    f = load(f) if isinstance(f, str) else f
    return make(gast.Call, func=f, args=list(args), keywords=[gast.keyword(arg=k, value=v) for k, v in keywords.items()])


def attribute(value: Any, attr: str) -> Any:
    return make(gast.Attribute, value=value, attr=attr, ctx=LOAD)


def subscript(value: Any, index: Any) -> Any:
    return make(gast.Subscript, value=value, slice=index, ctx=LOAD)


def binop(left: Any, op: Any, right: Any) -> Any:
    return make(gast.BinOp, left=left, op=op(), right=right)


def tuple_(items: Iterable[Any], ctx: Any = LOAD) -> Any:
    return make(gast.Tuple, elts=list(items), ctx=ctx)


def assign(target: Any, value: Any) -> Any:
    """`target = value`; the target is a name, a list of names (unpacking) or a node."""
    if isinstance(target, str):
        target = store(target)
    elif isinstance(target, (list, tuple)):
        target = tuple_([store(t) for t in target], STORE)
    return make(gast.Assign, targets=[target], value=value, type_comment=None)


def add_to(target: str, value: Any) -> Any:
    return make(gast.AugAssign, target=store(target), op=gast.Add(), value=value)


def if_(test: Any, body: list, orelse: list | None = None) -> Any:
    return make(gast.If, test=test, body=body or [gast.Pass()], orelse=orelse or [])


def try_(body: list, caught: str, handler: list, every: Any) -> Any:
    """`try: body; except every as caught: handler`; `every` is the expression for BaseException."""
    clause = gast.ExceptHandler(type=every, name=store(caught), body=handler or [gast.Pass()])
    return gast.Try(body=body or [gast.Pass()], handlers=[clause], orelse=[], finalbody=[])


def blocks(statement: Any) -> list[list]:
    """The blocks of a compound statement of core or generated code."""
    kind = statement.__class__
    if kind not in COMPOUND:
        return []
    if kind is gast.If:
        return [statement.body, statement.orelse]
    if kind is gast.Try:
        return [statement.body, statement.handlers[0].body]
    return [statement.body]


def heads(statement: Any) -> list[Any]:
    """The parts of a statement that are no blocks: all of a simple one."""
    kind = statement.__class__
    if kind not in COMPOUND:
        return [statement]
    if kind is gast.For:
        return [statement.target, statement.iter]
    if kind is gast.Try:
        return [statement.handlers[0].type, statement.handlers[0].name]
    return [statement.test]


def change_blocks(statement: Any, change: Callable[[list], list]) -> None:
    """Put another block in place of each of a statement's."""
    for field in ("body", "orelse"):
        if getattr(statement, field, None):
            setattr(statement, field, change(getattr(statement, field)))
    if isinstance(statement, gast.Try):
        statement.handlers[0].body = change(statement.handlers[0].body)


def ends_in_raise(body: list) -> bool:
    """Whether every path through a block of core code raises."""
    if not body:
        return False
    last = body[-1]
    if isinstance(last, gast.If):
        return ends_in_raise(last.body) and ends_in_raise(last.orelse)
    return isinstance(last, gast.Raise)


def function(name: str, params: Iterable[str], body: list) -> Any:
    arguments = gast.arguments(args=[param(p) for p in params], posonlyargs=[], vararg=None, kwonlyargs=[], kw_defaults=[],
                               kwarg=None,
                               defaults=[])
    return gast.FunctionDef(name=name, args=arguments, body=body, decorator_list=[], returns=None, type_comment=None,
                            type_params=[])


def is_atom(node: Any) -> bool:
    return isinstance(node, (gast.Name, gast.Constant))


def is_none(node: Any) -> bool:
    return isinstance(node, gast.Constant) and node.value is None


def clone(node: Any) -> Any:
    """Copy an expression, so that no two places of a tree share a node."""
    cls = node.__class__
    if cls is list:
        return [clone(n) for n in node]
    if cls in _SHARED or not isinstance(node, gast.AST):
        return node
    new = _new(cls)
    fields = new.__dict__ = node.__dict__.copy()
    for field in _PARTS[cls]:
        value = fields.get(field)
        if value is not None:
            fields[field] = clone(value)
    return new


def shallow(node: Any) -> Any:
    """A node of its own with the same parts."""
    new = _new(node.__class__)
    new.__dict__ = node.__dict__.copy()
    return new


def locate(node: Any, origin: Any) -> Any:
    """Give a new statement the position of the statement that it comes from, and the calls that led there (`site`)."""
    given = {} if origin is None else origin.__dict__
    if given.get("lineno") is not None:
        fields = node.__dict__
        fields["lineno"], fields["col_offset"] = given["lineno"], given["col_offset"]
        fields["end_lineno"], fields["end_col_offset"] = given.get("end_lineno"), given.get("end_col_offset")
        if given.get("site") is not None:
            fields["site"] = given["site"]
    return node


_CLASSES: list[Any] = [cls for cls in vars(gast).values() if isinstance(cls, type) and issubclass(cls, gast.AST)]
_LEAVES = frozenset({cls for cls in _CLASSES if issubclass(
    cls, (gast.expr_context, gast.operator, gast.boolop, gast.unaryop, gast.cmpop))})
_SHARED = _LEAVES | {gast.FunctionDef, gast.Lambda}
_WORDS = {"id", "ctx", "op", "ops", "attr", "arg", "kind", "type_comment", "module", "level", "conversion", "simple", "is_async",
          "kwd_attrs", "rest", "asname"}
_PARTS: dict[type, tuple[str, ...]] = {cls: tuple([f for f in cls._fields if f not in _WORDS]) for cls in _CLASSES}
_PARTS[gast.Constant] = ()
"""The fields of a node in which nodes may be, contexts and operators aside."""


def _looked_for(cls: type) -> Callable[[dict], Sequence[Any]]:
    """What finds the nodes directly below one of a class in its fields, whatever else is in them."""
    parts = _PARTS[cls]

    def find(fields: dict) -> list[Any]:
        found: list[Any] = []
        for part in parts:
            value = fields.get(part)
            if isinstance(value, list):
                found += [v for v in value if isinstance(v, gast.AST)]
            elif isinstance(value, gast.AST):
                found.append(value)
        return found
    return find


def _parameters(fields: dict) -> list[Any]:
    """The parameters of a function, their defaults, and their annotations, which no other names have."""
    found = _looked_for(gast.arguments)(fields)
    return [*found, *[n.annotation for n in found if n.__class__ is gast.Name and n.annotation is not None]]


_BELOW: dict[type, Callable[[dict], Sequence[Any]] | None] = {
    **{cls: _looked_for(cls) if _PARTS[cls] else None for cls in _CLASSES},
    gast.Assign: lambda fields: [*fields["targets"], fields["value"]],
    gast.AugAssign: itemgetter("target", "value"),
    gast.BinOp: itemgetter("left", "right"),
    gast.Call: lambda fields: [fields["func"], *fields["args"], *fields["keywords"]],
    gast.Compare: lambda fields: [fields["left"], *fields["comparators"]],
    gast.List: itemgetter("elts"),
    gast.Name: None,
    gast.Subscript: itemgetter("value", "slice"),
    gast.Tuple: itemgetter("elts"),
    gast.arguments: _parameters,
}
"""By the class of a node, what finds the nodes directly below it in its fields; None where there are none. For the commonest
classes it says where they are."""


def children(node: Any) -> Sequence[Any]:
    """The nodes directly below one, without contexts and operators."""
    below = _BELOW[node.__class__]
    return () if below is None else below(node.__dict__)


def walk(node: Any) -> list[Any]:
    """All nodes below and including `node`, without contexts and operators."""
    found = [node]
    for n in found:
        below = _BELOW[n.__class__]
        if below is not None:
            found += below(n.__dict__)
    return found


def names(node: Any) -> set[str]:
    """The names that an expression reads."""
    if node.__class__ is gast.Name:
        return set() if node.ctx.__class__ is gast.Store else {node.id}
    return {n.id for n in walk(node) if n.__class__ is gast.Name and n.ctx.__class__ is not gast.Store}


def mentioned(*nodes: Any) -> set[str]:
    """The names in statements or expressions, read or bound, at any depth."""
    return {n.id for node in nodes for n in walk(node) if n.__class__ is gast.Name}


def written(statement: Any) -> set[str]:
    """The names that a simple statement binds or deletes."""
    kind = statement.__class__
    if kind is gast.Assign:
        targets = statement.targets
        if len(targets) == 1:
            target = targets[0]
            if target.__class__ is gast.Name:
                return {target.id}
            if target.__class__ is gast.Tuple and all(t.__class__ is gast.Name for t in target.elts):
                return {t.id for t in target.elts}
        return {n.id for t in targets for n in walk(t) if n.__class__ is gast.Name and n.ctx.__class__ is gast.Store}
    if kind is gast.AugAssign:
        return {statement.target.id} if statement.target.__class__ is gast.Name else set()
    if kind is gast.Import or kind is gast.ImportFrom:
        return {(a.asname or a.name).split(".")[0] for a in statement.names}
    if kind is gast.Delete:
        return {t.id for t in statement.targets if t.__class__ is gast.Name}
    if kind is gast.FunctionDef or kind is gast.ClassDef:
        return {statement.name}
    return set()


def reads(statement: Any) -> set[str]:
    """The names that a simple statement reads."""
    kind = statement.__class__
    if kind is gast.Assign:
        found = names(statement.value)
        for t in statement.targets:
            if t.__class__ is not gast.Name:
                found |= names(t)
        return found
    if kind is gast.AugAssign:
        found = names(statement.value)
        if statement.target.__class__ is gast.Name:
            found.add(statement.target.id)
        else:
            found |= names(statement.target)
        return found
    return names(statement) if isinstance(statement, gast.AST) else set()


def assigned(body: list) -> set[str]:
    """The names that a list of statements may bind, at any depth."""
    found: set[str] = set()
    for s in statements(body):
        if s.__class__ not in COMPOUND:
            found |= written(s)
        elif s.__class__ is gast.For:
            found |= bound_in(s.target)
    return found


def bound_by(s: Any, memo: dict[int, set[str]]) -> set[str]:
    """The names that a statement may bind, at any depth; `memo` keeps what each compound statement binds, while they all stay."""
    if s.__class__ not in COMPOUND:
        return written(s)
    found = memo.get(id(s))
    if found is None:
        found = bound_in(s.target) if s.__class__ is gast.For else set()
        for block in blocks(s):
            for x in block:
                found |= bound_by(x, memo)
        memo[id(s)] = found
    return found


def bound_in(target: Any) -> set[str]:
    """The names in the target of a loop."""
    return {target.id} if target.__class__ is gast.Name else {n.id for n in walk(target) if n.__class__ is gast.Name}


def statements(body: list) -> list[Any]:
    """All statements, at any depth, in order."""
    found: list[Any] = []
    for s in body:
        found.append(s)
        if s.__class__ in COMPOUND:
            for block in blocks(s):
                found += statements(block)
    return found


def path_text(e: Any) -> str | None:
    """`a.b.c` for a name or an attribute of a path."""
    if isinstance(e, gast.Name):
        return str(e.id)
    if isinstance(e, gast.Attribute):
        base = path_text(e.value)
        return None if base is None else f"{base}.{e.attr}"
    return None
