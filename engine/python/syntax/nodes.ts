// The abstract syntax of Python 3.11: one class per constructor of CPython's Parser/Python.asdl.
//
// `_type` is the constructor's name, fields stand in the order of the ASDL (which is the order of
// `ast.dump`), and a node with attributes ends with `lineno` (1-based), `col_offset` (0-based, UTF-8
// bytes), `end_lineno`, `end_col_offset`. The parser builds these, the compiler reads them, and the
// `_ast` module converts them from and to Python objects with the help of `NODE_FIELDS`. Import it as a
// namespace (`import * as ast`): some constructors share their name with JavaScript globals.
// `arguments` is not allowed as a class name in strict code, hence `arguments_`.
import type { ConstantValue } from './constant'

export class Add {
  readonly _type = 'Add'
}
export class And {
  readonly _type = 'And'
}
export class AnnAssign {
  readonly _type = 'AnnAssign'
  constructor(public target: expr, public annotation: expr, public value: expr | null, public simple: number, public lineno: number, public col_offset: number, public end_lineno: number, public end_col_offset: number) {}
}
export class Assert {
  readonly _type = 'Assert'
  constructor(public test: expr, public msg: expr | null, public lineno: number, public col_offset: number, public end_lineno: number, public end_col_offset: number) {}
}
export class Assign {
  readonly _type = 'Assign'
  constructor(public targets: expr[], public value: expr, public type_comment: string | null, public lineno: number, public col_offset: number, public end_lineno: number, public end_col_offset: number) {}
}
export class AsyncFor {
  readonly _type = 'AsyncFor'
  constructor(public target: expr, public iter: expr, public body: stmt[], public orelse: stmt[], public type_comment: string | null, public lineno: number, public col_offset: number, public end_lineno: number, public end_col_offset: number) {}
}
export class AsyncFunctionDef {
  readonly _type = 'AsyncFunctionDef'
  constructor(public name: string, public args: arguments_, public body: stmt[], public decorator_list: expr[], public returns: expr | null, public type_comment: string | null, public lineno: number, public col_offset: number, public end_lineno: number, public end_col_offset: number) {}
}
export class AsyncWith {
  readonly _type = 'AsyncWith'
  constructor(public items: withitem[], public body: stmt[], public type_comment: string | null, public lineno: number, public col_offset: number, public end_lineno: number, public end_col_offset: number) {}
}
export class Attribute {
  readonly _type = 'Attribute'
  constructor(public value: expr, public attr: string, public ctx: expr_context, public lineno: number, public col_offset: number, public end_lineno: number, public end_col_offset: number) {}
}
export class AugAssign {
  readonly _type = 'AugAssign'
  constructor(public target: expr, public op: operator, public value: expr, public lineno: number, public col_offset: number, public end_lineno: number, public end_col_offset: number) {}
}
export class Await {
  readonly _type = 'Await'
  constructor(public value: expr, public lineno: number, public col_offset: number, public end_lineno: number, public end_col_offset: number) {}
}
export class BinOp {
  readonly _type = 'BinOp'
  constructor(public left: expr, public op: operator, public right: expr, public lineno: number, public col_offset: number, public end_lineno: number, public end_col_offset: number) {}
}
export class BitAnd {
  readonly _type = 'BitAnd'
}
export class BitOr {
  readonly _type = 'BitOr'
}
export class BitXor {
  readonly _type = 'BitXor'
}
export class BoolOp {
  readonly _type = 'BoolOp'
  constructor(public op: boolop, public values: expr[], public lineno: number, public col_offset: number, public end_lineno: number, public end_col_offset: number) {}
}
export class Break {
  readonly _type = 'Break'
  constructor(public lineno: number, public col_offset: number, public end_lineno: number, public end_col_offset: number) {}
}
export class Call {
  readonly _type = 'Call'
  constructor(public func: expr, public args: expr[], public keywords: keyword[], public lineno: number, public col_offset: number, public end_lineno: number, public end_col_offset: number) {}
}
export class ClassDef {
  readonly _type = 'ClassDef'
  constructor(public name: string, public bases: expr[], public keywords: keyword[], public body: stmt[], public decorator_list: expr[], public lineno: number, public col_offset: number, public end_lineno: number, public end_col_offset: number) {}
}
export class Compare {
  readonly _type = 'Compare'
  constructor(public left: expr, public ops: cmpop[], public comparators: expr[], public lineno: number, public col_offset: number, public end_lineno: number, public end_col_offset: number) {}
}
export class Constant {
  readonly _type = 'Constant'
  constructor(public value: ConstantValue, public kind: string | null, public lineno: number, public col_offset: number, public end_lineno: number, public end_col_offset: number) {}
}
export class Continue {
  readonly _type = 'Continue'
  constructor(public lineno: number, public col_offset: number, public end_lineno: number, public end_col_offset: number) {}
}
export class Del {
  readonly _type = 'Del'
}
export class Delete {
  readonly _type = 'Delete'
  constructor(public targets: expr[], public lineno: number, public col_offset: number, public end_lineno: number, public end_col_offset: number) {}
}
export class Dict {
  readonly _type = 'Dict'
  constructor(public keys: (expr | null)[], public values: expr[], public lineno: number, public col_offset: number, public end_lineno: number, public end_col_offset: number) {}
}
export class DictComp {
  readonly _type = 'DictComp'
  constructor(public key: expr, public value: expr, public generators: comprehension[], public lineno: number, public col_offset: number, public end_lineno: number, public end_col_offset: number) {}
}
export class Div {
  readonly _type = 'Div'
}
export class Eq {
  readonly _type = 'Eq'
}
export class ExceptHandler {
  readonly _type = 'ExceptHandler'
  constructor(public type: expr | null, public name: string | null, public body: stmt[], public lineno: number, public col_offset: number, public end_lineno: number, public end_col_offset: number) {}
}
export class Expr {
  readonly _type = 'Expr'
  constructor(public value: expr, public lineno: number, public col_offset: number, public end_lineno: number, public end_col_offset: number) {}
}
export class Expression {
  readonly _type = 'Expression'
  constructor(public body: expr) {}
}
export class FloorDiv {
  readonly _type = 'FloorDiv'
}
export class For {
  readonly _type = 'For'
  constructor(public target: expr, public iter: expr, public body: stmt[], public orelse: stmt[], public type_comment: string | null, public lineno: number, public col_offset: number, public end_lineno: number, public end_col_offset: number) {}
}
export class FormattedValue {
  readonly _type = 'FormattedValue'
  constructor(public value: expr, public conversion: number, public format_spec: expr | null, public lineno: number, public col_offset: number, public end_lineno: number, public end_col_offset: number) {}
}
export class FunctionDef {
  readonly _type = 'FunctionDef'
  constructor(public name: string, public args: arguments_, public body: stmt[], public decorator_list: expr[], public returns: expr | null, public type_comment: string | null, public lineno: number, public col_offset: number, public end_lineno: number, public end_col_offset: number) {}
}
export class FunctionType {
  readonly _type = 'FunctionType'
  constructor(public argtypes: expr[], public returns: expr) {}
}
export class GeneratorExp {
  readonly _type = 'GeneratorExp'
  constructor(public elt: expr, public generators: comprehension[], public lineno: number, public col_offset: number, public end_lineno: number, public end_col_offset: number) {}
}
export class Global {
  readonly _type = 'Global'
  constructor(public names: string[], public lineno: number, public col_offset: number, public end_lineno: number, public end_col_offset: number) {}
}
export class Gt {
  readonly _type = 'Gt'
}
export class GtE {
  readonly _type = 'GtE'
}
export class If {
  readonly _type = 'If'
  constructor(public test: expr, public body: stmt[], public orelse: stmt[], public lineno: number, public col_offset: number, public end_lineno: number, public end_col_offset: number) {}
}
export class IfExp {
  readonly _type = 'IfExp'
  constructor(public test: expr, public body: expr, public orelse: expr, public lineno: number, public col_offset: number, public end_lineno: number, public end_col_offset: number) {}
}
export class Import {
  readonly _type = 'Import'
  constructor(public names: alias[], public lineno: number, public col_offset: number, public end_lineno: number, public end_col_offset: number) {}
}
export class ImportFrom {
  readonly _type = 'ImportFrom'
  constructor(public module: string | null, public names: alias[], public level: number | null, public lineno: number, public col_offset: number, public end_lineno: number, public end_col_offset: number) {}
}
export class In {
  readonly _type = 'In'
}
export class Interactive {
  readonly _type = 'Interactive'
  constructor(public body: stmt[]) {}
}
export class Invert {
  readonly _type = 'Invert'
}
export class Is {
  readonly _type = 'Is'
}
export class IsNot {
  readonly _type = 'IsNot'
}
export class JoinedStr {
  readonly _type = 'JoinedStr'
  constructor(public values: expr[], public lineno: number, public col_offset: number, public end_lineno: number, public end_col_offset: number) {}
}
export class LShift {
  readonly _type = 'LShift'
}
export class Lambda {
  readonly _type = 'Lambda'
  constructor(public args: arguments_, public body: expr, public lineno: number, public col_offset: number, public end_lineno: number, public end_col_offset: number) {}
}
export class List {
  readonly _type = 'List'
  constructor(public elts: expr[], public ctx: expr_context, public lineno: number, public col_offset: number, public end_lineno: number, public end_col_offset: number) {}
}
export class ListComp {
  readonly _type = 'ListComp'
  constructor(public elt: expr, public generators: comprehension[], public lineno: number, public col_offset: number, public end_lineno: number, public end_col_offset: number) {}
}
export class Load {
  readonly _type = 'Load'
}
export class Lt {
  readonly _type = 'Lt'
}
export class LtE {
  readonly _type = 'LtE'
}
export class MatMult {
  readonly _type = 'MatMult'
}
export class Match {
  readonly _type = 'Match'
  constructor(public subject: expr, public cases: match_case[], public lineno: number, public col_offset: number, public end_lineno: number, public end_col_offset: number) {}
}
export class MatchAs {
  readonly _type = 'MatchAs'
  constructor(public pattern: pattern | null, public name: string | null, public lineno: number, public col_offset: number, public end_lineno: number, public end_col_offset: number) {}
}
export class MatchClass {
  readonly _type = 'MatchClass'
  constructor(public cls: expr, public patterns: pattern[], public kwd_attrs: string[], public kwd_patterns: pattern[], public lineno: number, public col_offset: number, public end_lineno: number, public end_col_offset: number) {}
}
export class MatchMapping {
  readonly _type = 'MatchMapping'
  constructor(public keys: expr[], public patterns: pattern[], public rest: string | null, public lineno: number, public col_offset: number, public end_lineno: number, public end_col_offset: number) {}
}
export class MatchOr {
  readonly _type = 'MatchOr'
  constructor(public patterns: pattern[], public lineno: number, public col_offset: number, public end_lineno: number, public end_col_offset: number) {}
}
export class MatchSequence {
  readonly _type = 'MatchSequence'
  constructor(public patterns: pattern[], public lineno: number, public col_offset: number, public end_lineno: number, public end_col_offset: number) {}
}
export class MatchSingleton {
  readonly _type = 'MatchSingleton'
  constructor(public value: ConstantValue, public lineno: number, public col_offset: number, public end_lineno: number, public end_col_offset: number) {}
}
export class MatchStar {
  readonly _type = 'MatchStar'
  constructor(public name: string | null, public lineno: number, public col_offset: number, public end_lineno: number, public end_col_offset: number) {}
}
export class MatchValue {
  readonly _type = 'MatchValue'
  constructor(public value: expr, public lineno: number, public col_offset: number, public end_lineno: number, public end_col_offset: number) {}
}
export class Mod {
  readonly _type = 'Mod'
}
export class Module {
  readonly _type = 'Module'
  constructor(public body: stmt[], public type_ignores: type_ignore[]) {}
}
export class Mult {
  readonly _type = 'Mult'
}
export class Name {
  readonly _type = 'Name'
  constructor(public id: string, public ctx: expr_context, public lineno: number, public col_offset: number, public end_lineno: number, public end_col_offset: number) {}
}
export class NamedExpr {
  readonly _type = 'NamedExpr'
  constructor(public target: expr, public value: expr, public lineno: number, public col_offset: number, public end_lineno: number, public end_col_offset: number) {}
}
export class Nonlocal {
  readonly _type = 'Nonlocal'
  constructor(public names: string[], public lineno: number, public col_offset: number, public end_lineno: number, public end_col_offset: number) {}
}
export class Not {
  readonly _type = 'Not'
}
export class NotEq {
  readonly _type = 'NotEq'
}
export class NotIn {
  readonly _type = 'NotIn'
}
export class Or {
  readonly _type = 'Or'
}
export class Pass {
  readonly _type = 'Pass'
  constructor(public lineno: number, public col_offset: number, public end_lineno: number, public end_col_offset: number) {}
}
export class Pow {
  readonly _type = 'Pow'
}
export class RShift {
  readonly _type = 'RShift'
}
export class Raise {
  readonly _type = 'Raise'
  constructor(public exc: expr | null, public cause: expr | null, public lineno: number, public col_offset: number, public end_lineno: number, public end_col_offset: number) {}
}
export class Return {
  readonly _type = 'Return'
  constructor(public value: expr | null, public lineno: number, public col_offset: number, public end_lineno: number, public end_col_offset: number) {}
}
export class Set {
  readonly _type = 'Set'
  constructor(public elts: expr[], public lineno: number, public col_offset: number, public end_lineno: number, public end_col_offset: number) {}
}
export class SetComp {
  readonly _type = 'SetComp'
  constructor(public elt: expr, public generators: comprehension[], public lineno: number, public col_offset: number, public end_lineno: number, public end_col_offset: number) {}
}
export class Slice {
  readonly _type = 'Slice'
  constructor(public lower: expr | null, public upper: expr | null, public step: expr | null, public lineno: number, public col_offset: number, public end_lineno: number, public end_col_offset: number) {}
}
export class Starred {
  readonly _type = 'Starred'
  constructor(public value: expr, public ctx: expr_context, public lineno: number, public col_offset: number, public end_lineno: number, public end_col_offset: number) {}
}
export class Store {
  readonly _type = 'Store'
}
export class Sub {
  readonly _type = 'Sub'
}
export class Subscript {
  readonly _type = 'Subscript'
  constructor(public value: expr, public slice: expr, public ctx: expr_context, public lineno: number, public col_offset: number, public end_lineno: number, public end_col_offset: number) {}
}
export class Try {
  readonly _type = 'Try'
  constructor(public body: stmt[], public handlers: excepthandler[], public orelse: stmt[], public finalbody: stmt[], public lineno: number, public col_offset: number, public end_lineno: number, public end_col_offset: number) {}
}
export class TryStar {
  readonly _type = 'TryStar'
  constructor(public body: stmt[], public handlers: excepthandler[], public orelse: stmt[], public finalbody: stmt[], public lineno: number, public col_offset: number, public end_lineno: number, public end_col_offset: number) {}
}
export class Tuple {
  readonly _type = 'Tuple'
  constructor(public elts: expr[], public ctx: expr_context, public lineno: number, public col_offset: number, public end_lineno: number, public end_col_offset: number) {}
}
export class TypeIgnore {
  readonly _type = 'TypeIgnore'
  constructor(public lineno: number, public tag: string) {}
}
export class UAdd {
  readonly _type = 'UAdd'
}
export class USub {
  readonly _type = 'USub'
}
export class UnaryOp {
  readonly _type = 'UnaryOp'
  constructor(public op: unaryop, public operand: expr, public lineno: number, public col_offset: number, public end_lineno: number, public end_col_offset: number) {}
}
export class While {
  readonly _type = 'While'
  constructor(public test: expr, public body: stmt[], public orelse: stmt[], public lineno: number, public col_offset: number, public end_lineno: number, public end_col_offset: number) {}
}
export class With {
  readonly _type = 'With'
  constructor(public items: withitem[], public body: stmt[], public type_comment: string | null, public lineno: number, public col_offset: number, public end_lineno: number, public end_col_offset: number) {}
}
export class Yield {
  readonly _type = 'Yield'
  constructor(public value: expr | null, public lineno: number, public col_offset: number, public end_lineno: number, public end_col_offset: number) {}
}
export class YieldFrom {
  readonly _type = 'YieldFrom'
  constructor(public value: expr, public lineno: number, public col_offset: number, public end_lineno: number, public end_col_offset: number) {}
}
export class alias {
  readonly _type = 'alias'
  constructor(public name: string, public asname: string | null, public lineno: number, public col_offset: number, public end_lineno: number, public end_col_offset: number) {}
}
export class arg {
  readonly _type = 'arg'
  constructor(public arg: string, public annotation: expr | null, public type_comment: string | null, public lineno: number, public col_offset: number, public end_lineno: number, public end_col_offset: number) {}
}
export class arguments_ {
  readonly _type = 'arguments'
  constructor(public posonlyargs: arg[], public args: arg[], public vararg: arg | null, public kwonlyargs: arg[], public kw_defaults: (expr | null)[], public kwarg: arg | null, public defaults: expr[]) {}
}
export class comprehension {
  readonly _type = 'comprehension'
  constructor(public target: expr, public iter: expr, public ifs: expr[], public is_async: number) {}
}
export class keyword {
  readonly _type = 'keyword'
  constructor(public arg: string | null, public value: expr, public lineno: number, public col_offset: number, public end_lineno: number, public end_col_offset: number) {}
}
export class match_case {
  readonly _type = 'match_case'
  constructor(public pattern: pattern, public guard: expr | null, public body: stmt[]) {}
}
export class withitem {
  readonly _type = 'withitem'
  constructor(public context_expr: expr, public optional_vars: expr | null) {}
}
export type operator = Add | BitAnd | BitOr | BitXor | Div | FloorDiv | LShift | MatMult | Mod | Mult | Pow | RShift | Sub
export type boolop = And | Or
export type stmt = AnnAssign | Assert | Assign | AsyncFor | AsyncFunctionDef | AsyncWith | AugAssign | Break | ClassDef | Continue | Delete | Expr | For | FunctionDef | Global | If | Import | ImportFrom | Match | Nonlocal | Pass | Raise | Return | Try | TryStar | While | With
export type expr = Attribute | Await | BinOp | BoolOp | Call | Compare | Constant | Dict | DictComp | FormattedValue | GeneratorExp | IfExp | JoinedStr | Lambda | List | ListComp | Name | NamedExpr | Set | SetComp | Slice | Starred | Subscript | Tuple | UnaryOp | Yield | YieldFrom
export type expr_context = Del | Load | Store
export type cmpop = Eq | Gt | GtE | In | Is | IsNot | Lt | LtE | NotEq | NotIn
export type excepthandler = ExceptHandler
export type mod = Expression | FunctionType | Interactive | Module
export type unaryop = Invert | Not | UAdd | USub
export type pattern = MatchAs | MatchClass | MatchMapping | MatchOr | MatchSequence | MatchSingleton | MatchStar | MatchValue
export type type_ignore = TypeIgnore
export type Node = operator | boolop | stmt | expr | expr_context | cmpop | excepthandler | mod | unaryop | pattern | type_ignore | alias | arg | arguments_ | comprehension | keyword | match_case | withitem

