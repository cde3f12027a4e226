"""Every method and operator of a type: each line is an expression and what came of it, an exception included."""
import sys
G = {}
def t(*exprs):
    for e in exprs:
        try:
            r = repr(eval(e, G))
        except BaseException as x:
            print(e, '=>', type(x).__name__, x.args)
        else:
            print(e, "=>", r)
def x(*stmts):
    for s in stmts:
        try:
            exec(s, G)
        except BaseException as e:
            print(s, '=>', type(e).__name__, e.args)
class K:
    def __init__(self, n, log=None): self.n = n
    def __eq__(self, o):
        LOG.append((self.n, getattr(o, 'n', o)))
        return isinstance(o, K) and self.n == o.n
    def __lt__(self, o):
        LOG.append((self.n, '<', getattr(o, 'n', o)))
        return self.n < o.n
    def __hash__(self): return self.n % 4
    def __repr__(self): return 'K%d' % self.n
class Idx:
    def __init__(self, n): self.n = n
    def __index__(self): return self.n
class BadEq:
    def __eq__(self, o): raise ZeroDivisionError('eq')
    def __hash__(self): return 1
class BadHash:
    def __hash__(self): raise ZeroDivisionError('hash')
class BadRepr:
    def __repr__(self): raise ZeroDivisionError('repr')
LOG = []
def gen(n):
    for i in range(n): yield i
def bad(n):
    for i in range(n): yield i
    raise ZeroDivisionError('iter')
G.update(K=K, Idx=Idx, BadEq=BadEq, BadHash=BadHash, BadRepr=BadRepr, LOG=LOG, gen=gen, bad=bad, sys=sys)
