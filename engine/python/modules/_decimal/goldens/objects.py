# Decimal, Context, SignalDict and localcontext: each line is an expression and what came of it, an exception included.
from _decimal import *
import _decimal

G = globals()

def t(*exprs):
    for e in exprs:
        try:
            r = repr(eval(e, G))
        except BaseException as x:
            print(e, '=>', type(x).__name__, x.args)
        else:
            print(e, '=>', r)
    getcontext().clear_flags()

class D(Decimal):
    def __repr__(self): return 'D' + str(self)
class C(Context): pass
class N:
    pass
class S(str): pass
class I(int): pass

# Constructors.
t("Decimal()", "Decimal('1.5')", "Decimal(' -1_000.50\\n')", "Decimal('1e5')", "Decimal('.5E-3')", "Decimal('5.')", "Decimal('Infinity')", "Decimal('-inf')",
  "Decimal('NaN')", "Decimal('-sNaN0012')", "Decimal('\u0663.\u0661\u0664')", "Decimal(True)", "Decimal(10**30)", "Decimal(-2**64)", "Decimal(0.1)", "Decimal(-0.0)",
  "Decimal(2.0**60)", "Decimal(float('inf'))", "Decimal(float('-inf'))", "Decimal(5e-324)", "Decimal((0, (1, 2, 3), -2))", "Decimal([1, [0, 5], 'F'])",
  "Decimal((1, (), 'n'))", "Decimal((0, (1, 2), 'N'))", "Decimal((0, (), 3))", "Decimal(Decimal('7'))", "Decimal(value='3')", "Decimal('1', None)",
  "Decimal('2', context=getcontext())", "Decimal(S('9'))", "Decimal(I(9))", "D('1.5')", "D(Decimal(2))", "D.from_float(0.5)", "Decimal.from_float(3)")
t("Decimal('')", "Decimal('x')", "Decimal('1 2')", "Decimal('1e')", "Decimal('--1')", "Decimal('\\x00')", "Decimal('NaN-1')", "Decimal(None)", "Decimal(1j)", "Decimal([1])",
  "Decimal((2, (1,), 0))", "Decimal(('0', (1,), 0))", "Decimal((0, (10,), 0))", "Decimal((0, 5, 0))", "Decimal((0, (1,), 'x'))", "Decimal((0, (1,), 1.5))",
  "Decimal('1', 2)", "Decimal(1, 2, 3)", "Decimal(v=1)", "Decimal.from_float('1')", "Decimal('1') + 1.5", "1.5 - Decimal(1)", "Decimal(1) + None")
# Arithmetic with the operators.
t("Decimal(1) + 2", "2 - Decimal('0.5')", "Decimal(7) / 3", "7 // Decimal(2)", "Decimal(-7) % 3", "divmod(Decimal(-7), 3)", "Decimal(2) ** 10", "2 ** Decimal('0.5')",
  "pow(Decimal(7), 20, 1000)", "pow(Decimal(7), Decimal(2), 'x')", "-Decimal(0)", "+Decimal('-0')", "abs(Decimal('-1.50'))", "D(1) + D(2)", "bool(Decimal('0.0'))",
  "Decimal(1) / 0", "Decimal(0) / 0", "Decimal(0) ** 0", "Decimal('Inf') - Decimal('Inf')", "Decimal('sNaN') + 1", "Decimal(-1).sqrt()", "Decimal(-1).ln()",
  "Decimal(1) // 0", "Decimal(1) % 0", "divmod(Decimal(1), 0)", "Decimal('1e999999') * 10", "Decimal(10) ** 1000000")
# Comparison and hash.
t("Decimal(1) == 1", "Decimal('1.0') == 1.0", "Decimal('0.1') == 0.1", "Decimal(1) < 2", "Decimal('NaN') == 1", "Decimal('NaN') != 1", "Decimal('NaN') < 1", "Decimal('sNaN') == 1",
  "Decimal(1) == 'x'", "Decimal(1) < 'x'", "Decimal(1) == 1+0j", "Decimal(1) == 1+1j", "Decimal(1) < 1j", "Decimal('1e400') > 1e308", "getcontext().flags[FloatOperation]",
  "hash(Decimal(1)) == hash(1)", "hash(Decimal('0.5')) == hash(0.5)", "hash(Decimal('-1'))", "hash(Decimal('1e100')) == hash(10**100)", "hash(Decimal('-1.5e-7'))",
  "hash(Decimal('Inf'))", "hash(Decimal('-Inf'))", "hash(Decimal('sNaN'))", "hash(Decimal(10**200 + 1)) == hash(10**200 + 1)", "sorted([Decimal(3), 1, Decimal('2.5')])")
