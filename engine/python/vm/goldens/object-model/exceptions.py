def err(f, *a, **k):
    try: r = f(*a, **k)
    except BaseException as e: print(type(e).__name__, '|', e, '|', getattr(e,'name',None))
    else: print('->', repr(r))
# exceptions
for E in (ValueError, KeyError, OSError, StopIteration, SystemExit, UnicodeError, NameError, AttributeError, ImportError, SyntaxError, MemoryError, BaseException):
    for args in ((), (1,), ('a', 2), ((1, 2),), (None,)):
        if E is SyntaxError and len(args)==2: continue
        e = E(*args); print(E.__name__, repr(e), '|', str(e), '|', e.args)
    err(E, foo=1) if E not in (MemoryError,) else None
e = ValueError('x'); e.args = [1, 2]; print(e.args, e); err(setattr, e, 'args', 5); err(delattr, e, 'args')
for n in ('__traceback__', '__context__', '__cause__'):
    print(getattr(e, n)); err(setattr, e, n, 5); err(delattr, e, n); setattr(e, n, None)
e.__cause__ = KeyError(1); print(e.__suppress_context__, repr(e.__cause__)); e.__suppress_context__ = False; err(setattr, e, '__suppress_context__', 5); err(delattr, e, '__suppress_context__')
err(e.with_traceback, 5); print(e.with_traceback(None) is e); err(e.add_note, 5); e.add_note('n1'); e.add_note('n2'); print(e.__notes__, e.__dict__); e.__notes__ = 5; err(e.add_note, 'x')
e.foo = 1; print(e.__reduce__(), e.__dict__); e.__setstate__({'bar': 2}); print(e.bar); err(e.__setstate__, 5); print(e.__setstate__(None)); err(setattr, e, '__dict__', 5); err(delattr, e, '__dict__')
print(StopIteration(5).value, StopIteration().value, SystemExit(3).code, SystemExit().code, SystemExit(1, 2).code)
e = AttributeError('m', name='n', obj=3); print(e.name, e.obj, e); err(AttributeError, 'm', x=1); err(AttributeError, a=1, b=2, c=3)
e = NameError('m', name='q'); print(e.name); err(NameError, 'm', nam=1); err(NameError, a=1, b=2); err(NameError, **{1: 2}) if False else None
e = ImportError('m', name='a', path='b'); print(e.msg, e.name, e.path, e.__reduce__()); print(ImportError('a', 'b').msg, ImportError(5), ImportError(name='x')); err(ImportError, 'x', foo=1)
for a in ((2, 'no'), (2, 'no', 'f'), (2, 'no', 'f', None, 'g'), (13, 'x'), (17, 'e'), (11, 'a'), (32, 'p'), ('x', 'y'), (2,), (1, 2, 3, 4, 5, 6)):
    e = OSError(*a); print(type(e).__name__, e, e.args, e.errno, e.strerror, e.filename, e.filename2, e.__reduce__())
b = BlockingIOError(11, 'x', 5); print(b.characters_written, b.args, b.filename); b.characters_written = 7; print(b.characters_written); del b.characters_written; err(lambda: b.characters_written); err(delattr, b, 'characters_written'); err(setattr, b, 'characters_written', 'x')
class MyOS(OSError):
    def __init__(self, a, b): self.q = a; super().__init__(a, b)
m = MyOS(2, 'zz'); print(type(m), m.errno, m.args, m, m.q)
class MyOS2(OSError):
    def __new__(cls, *a): return super().__new__(cls, *a)
print(repr(MyOS2(2, 'x')), IOError is OSError, EnvironmentError is OSError)
s = SyntaxError('msg', ('f.py', 1, 2, 'text', 3, 4)); print(s, s.filename, s.lineno, s.offset, s.text, s.end_lineno, s.end_offset, s.msg, s.print_file_and_line)
print(SyntaxError('msg', ('/a/b/f.py', None, 2, 'text')), SyntaxError('m', (None, 3, 2, 't'))); err(SyntaxError, 'a', (1, 2)); err(SyntaxError, 'a', (1, 2, 3, 4, 5)); err(SyntaxError, 'a', 5); err(SyntaxError, 'a', (1,) * 7)
err(UnicodeEncodeError); err(UnicodeEncodeError, 'a', 'b', 1.0, 2, 'c'); err(UnicodeEncodeError, 'a', None, 1, 2, 'c'); err(UnicodeDecodeError, 'a', None, 1, 2, 'c'); err(UnicodeTranslateError, 1, 2, 3, 4)
for a, st, en in (('ab\u1234\U00012345', 1, 2), ('ab\u1234\U00012345', 2, 3), ('ab\u1234\U00012345', 3, 4), ('abc', 0, 2), ('abc', 5, 6)):
    u = UnicodeEncodeError('utf8', a, st, en, 'why'); print(u, u.encoding, u.object, u.start, u.end, u.reason); print(UnicodeTranslateError(a, st, en, 'why'))
