# cmath: special values of every function, errors, conversions; and _statistics.
import cmath
import _statistics

def show(f, *a):
    try:
        return repr(f(*a))
    except Exception as e:
        return type(e).__name__ + ': ' + str(e)

inf, nan = float('inf'), float('nan')
ONE = [cmath.acos, cmath.acosh, cmath.asin, cmath.asinh, cmath.atan, cmath.atanh, cmath.cos, cmath.cosh, cmath.exp, cmath.isfinite, cmath.isinf,
       cmath.isnan, cmath.log, cmath.log10, cmath.phase, cmath.polar, cmath.sin, cmath.sinh, cmath.sqrt, cmath.tan, cmath.tanh]
for x in (0.0, -0.0, 1.0, -2.0, inf, -inf, nan):
    for y in (0.0, -0.0, 1.0, -2.0, inf, -inf, nan):
        print(x, y, [show(f, complex(x, y)) for f in ONE], show(cmath.rect, x, y), show(cmath.log, complex(x, y), 2), show(cmath.log, 2, complex(x, y)))
for z in (complex(1e308, 1e308), complex(-1.7e308, 1.7e308), complex(5e-324, -5e-324), complex(1, 1e-320), complex(710, 1), complex(-1e200, 3), complex(2, 5e-324)):
    print(z, [show(f, z) for f in ONE])

class C:
    def __complex__(self): return 1 + 2j
class F:
    def __float__(self): return 4.0
class I:
    def __index__(self): return 9
class Bad:
    def __complex__(self): return 1.5
for o in (C(), F(), I(), Bad(), True, 10 ** 400, 'x', None):
    print(type(o).__name__, show(cmath.sqrt, o))
print(show(cmath.rect, 1), show(cmath.rect, 'x', 1), show(cmath.log), show(cmath.log, 1, 2, 3), show(cmath.sqrt), show(lambda: cmath.isclose(1, 2, rel_tol=-1)),
      show(lambda: cmath.isclose(1 + 1j, 1 + 1.0000000001j)), show(lambda: cmath.isclose(1, 2, abs_tol=1)), show(lambda: cmath.isclose(inf, inf)), show(lambda: cmath.isclose(inf, 1)),
      show(lambda: cmath.isclose(nan, nan)), show(lambda: cmath.isclose(1, 2, 3)))
print(cmath.pi, cmath.e, cmath.tau, cmath.inf, cmath.infj, cmath.nan, cmath.nanj)
print([show(_statistics._normal_dist_inv_cdf, p, 2, 3) for p in (0, 1, 0.5, 0.25, 0.05, 1e-9, 1e-30, 1 - 1e-9)], show(_statistics._normal_dist_inv_cdf, 0.5, 0, 0),
      show(_statistics._normal_dist_inv_cdf, 0.5, 'x', 0), show(_statistics._normal_dist_inv_cdf, 1))
