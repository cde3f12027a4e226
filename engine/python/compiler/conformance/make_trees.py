"""Trees that no parser makes, and what compile() of real CPython 3.11 says to them: writes trees.json."""
import ast
import json
import os

HERE = os.path.dirname(os.path.abspath(__file__))
CASES = '''
Module([Expr(BoolOp(And(), [x()]))])
Module([Expr(Compare(x(), [], []))])
Module([Expr(Compare(x(), [Eq()], [x(), x()]))])
Module([Expr(Dict([x()], []))])
Module([Expr(Set([None]))])
Module([Expr(Dict([None], [x()]))])
Module([Expr(Dict([x()], [None]))])
Module([None])
Module([Expr(Name('x', Store()))])
Module([Expr(Name('None', Load()))])
Module([Expr(Name('True', Load()))])
Module([Assign([x()], x())])
Module([Assign([Constant(1)], x())])
Module([Assign([], x())])
Module([Assign([Tuple([x()], Store())], x())])
Module([Assign([Starred(x(), Store())], x())])
Module([Delete([])])
Module([Delete([Name('x', Store())])])
Module([Delete([Constant(1)])])
Module([AugAssign(Constant(1), Add(), x())])
Module([AugAssign(Tuple([s()], Store()), Add(), x())])
Module([AnnAssign(Attribute(x(), 'y', Store()), x(), None, 1)])
Module([AnnAssign(Constant(1), x(), None, 0)])
Module([For(x(), x(), [Pass()], [])])
Module([For(s(), x(), [], [])])
Module([AsyncFor(s(), x(), [], [])])
Module([For(s(), x(), [Pass()], [None])])
Module([While(x(), [], [])])
Module([If(x(), [], [])])
Module([With([], [Pass()])])
Module([With([withitem(x(), x())], [Pass()])])
Module([With([withitem(x())], [])])
Module([AsyncWith([], [Pass()])])
Module([Raise(None, x())])
Module([Try([], [], [], [])])
Module([Try([Pass()], [], [], [])])
Module([Try([Pass()], [], [Pass()], [Pass()])])
Module([Try([Pass()], [ExceptHandler(s(), None, [Pass()])], [], [])])
Module([Try([Pass()], [ExceptHandler(x(), None, [])], [], [])])
Module([TryStar([Pass()], [], [], [])])
Module([TryStar([Pass()], [], [Pass()], [Pass()])])
Module([Import([])])
Module([ImportFrom('a', [], 0)])
Module([ImportFrom('a', [alias('b')], -1)])
Module([ImportFrom('a', [alias('b')])])
Module([Global([])])
Module([Nonlocal([])])
Module([FunctionDef('f', none(), [], [])])
Module([AsyncFunctionDef('f', none(), [], [])])
Module([ClassDef('f', [], [], [], [])])
Module([ClassDef('f', [s()], [], [Pass()], [])])
Module([ClassDef('f', [], [keyword('a', s())], [Pass()], [])])
Module([ClassDef('f', [], [], [Pass()], [s()])])
Module([FunctionDef('f', arguments([], [], None, [], [], None, [x()]), [Pass()], [])])
Module([FunctionDef('f', arguments([], [], None, [arg('a')], [], None, []), [Pass()], [])])
Module([FunctionDef('f', arguments([], [arg('a', s())], None, [], [], None, []), [Pass()], [])])
Module([FunctionDef('f', arguments([], [], arg('a', s()), [], [], None, []), [Pass()], [])])
Module([FunctionDef('f', none(), [Pass()], [], s())])
Module([Expr(Lambda(none(), s()))])
Module([Expr(ListComp(x(), []))])
Module([Expr(ListComp(x(), [comprehension(x(), x(), [], 0)]))])
Module([Expr(ListComp(x(), [comprehension(s(), s(), [], 0)]))])
Module([Expr(DictComp(x(), s(), [comprehension(s(), x(), [], 0)]))])
Module([Expr(NamedExpr(Attribute(x(), 'y', Store()), x()))])
Module([Expr(NamedExpr(x(), x()))])
Module([Expr(Call(x(), [], [keyword(None, s())]))])
Module([Expr(Call(s(), [], []))])
Module([Expr(Subscript(x(), s(), Load()))])
Module([Expr(Subscript(s(), Slice(s()), Load()))])
Module([Expr(Starred(x(), Load()))])
Module([Expr(JoinedStr([s()]))])
Module([Expr(FormattedValue(x(), 65, None))])
Module([Expr(FormattedValue(x(), -1, s()))])
Module([Match(x(), [])])
Module([Match(x(), [match_case(MatchAs(), None, [])])])
Module([Match(x(), [match_case(MatchValue(x()), None, [Pass()])])])
Module([Match(x(), [match_case(MatchValue(Constant(None)), None, [Pass()])])])
Module([Match(x(), [match_case(MatchValue(Constant(...)), None, [Pass()])])])
Module([Match(x(), [match_case(MatchValue(UnaryOp(Not(), Constant(1))), None, [Pass()])])])
Module([Match(x(), [match_case(MatchValue(UnaryOp(USub(), Constant('a'))), None, [Pass()])])])
Module([Match(x(), [match_case(MatchValue(UnaryOp(USub(), Constant(1j))), None, [Pass()])])])
Module([Match(x(), [match_case(MatchValue(BinOp(Constant(1), Add(), Constant(2))), None, [Pass()])])])
Module([Match(x(), [match_case(MatchValue(BinOp(Constant(1), Mult(), Constant(2j))), None, [Pass()])])])
Module([Match(x(), [match_case(MatchValue(BinOp(Constant(1), Sub(), Constant(2j))), None, [Pass()])])])
Module([Match(x(), [match_case(MatchValue(JoinedStr([Constant('a')])), None, [Pass()])])])
Module([Match(x(), [match_case(MatchSingleton(1), None, [Pass()])])])
Module([Match(x(), [match_case(MatchStar('a'), None, [Pass()])])])
Module([Match(x(), [match_case(MatchSequence([MatchStar('_')]), None, [Pass()])])])
Module([Match(x(), [match_case(MatchSequence([MatchStar('None')]), None, [Pass()])])])
Module([Match(x(), [match_case(MatchMapping([Constant(1)], [], None), None, [Pass()])])])
Module([Match(x(), [match_case(MatchMapping([], [], '_'), None, [Pass()])])])
Module([Match(x(), [match_case(MatchMapping([Constant(True)], [MatchAs()], None), None, [Pass()])])])
Module([Match(x(), [match_case(MatchMapping([x()], [MatchAs()], None), None, [Pass()])])])
Module([Match(x(), [match_case(MatchMapping([Constant(1)], [MatchStar()], None), None, [Pass()])])])
Module([Match(x(), [match_case(MatchClass(Constant(1), [], [], []), None, [Pass()])])])
Module([Match(x(), [match_case(MatchClass(x(), [], ['a'], []), None, [Pass()])])])
Module([Match(x(), [match_case(MatchClass(x(), [], ['True'], [MatchAs()]), None, [Pass()])])])
Module([Match(x(), [match_case(MatchAs(MatchAs(), None), None, [Pass()])])])
Module([Match(x(), [match_case(MatchAs(None, '_'), None, [Pass()])])])
Module([Match(x(), [match_case(MatchOr([MatchAs()]), None, [Pass()])])])
Module([Match(x(), [match_case(MatchAs(), s(), [Pass()])])])
Module([Expr(Constant(1, lineno=2, end_lineno=1, col_offset=0, end_col_offset=1))])
Module([Expr(Constant(1, lineno=-2, end_lineno=1, col_offset=0, end_col_offset=1))])
Module([Expr(Constant(1, lineno=1, end_lineno=1, col_offset=-2, end_col_offset=1))])
Module([Expr(Constant(1, lineno=1, end_lineno=1, col_offset=3, end_col_offset=1))])
Module([Expr(Constant(1, lineno=1, end_lineno=2, col_offset=3, end_col_offset=1))])
Module([Expr(Attribute(x(), 'a_long_name', Load(), lineno=1, end_lineno=2, col_offset=0, end_col_offset=3))])
Module([Expr(Attribute(x(), 'name', Load(), lineno=1, end_lineno=2, col_offset=0, end_col_offset=9))])
Module([Expr(Constant((1, (2, frozenset({3})))))])
Module([Assign([s()], Constant(frozenset({1})))])
Module([Assign([s()], BinOp(Constant((1, 2)), Add(), Constant((3,))))])
Module([Try([Pass()], [ExceptHandler(None, None, [Pass()]), ExceptHandler(x(), None, [Pass()])], [], [])])
Module([Match(x(), [match_case(MatchClass(x(), [], ['a', 'b'], [MatchAs(), MatchAs()]), None, [Pass()])])])
Module([FunctionDef('f', none(), [Return(x())], [x()], x())])
Expression(s())
Expression(x())
Interactive([Expr(x())])
Interactive([None])
'''