# Conversions.
t("str(Decimal('1E+5'))", "str(Decimal('1E-7'))", "str(Decimal('0.000001'))", "Decimal('123E+4').to_eng_string()", "Decimal('0E-7').to_eng_string()", "int(Decimal('-1.9'))",
  "int(Decimal('1e30'))", "int(Decimal('NaN'))", "int(Decimal('Inf'))", "float(Decimal('1.25'))", "float(Decimal('-Inf'))", "float(Decimal('sNaN'))", "complex(Decimal('1.5'))",
  "round(Decimal('2.5'))", "round(Decimal('2.675'), 2)", "round(Decimal('1234'), -2)", "round(Decimal(1), 'x')", "Decimal('1.5').__floor__()", "Decimal('1.5').__ceil__()",
  "Decimal('-1.5').__trunc__()", "Decimal('-1.25').as_integer_ratio()", "Decimal('1e3').as_integer_ratio()", "Decimal('NaN').as_integer_ratio()", "Decimal('Inf').as_integer_ratio()",
  "tuple(Decimal('-1.50').as_tuple())", "tuple(Decimal('Inf').as_tuple())", "tuple(Decimal('NaN12').as_tuple())", "tuple(Decimal('sNaN').as_tuple())", "Decimal('1.5').__reduce__()",
  "D('1.5').__reduce__()", "Decimal('1').__copy__()", "Decimal('1').__deepcopy__(None)", "Decimal('5').real", "Decimal('5').imag", "Decimal(5).conjugate()")
# Methods.
t("Decimal('1.50').normalize()", "Decimal('1.005').quantize(Decimal('0.01'))", "Decimal('1.005').quantize(Decimal('0.01'), ROUND_UP)", "Decimal('1').quantize(Decimal('1e-50'))",
  "Decimal('1.5').quantize(Decimal('1'), rounding='x')", "Decimal('1.5').quantize(exp=Decimal('1'), context=Context(prec=2))", "Decimal('2.5').to_integral_value()",
  "Decimal('2.5').to_integral_value(ROUND_UP)", "Decimal('2.5').to_integral_exact()", "Decimal('1.5').fma(2, 3)", "Decimal(1).fma(2)", "Decimal(1).fma(2, 'x')", "Decimal(2).exp()",
  "Decimal(2).ln()", "Decimal(2).log10()", "Decimal(1000).log10()", "Decimal(2).sqrt()", "Decimal('1.5').compare(2)", "Decimal('NaN').compare_signal(1)", "Decimal(1).compare_total('x')",
  "Decimal('1.0').compare_total(Decimal('1'))", "Decimal('-1').compare_total_mag(1)", "Decimal(1).copy_sign(Decimal('-2'))", "Decimal(-1).copy_abs()", "Decimal(1).copy_negate()",
  "Decimal(1).max(2)", "Decimal(1).min(Decimal('NaN'))", "Decimal(1).max_mag(-2)", "Decimal(1).next_plus()", "Decimal(1).next_minus()", "Decimal(1).next_toward(2)", "Decimal(10).logb()",
  "Decimal(0).logb()", "Decimal(110).logical_and(11)", "Decimal(110).logical_or(Decimal(11))", "Decimal(110).logical_xor(11)", "Decimal(1).logical_invert(Context(prec=5))", "Decimal(12345).rotate(2)",
  "Decimal(12345).shift(-2)", "Decimal(1).scaleb(5)", "Decimal(1).same_quantum(Decimal('1.0'))", "Decimal(7).remainder_near(4)", "Decimal('1.5').adjusted()", "Decimal('NaN').adjusted()",
  "Decimal(1).radix()", "Decimal(1).canonical()", "Decimal('1E-999999').number_class()", "Decimal('1E-1000000').number_class()", "Decimal(1).is_normal()", "Decimal(1).is_subnormal(Context(Emin=0))",
  "[getattr(Decimal('-NaN'), n)() for n in ('is_canonical', 'is_finite', 'is_infinite', 'is_nan', 'is_qnan', 'is_snan', 'is_signed', 'is_zero')]", "Decimal(1).exp(1)", "Decimal(1).exp(context=None)")