/** How a field holds its value: one, optional (may be null), or a sequence (an array). */
export type Quantity = '' | '?' | '*'
export interface FieldSpec { readonly name: string; readonly type: string; readonly quantity: Quantity }
/** Every node class with its ASDL sum type (`AST` for products), fields in order, and whether it has position attributes. */
export const NODE_FIELDS: Readonly<Record<Node['_type'], { base: string; fields: readonly FieldSpec[]; attributes: boolean }>> = {
  Add: { base: 'operator', fields: [], attributes: false },
  And: { base: 'boolop', fields: [], attributes: false },
  AnnAssign: { base: 'stmt', fields: [{ name: 'target', type: 'expr', quantity: '' }, { name: 'annotation', type: 'expr', quantity: '' }, { name: 'value', type: 'expr', quantity: '?' }, { name: 'simple', type: 'int', quantity: '' }], attributes: true },
  Assert: { base: 'stmt', fields: [{ name: 'test', type: 'expr', quantity: '' }, { name: 'msg', type: 'expr', quantity: '?' }], attributes: true },
  Assign: { base: 'stmt', fields: [{ name: 'targets', type: 'expr', quantity: '*' }, { name: 'value', type: 'expr', quantity: '' }, { name: 'type_comment', type: 'string', quantity: '?' }], attributes: true },
  AsyncFor: { base: 'stmt', fields: [{ name: 'target', type: 'expr', quantity: '' }, { name: 'iter', type: 'expr', quantity: '' }, { name: 'body', type: 'stmt', quantity: '*' }, { name: 'orelse', type: 'stmt', quantity: '*' }, { name: 'type_comment', type: 'string', quantity: '?' }], attributes: true },
  AsyncFunctionDef: { base: 'stmt', fields: [{ name: 'name', type: 'identifier', quantity: '' }, { name: 'args', type: 'arguments', quantity: '' }, { name: 'body', type: 'stmt', quantity: '*' }, { name: 'decorator_list', type: 'expr', quantity: '*' }, { name: 'returns', type: 'expr', quantity: '?' }, { name: 'type_comment', type: 'string', quantity: '?' }], attributes: true },
  AsyncWith: { base: 'stmt', fields: [{ name: 'items', type: 'withitem', quantity: '*' }, { name: 'body', type: 'stmt', quantity: '*' }, { name: 'type_comment', type: 'string', quantity: '?' }], attributes: true },
  Attribute: { base: 'expr', fields: [{ name: 'value', type: 'expr', quantity: '' }, { name: 'attr', type: 'identifier', quantity: '' }, { name: 'ctx', type: 'expr_context', quantity: '' }], attributes: true },
  AugAssign: { base: 'stmt', fields: [{ name: 'target', type: 'expr', quantity: '' }, { name: 'op', type: 'operator', quantity: '' }, { name: 'value', type: 'expr', quantity: '' }], attributes: true },
  Await: { base: 'expr', fields: [{ name: 'value', type: 'expr', quantity: '' }], attributes: true },
  BinOp: { base: 'expr', fields: [{ name: 'left', type: 'expr', quantity: '' }, { name: 'op', type: 'operator', quantity: '' }, { name: 'right', type: 'expr', quantity: '' }], attributes: true },
  BitAnd: { base: 'operator', fields: [], attributes: false },
  BitOr: { base: 'operator', fields: [], attributes: false },
  BitXor: { base: 'operator', fields: [], attributes: false },
  BoolOp: { base: 'expr', fields: [{ name: 'op', type: 'boolop', quantity: '' }, { name: 'values', type: 'expr', quantity: '*' }], attributes: true },
  Break: { base: 'stmt', fields: [], attributes: true },
  Call: { base: 'expr', fields: [{ name: 'func', type: 'expr', quantity: '' }, { name: 'args', type: 'expr', quantity: '*' }, { name: 'keywords', type: 'keyword', quantity: '*' }], attributes: true },
  ClassDef: { base: 'stmt', fields: [{ name: 'name', type: 'identifier', quantity: '' }, { name: 'bases', type: 'expr', quantity: '*' }, { name: 'keywords', type: 'keyword', quantity: '*' }, { name: 'body', type: 'stmt', quantity: '*' }, { name: 'decorator_list', type: 'expr', quantity: '*' }], attributes: true },
  Compare: { base: 'expr', fields: [{ name: 'left', type: 'expr', quantity: '' }, { name: 'ops', type: 'cmpop', quantity: '*' }, { name: 'comparators', type: 'expr', quantity: '*' }], attributes: true },
  Constant: { base: 'expr', fields: [{ name: 'value', type: 'constant', quantity: '' }, { name: 'kind', type: 'string', quantity: '?' }], attributes: true },
  Continue: { base: 'stmt', fields: [], attributes: true },
  Del: { base: 'expr_context', fields: [], attributes: false },
  Delete: { base: 'stmt', fields: [{ name: 'targets', type: 'expr', quantity: '*' }], attributes: true },
  Dict: { base: 'expr', fields: [{ name: 'keys', type: 'expr', quantity: '*' }, { name: 'values', type: 'expr', quantity: '*' }], attributes: true },
  DictComp: { base: 'expr', fields: [{ name: 'key', type: 'expr', quantity: '' }, { name: 'value', type: 'expr', quantity: '' }, { name: 'generators', type: 'comprehension', quantity: '*' }], attributes: true },
  Div: { base: 'operator', fields: [], attributes: false },
  Eq: { base: 'cmpop', fields: [], attributes: false },
  ExceptHandler: { base: 'excepthandler', fields: [{ name: 'type', type: 'expr', quantity: '?' }, { name: 'name', type: 'identifier', quantity: '?' }, { name: 'body', type: 'stmt', quantity: '*' }], attributes: true },
  Expr: { base: 'stmt', fields: [{ name: 'value', type: 'expr', quantity: '' }], attributes: true },
  Expression: { base: 'mod', fields: [{ name: 'body', type: 'expr', quantity: '' }], attributes: false },
  FloorDiv: { base: 'operator', fields: [], attributes: false },
  For: { base: 'stmt', fields: [{ name: 'target', type: 'expr', quantity: '' }, { name: 'iter', type: 'expr', quantity: '' }, { name: 'body', type: 'stmt', quantity: '*' }, { name: 'orelse', type: 'stmt', quantity: '*' }, { name: 'type_comment', type: 'string', quantity: '?' }], attributes: true },
  FormattedValue: { base: 'expr', fields: [{ name: 'value', type: 'expr', quantity: '' }, { name: 'conversion', type: 'int', quantity: '' }, { name: 'format_spec', type: 'expr', quantity: '?' }], attributes: true },
  FunctionDef: { base: 'stmt', fields: [{ name: 'name', type: 'identifier', quantity: '' }, { name: 'args', type: 'arguments', quantity: '' }, { name: 'body', type: 'stmt', quantity: '*' }, { name: 'decorator_list', type: 'expr', quantity: '*' }, { name: 'returns', type: 'expr', quantity: '?' }, { name: 'type_comment', type: 'string', quantity: '?' }], attributes: true },
  FunctionType: { base: 'mod', fields: [{ name: 'argtypes', type: 'expr', quantity: '*' }, { name: 'returns', type: 'expr', quantity: '' }], attributes: false },
  GeneratorExp: { base: 'expr', fields: [{ name: 'elt', type: 'expr', quantity: '' }, { name: 'generators', type: 'comprehension', quantity: '*' }], attributes: true },
  Global: { base: 'stmt', fields: [{ name: 'names', type: 'identifier', quantity: '*' }], attributes: true },
  Gt: { base: 'cmpop', fields: [], attributes: false },
  GtE: { base: 'cmpop', fields: [], attributes: false },
  If: { base: 'stmt', fields: [{ name: 'test', type: 'expr', quantity: '' }, { name: 'body', type: 'stmt', quantity: '*' }, { name: 'orelse', type: 'stmt', quantity: '*' }], attributes: true },
  IfExp: { base: 'expr', fields: [{ name: 'test', type: 'expr', quantity: '' }, { name: 'body', type: 'expr', quantity: '' }, { name: 'orelse', type: 'expr', quantity: '' }], attributes: true },
  Import: { base: 'stmt', fields: [{ name: 'names', type: 'alias', quantity: '*' }], attributes: true },
  ImportFrom: { base: 'stmt', fields: [{ name: 'module', type: 'identifier', quantity: '?' }, { name: 'names', type: 'alias', quantity: '*' }, { name: 'level', type: 'int', quantity: '?' }], attributes: true },
  In: { base: 'cmpop', fields: [], attributes: false },
  Interactive: { base: 'mod', fields: [{ name: 'body', type: 'stmt', quantity: '*' }], attributes: false },
  Invert: { base: 'unaryop', fields: [], attributes: false },
  Is: { base: 'cmpop', fields: [], attributes: false },
  IsNot: { base: 'cmpop', fields: [], attributes: false },
  JoinedStr: { base: 'expr', fields: [{ name: 'values', type: 'expr', quantity: '*' }], attributes: true },
  LShift: { base: 'operator', fields: [], attributes: false },
  Lambda: { base: 'expr', fields: [{ name: 'args', type: 'arguments', quantity: '' }, { name: 'body', type: 'expr', quantity: '' }], attributes: true },
  List: { base: 'expr', fields: [{ name: 'elts', type: 'expr', quantity: '*' }, { name: 'ctx', type: 'expr_context', quantity: '' }], attributes: true },
  ListComp: { base: 'expr', fields: [{ name: 'elt', type: 'expr', quantity: '' }, { name: 'generators', type: 'comprehension', quantity: '*' }], attributes: true },
  Load: { base: 'expr_context', fields: [], attributes: false },
  Lt: { base: 'cmpop', fields: [], attributes: false },
  LtE: { base: 'cmpop', fields: [], attributes: false },
  MatMult: { base: 'operator', fields: [], attributes: false },
  Match: { base: 'stmt', fields: [{ name: 'subject', type: 'expr', quantity: '' }, { name: 'cases', type: 'match_case', quantity: '*' }], attributes: true },
  MatchAs: { base: 'pattern', fields: [{ name: 'pattern', type: 'pattern', quantity: '?' }, { name: 'name', type: 'identifier', quantity: '?' }], attributes: true },
  MatchClass: { base: 'pattern', fields: [{ name: 'cls', type: 'expr', quantity: '' }, { name: 'patterns', type: 'pattern', quantity: '*' }, { name: 'kwd_attrs', type: 'identifier', quantity: '*' }, { name: 'kwd_patterns', type: 'pattern', quantity: '*' }], attributes: true },
  MatchMapping: { base: 'pattern', fields: [{ name: 'keys', type: 'expr', quantity: '*' }, { name: 'patterns', type: 'pattern', quantity: '*' }, { name: 'rest', type: 'identifier', quantity: '?' }], attributes: true },
  MatchOr: { base: 'pattern', fields: [{ name: 'patterns', type: 'pattern', quantity: '*' }], attributes: true },
  MatchSequence: { base: 'pattern', fields: [{ name: 'patterns', type: 'pattern', quantity: '*' }], attributes: true },
  MatchSingleton: { base: 'pattern', fields: [{ name: 'value', type: 'constant', quantity: '' }], attributes: true },
  MatchStar: { base: 'pattern', fields: [{ name: 'name', type: 'identifier', quantity: '?' }], attributes: true },
  MatchValue: { base: 'pattern', fields: [{ name: 'value', type: 'expr', quantity: '' }], attributes: true },
  Mod: { base: 'operator', fields: [], attributes: false },
  Module: { base: 'mod', fields: [{ name: 'body', type: 'stmt', quantity: '*' }, { name: 'type_ignores', type: 'type_ignore', quantity: '*' }], attributes: false },
  Mult: { base: 'operator', fields: [], attributes: false },
  Name: { base: 'expr', fields: [{ name: 'id', type: 'identifier', quantity: '' }, { name: 'ctx', type: 'expr_context', quantity: '' }], attributes: true },
  NamedExpr: { base: 'expr', fields: [{ name: 'target', type: 'expr', quantity: '' }, { name: 'value', type: 'expr', quantity: '' }], attributes: true },
  Nonlocal: { base: 'stmt', fields: [{ name: 'names', type: 'identifier', quantity: '*' }], attributes: true },
  Not: { base: 'unaryop', fields: [], attributes: false },
  NotEq: { base: 'cmpop', fields: [], attributes: false },
  NotIn: { base: 'cmpop', fields: [], attributes: false },
  Or: { base: 'boolop', fields: [], attributes: false },
  Pass: { base: 'stmt', fields: [], attributes: true },
  Pow: { base: 'operator', fields: [], attributes: false },
  RShift: { base: 'operator', fields: [], attributes: false },
  Raise: { base: 'stmt', fields: [{ name: 'exc', type: 'expr', quantity: '?' }, { name: 'cause', type: 'expr', quantity: '?' }], attributes: true },
  Return: { base: 'stmt', fields: [{ name: 'value', type: 'expr', quantity: '?' }], attributes: true },
  Set: { base: 'expr', fields: [{ name: 'elts', type: 'expr', quantity: '*' }], attributes: true },
  SetComp: { base: 'expr', fields: [{ name: 'elt', type: 'expr', quantity: '' }, { name: 'generators', type: 'comprehension', quantity: '*' }], attributes: true },
  Slice: { base: 'expr', fields: [{ name: 'lower', type: 'expr', quantity: '?' }, { name: 'upper', type: 'expr', quantity: '?' }, { name: 'step', type: 'expr', quantity: '?' }], attributes: true },
  Starred: { base: 'expr', fields: [{ name: 'value', type: 'expr', quantity: '' }, { name: 'ctx', type: 'expr_context', quantity: '' }], attributes: true },
  Store: { base: 'expr_context', fields: [], attributes: false },
  Sub: { base: 'operator', fields: [], attributes: false },
  Subscript: { base: 'expr', fields: [{ name: 'value', type: 'expr', quantity: '' }, { name: 'slice', type: 'expr', quantity: '' }, { name: 'ctx', type: 'expr_context', quantity: '' }], attributes: true },
  Try: { base: 'stmt', fields: [{ name: 'body', type: 'stmt', quantity: '*' }, { name: 'handlers', type: 'excepthandler', quantity: '*' }, { name: 'orelse', type: 'stmt', quantity: '*' }, { name: 'finalbody', type: 'stmt', quantity: '*' }], attributes: true },
  TryStar: { base: 'stmt', fields: [{ name: 'body', type: 'stmt', quantity: '*' }, { name: 'handlers', type: 'excepthandler', quantity: '*' }, { name: 'orelse', type: 'stmt', quantity: '*' }, { name: 'finalbody', type: 'stmt', quantity: '*' }], attributes: true },
  Tuple: { base: 'expr', fields: [{ name: 'elts', type: 'expr', quantity: '*' }, { name: 'ctx', type: 'expr_context', quantity: '' }], attributes: true },
  TypeIgnore: { base: 'type_ignore', fields: [{ name: 'lineno', type: 'int', quantity: '' }, { name: 'tag', type: 'string', quantity: '' }], attributes: false },
  UAdd: { base: 'unaryop', fields: [], attributes: false },
  USub: { base: 'unaryop', fields: [], attributes: false },
  UnaryOp: { base: 'expr', fields: [{ name: 'op', type: 'unaryop', quantity: '' }, { name: 'operand', type: 'expr', quantity: '' }], attributes: true },
  While: { base: 'stmt', fields: [{ name: 'test', type: 'expr', quantity: '' }, { name: 'body', type: 'stmt', quantity: '*' }, { name: 'orelse', type: 'stmt', quantity: '*' }], attributes: true },
  With: { base: 'stmt', fields: [{ name: 'items', type: 'withitem', quantity: '*' }, { name: 'body', type: 'stmt', quantity: '*' }, { name: 'type_comment', type: 'string', quantity: '?' }], attributes: true },
  Yield: { base: 'expr', fields: [{ name: 'value', type: 'expr', quantity: '?' }], attributes: true },
  YieldFrom: { base: 'expr', fields: [{ name: 'value', type: 'expr', quantity: '' }], attributes: true },
  alias: { base: 'AST', fields: [{ name: 'name', type: 'identifier', quantity: '' }, { name: 'asname', type: 'identifier', quantity: '?' }], attributes: true },
  arg: { base: 'AST', fields: [{ name: 'arg', type: 'identifier', quantity: '' }, { name: 'annotation', type: 'expr', quantity: '?' }, { name: 'type_comment', type: 'string', quantity: '?' }], attributes: true },
  arguments: { base: 'AST', fields: [{ name: 'posonlyargs', type: 'arg', quantity: '*' }, { name: 'args', type: 'arg', quantity: '*' }, { name: 'vararg', type: 'arg', quantity: '?' }, { name: 'kwonlyargs', type: 'arg', quantity: '*' }, { name: 'kw_defaults', type: 'expr', quantity: '*' }, { name: 'kwarg', type: 'arg', quantity: '?' }, { name: 'defaults', type: 'expr', quantity: '*' }], attributes: false },
  comprehension: { base: 'AST', fields: [{ name: 'target', type: 'expr', quantity: '' }, { name: 'iter', type: 'expr', quantity: '' }, { name: 'ifs', type: 'expr', quantity: '*' }, { name: 'is_async', type: 'int', quantity: '' }], attributes: false },
  keyword: { base: 'AST', fields: [{ name: 'arg', type: 'identifier', quantity: '?' }, { name: 'value', type: 'expr', quantity: '' }], attributes: true },
  match_case: { base: 'AST', fields: [{ name: 'pattern', type: 'pattern', quantity: '' }, { name: 'guard', type: 'expr', quantity: '?' }, { name: 'body', type: 'stmt', quantity: '*' }], attributes: false },
  withitem: { base: 'AST', fields: [{ name: 'context_expr', type: 'expr', quantity: '' }, { name: 'optional_vars', type: 'expr', quantity: '?' }], attributes: false },
}