def constructors():
    names = {name: getattr(ast, name) for name in dir(ast)}
    names['x'] = lambda: ast.Name('x', ast.Load())
    names['s'] = lambda: ast.Name('s', ast.Store())
    names['none'] = lambda: ast.arguments([], [], None, [], [], None, [])
    return names


def constant(value):
    if isinstance(value, (bool, type(None), str)):
        return value
    if value is ...:
        return {'constant': 'ellipsis'}
    if isinstance(value, int):
        return {'constant': 'int', 'value': str(value)}
    if isinstance(value, complex):
        return {'constant': 'complex', 'value': [value.real, value.imag]}
    return {'constant': type(value).__name__, 'value': [constant(item) for item in value]}


def dump(node):
    """Nested arrays: the constructor's name, then the fields, then the position of nodes that have one."""
    if isinstance(node, list):
        return [dump(item) for item in node]
    if not isinstance(node, ast.AST):
        return node
    if isinstance(node, (ast.Constant, ast.MatchSingleton)):
        fields = [constant(node.value)] + ([None] if isinstance(node, ast.Constant) else [])
    else:
        fields = [dump(getattr(node, name, None)) for name in node._fields]
    return {'node': type(node).__name__, 'fields': fields + [getattr(node, name) for name in node._attributes]}