# Formatting.
for spec in ['', '.2f', '.0f', 'e', '.3e', 'E', 'g', '.5g', 'G', '%', '.1%', ',', ',.2f', '<12', '>12', '^12', '=12', '012', '012,.1f', '+', ' ', '-', '*^+12.2f', 'z.0f', 'n', '\x00>8', '\u00e9<8', '5', '.30f', 'x', '1.', '<>', '%%', ',n', '0=5', '.2d']:
    t("format(Decimal('-1234.5678'), %r)" % spec)
t("format(Decimal('NaN'), '08.2f')", "format(Decimal('-Inf'), '010')", "format(Decimal('-0.001'), 'z.1f')", "format(Decimal('0'), 'e')", "format(Decimal('0E+3'), '.2f')", "format(Decimal('1E+10'), ',')",
  "f'{Decimal(5):>5}|{Decimal(\"1.25\"):.1f}'", "Decimal(1).__format__(1)", "Decimal(1).__format__('', {})", "Decimal('12345.6').__format__('n', {'decimal_point': ',', 'thousands_sep': '.', 'grouping': '\\3'})")
# Contexts. (A SignalDict must not outlive its context.)
plain, free = Context(), Context(traps=[])
t("Context()", "Context(5, ROUND_UP, -10, 10, 0, 1, [Inexact], [Rounded])", "Context(prec=0)", "Context(prec=10**19)", "Context(prec='x')", "Context(rounding='up')", "Context(rounding=1)", "Context(Emin=1)",
  "Context(Emax=-1)", "Context(capitals=2)", "Context(clamp=2)", "Context(traps={})", "Context(traps=[1])", "Context(flags=5)", "Context(1, 2, 3, 4, 5, 6, 7, 8, 9)", "Context(x=1)", "MAX_PREC, MAX_EMAX, MIN_EMIN, MIN_ETINY",
  "Context(prec=MAX_PREC, Emax=MAX_EMAX, Emin=MIN_EMIN)", "Context(prec=MAX_PREC, Emin=MIN_EMIN).Etiny()", "Context(prec=5, Emax=10).Etop()", "DefaultContext", "BasicContext", "ExtendedContext",
  "getcontext()", "type(C()).__name__, C(prec=3).copy()", "Context(prec=3).__reduce__()", "Context(prec=4).__copy__()", "free.traps", "sorted(str(k) for k in plain.flags)", "len(plain.flags)",
  "plain.flags == free.flags", "plain.traps == free.traps", "plain.flags != free.traps", "plain.flags == {}", "plain.flags == 0", "plain.flags == {1: 2}", "plain.flags == 1", "plain.flags.copy() == plain.flags", "plain.flags[ValueError]", "plain.flags['x']", "hash(plain.flags)",
  "type(plain.flags)()", "len(type(plain.flags)())", "plain.flags == type(plain.flags)()", "Context().radix()", "Context(prec=3).create_decimal('1.23456')", "Context(prec=3).create_decimal()", "Context(prec=3).create_decimal(1.0 / 3)", "Context(prec=3).create_decimal((0, (1, 2, 3, 4), 0))",
  "Context(prec=3).create_decimal('1_0')", "Context(prec=3).create_decimal(' 1')", "Context(prec=3, traps=[]).create_decimal('NaN12345')", "Context(prec=3).create_decimal_from_float(0.1)", "Context(prec=3).add(1, 2.0)", "Context(prec=3).add(1)",
  "Context(prec=3).divide(1, 3)", "Context(prec=3).divmod(7, 2)", "Context(prec=3).power(2, 3)", "Context(prec=3).power(a=2, b=3, modulo=5)", "Context(prec=3).power(2, 3, 4, 5)", "Context(prec=3).fma(2, 3, 4)", "Context(prec=3).plus('1')",
  "Context(prec=3).is_nan(1)", "Context().is_canonical(1)", "Context().canonical(1)", "Context(prec=2).copy_decimal(Decimal('1.234'))", "Context(prec=2)._apply(Decimal('1.234'))", "Context(capitals=0).to_sci_string(Decimal('1E+9'))",
  "Context().to_eng_string(12345)", "Context().number_class(0)", "Context().same_quantum(1, 2)", "setcontext(1)", "setcontext(Context(prec=7))", "getcontext().prec", "setcontext(DefaultContext)", "getcontext() is DefaultContext")