print(UnicodeDecodeError('utf8', b'a\xff', 1, 2, 'r'), UnicodeDecodeError('utf8', b'a\xff', 0, 2, 'r'), repr(UnicodeDecodeError('utf8', bytearray(b'x'), 0, 1, 'r').object))
u.start = 7; print(u.start); err(setattr, u, 'start', 'x'); err(delattr, u, 'start'); u.reason = 5; print(u)
# raise semantics
def f():
    try: raise ValueError('a')
    except ValueError as e: raise KeyError('b')
try: f()
except KeyError as e: print(repr(e.__context__), e.__cause__, e.__suppress_context__, e.__traceback__.tb_lineno, e.__traceback__.tb_next.tb_lineno)
try: raise ValueError('a') from KeyError('c')
except ValueError as e: print(repr(e.__cause__), e.__suppress_context__, e.__context__)
try: raise ValueError from None
except ValueError as e: print(e.__cause__, e.__suppress_context__)
def r(x): raise x
err(r, 5); err(r, 'abc'); err(r, int); err(r, ValueError); err(r, KeyError('k')); err(r, None)
def rf(x, y): raise x from y
err(rf, ValueError, 5); err(rf, ValueError, KeyError)
class BadE(Exception):
    def __new__(cls): return 5
err(r, BadE)
def rr(): raise
err(rr)
try:
    try: raise ValueError(1)
    finally: raise TypeError(2)
except TypeError as e: print(repr(e.__context__))
try: 
    e1 = ValueError(1); e2 = ValueError(2); e1.__context__ = e2; e2.__context__ = e1
    try: raise e1
    except ValueError: raise e2
except ValueError as e: print(e, repr(e.__context__))
try:
    try: raise e1
    except ValueError as q: raise q
except ValueError as e: print(e is e1, repr(e.__context__))
def ex(t):
    try: raise ValueError('v')
    except t: return 'caught'
err(ex, (KeyError, ValueError)); err(ex, 5); err(ex, (KeyError, 5)); err(ex, ())
class EM(type):
    def __subclasscheck__(c, s): print('sub'); return True
class EX(Exception, metaclass=EM): pass
err(ex, EX)
def g():
    try: yield 1
    except GeneratorExit: print('ge'); raise
x = g(); next(x); x.close()
def stop(): raise StopIteration(5)
def gg(): yield stop()
err(next, gg())
print(issubclass(ExceptionGroup, Exception), BaseExceptionGroup.__mro__, ExceptionGroup.__mro__, ExceptionGroup.__module__)
# groups
eg = ExceptionGroup('m', [ValueError(1), KeyError(2), ExceptionGroup('n', [OSError(3), ValueError(4)])])
print(repr(eg), str(eg), eg.message, eg.exceptions, eg.args)
print(eg.split(ValueError)); print(eg.subgroup(KeyError)); print(eg.subgroup(IndexError)); print(eg.split((KeyError, OSError))); print(eg.split(lambda e: isinstance(e, OSError))); err(eg.split, 5); err(eg.subgroup); print(eg.split(ExceptionGroup)); print(eg.derive([KeyError(9)]))
err(ExceptionGroup); err(ExceptionGroup, 'a'); err(ExceptionGroup, 1, []); err(ExceptionGroup, 'a', []); err(ExceptionGroup, 'a', 5); err(ExceptionGroup, 'a', [5]); err(ExceptionGroup, 'a', [KeyboardInterrupt()]); err(BaseExceptionGroup, 'a', [KeyboardInterrupt()]); print(type(BaseExceptionGroup('a', [ValueError()]))); err(ExceptionGroup, 'a', [ValueError()], x=1)
class MyEG(ExceptionGroup): pass
err(MyEG, 'a', [KeyboardInterrupt()]); me = MyEG('a', [ValueError(1), KeyError(2)]); me.add_note('note'); sp = me.split(ValueError); print(sp, sp[0].__notes__)
err(setattr, eg, 'message', 1); err(setattr, eg, 'exceptions', 1); print(BaseExceptionGroup[int])
class MyEG2(ExceptionGroup):
    def derive(self, excs): return MyEG2('derived', excs)
print(MyEG2('x', [ValueError(1), KeyError(2)]).split(ValueError))
class MyEG3(ExceptionGroup):
    def derive(self, excs): return 5
err(MyEG3('x', [ValueError(1), KeyError(2)]).split, ValueError)
def star():
    try: raise ExceptionGroup('m', [ValueError(1), KeyError(2), OSError(3)])
    except* ValueError as e: print('V', repr(e))
    except* KeyError as e: print('K', repr(e)); raise IndexError(5)
try: star()
except BaseException as e: print(repr(e), [repr(x) for x in e.exceptions], repr(e.__context__))
def star2():
    try: raise ValueError(7)
    except* ValueError as e: print(repr(e)); raise
try: star2()
except BaseException as e: print(repr(e), repr(e.__context__))
def star3():
    try: raise eg
    except* ValueError as e: raise
    except* KeyError as e: pass
try: star3()
except BaseException as e: print(repr(e))