def fill_positions(node):
    """As ast.fix_missing_locations, which does not go through lists that hold None."""
    if isinstance(node, list):
        for item in node:
            fill_positions(item)
    if isinstance(node, ast.AST):
        for name, value in zip(('lineno', 'col_offset', 'end_lineno', 'end_col_offset'), (1, 0, 1, 0)):
            if name in node._attributes and getattr(node, name, None) is None:
                setattr(node, name, value)
        for name in node._fields:
            fill_positions(getattr(node, name, None))
        if isinstance(node, ast.Module):
            node.type_ignores = []


def outcome(tree):
    from reference import code_text, digest
    mode = {'Module': 'exec', 'Expression': 'eval', 'Interactive': 'single'}[type(tree).__name__]
    try:
        return {'code': digest(code_text(compile(tree, '<case>', mode, dont_inherit=True)))}
    except Exception as error:
        return {'error': [type(error).__name__, error.msg if isinstance(error, SyntaxError) else str(error)]}


def main():
    records = []
    for case in CASES.strip().splitlines():
        tree = eval(case, constructors())
        fill_positions(tree)
        records.append({'case': case, 'tree': dump(tree), **outcome(tree)})
    with open(os.path.join(HERE, 'trees.json'), 'w') as file:
        json.dump(records, file, separators=(',', ':'))
        file.write('\n')


main()