c = Context(prec=5)
def x(*stmts):
    for s in stmts:
        try:
            exec(s, G)
        except BaseException as e:
            print(s, '=>', type(e).__name__, e.args)
        else:
            print(s, '=>', c)
x("c.prec = 9", "c.prec = 0", "c.prec = 'a'", "c.rounding = ROUND_UP", "c.rounding = 'x'", "c.Emin = -5", "c.Emax = 5", "c.clamp = 1", "c.capitals = 0", "c.capitals = 5", "c.traps = free.traps", "c.flags = {}",
  "c.flags[Inexact] = True", "c.traps[Overflow] = 1", "del c.flags[Inexact]", "del c.prec", "del c.foo", "c.foo = 1", "c.flags[1] = 2", "c.clear_flags()", "c.clear_traps()", "c.flags = dict.fromkeys(c.flags, True)", "c.traps = 5")
# Signals.
for flag in (Inexact, Rounded, Subnormal, Underflow, Clamped, Overflow, InvalidOperation, DivisionByZero, FloatOperation):
    ctx = Context(prec=3, Emax=9, Emin=-9, clamp=1, traps=[flag])
    for f in (lambda: ctx.divide(1, 3), lambda: ctx.divide(1, 1), lambda: ctx.multiply(Decimal('1E-9'), Decimal('0.1')), lambda: ctx.multiply(Decimal('1E-9'), Decimal('1.23E-3')),
              lambda: ctx.multiply(Decimal('9E9'), 9), lambda: ctx.plus(Decimal('1E+9')), lambda: ctx.divide(1, 0), lambda: ctx.divide(0, 0), lambda: ctx.create_decimal('x'), lambda: ctx.create_decimal(0.5),
              lambda: ctx.divide_int(10 ** 9, 1), lambda: ctx.rotate(1, 5), lambda: ctx.exp(100), lambda: ctx.exp(-100)):
        ctx.clear_flags()
        try:
            r = repr(f())
        except ArithmeticError as e:
            r = type(e).__name__ + repr(e.args)
        print(flag.__name__, r, [s.__name__ for s in ctx.flags if ctx.flags[s]])
print([[b.__name__ for b in e.__mro__[:-4]] for e in (FloatOperation, DivisionByZero, Overflow, Underflow, DivisionUndefined, ConversionSyntax, InvalidContext)])
# localcontext
def local():
    with localcontext() as a:
        a.prec = 5
        with localcontext(Context(prec=3), prec=4, traps=[]) as b:
            print(getcontext() is b, Decimal(1) / 3, Decimal(1) / 0)
        print(getcontext() is a, Decimal(1) / 3)
    print(Decimal(1) / 3)
local()
t("localcontext(1)", "localcontext(prec=0)", "localcontext(x=1)", "localcontext().__enter__().prec")
setcontext(DefaultContext)
# Sizes.
t("[Decimal(10 ** n).__sizeof__() for n in (0, 18, 19, 75, 76, 94, 95, 200)]", "[(Decimal(1) * Decimal(10 ** 70)).__sizeof__(), Decimal('1' * 80).__sizeof__()]", "Context.__basicsize__, Decimal.__basicsize__",
  "Decimal.__text_signature__, Context.__text_signature__, Decimal.quantize.__text_signature__, Context.power.__text_signature__, localcontext.__text_signature__")
t("[n for n in dir(_decimal) if n[0] != '_']", "[n for n in dir(Decimal) if n[0] != '_']", "[n for n in dir(Context) if n[0] != '_']", "HAVE_THREADS, HAVE_CONTEXTVAR, _decimal.__version__, _decimal.__libmpdec_version__")
