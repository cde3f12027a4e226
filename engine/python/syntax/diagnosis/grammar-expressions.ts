// The grammar of expressions and targets. After `=>` stands what an expression is called in error messages.
export const EXPRESSIONS = `
expressions:
  | a=expression b=(',' c=expression => @c)+ ','? => tuple [a b]
  | a=expression ',' => tuple [a]
  | expression
expression (memo):
  | invalid_expression
  | invalid_legacy_expression
  | disjunction 'if' disjunction 'else' expression => conditional expression
  | disjunction
  | lambdef
yield_expr:
  | 'yield' 'from' expression => yield expression
  | 'yield' star_expressions? => yield expression
star_expressions:
  | a=star_expression b=(',' c=star_expression => @c)+ ','? => tuple [a b]
  | a=star_expression ',' => tuple [a]
  | star_expression
star_expression (memo): '*' a=bitwise_or => starred [a] | expression
star_named_expressions: a=','.star_named_expression+ ','? => @a
star_named_expression: '*' a=bitwise_or => starred [a] | named_expression
assignment_expression: NAME ':=' ~ expression => named expression
named_expression: assignment_expression | invalid_named_expression | a=expression !':=' => @a
disjunction (memo): conjunction ('or' conjunction)+ => expression | conjunction
conjunction (memo): inversion ('and' inversion)+ => expression | inversion
inversion (memo): 'not' inversion => expression | comparison
comparison: a=bitwise_or b=comparison_pair+ => comparison [a b] | bitwise_or
comparison_pair:
  | '==' bitwise_or
  | NOTEQUAL bitwise_or
  | '<=' bitwise_or
  | '<' bitwise_or
  | '>=' bitwise_or
  | '>' bitwise_or
  | 'not' 'in' bitwise_or
  | 'in' bitwise_or => in
  | 'is' 'not' bitwise_or
  | 'is' bitwise_or
bitwise_or (left): bitwise_or '|' bitwise_xor => expression | bitwise_xor
bitwise_xor (left): bitwise_xor '^' bitwise_and => expression | bitwise_and
bitwise_and (left): bitwise_and '&' shift_expr => expression | shift_expr
shift_expr (left): shift_expr '<<' sum => expression | shift_expr '>>' sum => expression | sum
sum (left): sum '+' term => expression | sum '-' term => expression | term
term (left):
  | term '*' factor => expression
  | term '/' factor => expression
  | term '//' factor => expression
  | term '%' factor => expression
  | term '@' factor => expression
  | factor
factor (memo): '+' factor => expression | '-' factor => expression | '~' factor => expression | power
power: await_primary '**' factor => expression | await_primary
await_primary (memo): AWAIT primary => await expression | primary
primary (left):
  | primary '.' NAME => attribute
  | primary genexp => function call
  | primary '(' arguments? ')' => function call
  | primary '[' slices ']' => subscript
  | atom
slices: slice !',' | ','.(slice | starred_expression)+ ','?
slice: expression? ':' expression? [':' expression?] | named_expression
atom:
  | NAME
  | 'True' => True
  | 'False' => False
  | 'None' => None
  | &STRING strings
  | number
  | &'(' (tuple | group | genexp)
  | &'[' (list | listcomp)
  | &'{' (dict | set | dictcomp | setcomp)
  | '...' => ellipsis
number: a=NUMBER => !number a
strings (memo): STRING+ => !strings
group: '(' a=(yield_expr | named_expression) ')' => @a | invalid_group
lambdef: 'lambda' lambda_params? ':' expression => lambda
lambda_params: invalid_lambda_parameters | lambda_parameters
lambda_parameters:
  | lambda_slash_no_default lambda_param_no_default* lambda_param_with_default* lambda_star_etc?
  | lambda_slash_with_default lambda_param_with_default* lambda_star_etc?
  | lambda_param_no_default+ lambda_param_with_default* lambda_star_etc?
  | lambda_param_with_default+ lambda_star_etc?
  | lambda_star_etc
lambda_slash_no_default: lambda_param_no_default+ '/' ',' | lambda_param_no_default+ '/' &':'
lambda_slash_with_default:
  | lambda_param_no_default* lambda_param_with_default+ '/' ','
  | lambda_param_no_default* lambda_param_with_default+ '/' &':'
lambda_star_etc:
  | invalid_lambda_star_etc
  | '*' lambda_param_no_default lambda_param_maybe_default* lambda_kwds?
  | '*' ',' lambda_param_maybe_default+ lambda_kwds?
  | lambda_kwds
lambda_kwds: invalid_lambda_kwds | '**' lambda_param_no_default
lambda_param_no_default: a=lambda_param ',' => @a | a=lambda_param &':' => @a
lambda_param_with_default: lambda_param default ',' | lambda_param default &':'
lambda_param_maybe_default: lambda_param default? ',' | lambda_param default? &':'
lambda_param: NAME
list: '[' a=star_named_expressions? ']' => list [a]
tuple: '(' a=[y=star_named_expression ',' z=star_named_expressions? => elements [y z]] ')' => tuple [a]
set: '{' star_named_expressions '}' => set display
dict: '{' double_starred_kvpairs? '}' => dict literal | '{' invalid_double_starred_kvpairs '}'
double_starred_kvpairs: ','.double_starred_kvpair+ ','?
double_starred_kvpair: '**' bitwise_or | kvpair
kvpair: expression ':' expression
for_if_clauses: for_if_clause+
for_if_clause:
  | ASYNC 'for' star_targets 'in' ~ a=disjunction b=('if' c=disjunction => @c)* => clause [a b]
  | 'for' star_targets 'in' ~ a=disjunction b=('if' c=disjunction => @c)* => clause [a b]
  | invalid_for_target
listcomp: '[' named_expression for_if_clauses ']' => list comprehension | invalid_comprehension
setcomp: '{' named_expression for_if_clauses '}' => set comprehension | invalid_comprehension
genexp:
  | '(' (assignment_expression | expression !':=') for_if_clauses ')' => generator expression
  | invalid_comprehension
dictcomp: '{' kvpair for_if_clauses '}' => dict comprehension | invalid_dict_comprehension

arguments (memo): a=args ','? &')' => @a | invalid_arguments
args:
  | a=','.(starred_expression | (assignment_expression | b=expression !':=' => @b) !'=')+ c=[',' k=kwargs => @k] => arguments [a c]
  | a=kwargs => arguments [a]
kwargs:
  | a=','.kwarg_or_starred+ ',' b=','.kwarg_or_double_starred+ => elements [a b]
  | ','.kwarg_or_starred+
  | ','.kwarg_or_double_starred+
starred_expression: '*' a=expression => starred [a]
kwarg_or_starred: invalid_kwarg | NAME '=' expression => keyword | starred_expression
kwarg_or_double_starred: invalid_kwarg | NAME '=' expression => keyword | '**' expression => keyword unpacking

star_targets: a=star_target !',' => @a | star_target (',' star_target)* ','?
star_targets_list_seq: ','.star_target+ ','?
star_targets_tuple_seq: star_target (',' star_target)+ ','? | star_target ','
star_target (memo): '*' (!'*' star_target) | target_with_star_atom
target_with_star_atom (memo):
  | t_primary '.' NAME !t_lookahead
  | t_primary '[' slices ']' !t_lookahead
  | star_atom
star_atom:
  | NAME
  | '(' target_with_star_atom ')'
  | '(' star_targets_tuple_seq? ')'
  | '[' star_targets_list_seq? ']'
single_target: single_subscript_attribute_target | NAME | '(' single_target ')'
single_subscript_attribute_target: t_primary '.' NAME !t_lookahead | t_primary '[' slices ']' !t_lookahead
t_primary (left):
  | t_primary '.' NAME &t_lookahead
  | t_primary '[' slices ']' &t_lookahead
  | t_primary genexp &t_lookahead
  | t_primary '(' arguments? ')' &t_lookahead
  | atom &t_lookahead
t_lookahead: '(' | '[' | '.'
del_targets: ','.del_target+ ','?
del_target (memo):
  | t_primary '.' NAME !t_lookahead
  | t_primary '[' slices ']' !t_lookahead
  | del_t_atom
del_t_atom: NAME | '(' del_target ')' | '(' del_targets? ')' | '[' del_targets? ']'
`
