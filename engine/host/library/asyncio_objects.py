# Futures, tasks and the loop as asyncio uses them.
import asyncio, sys, _asyncio, gc, weakref, contextvars, traceback, warnings
print(asyncio.Future, asyncio.Task, asyncio.Future is _asyncio.Future)
def ex(f):
    try: print('->', f())
    except BaseException as e: print(type(e).__name__, e)
import re
def R(o): return re.sub(r"0x[0-9a-f]+|[^ ]*asyncio_objects.py", "F", repr(o))
async def main():
    loop = asyncio.get_running_loop()
    f = loop.create_future()
    print(R(f), sys.getsizeof(f), f._state, f._callbacks, f._asyncio_future_blocking, f._log_traceback, f._loop is loop, f._result, f._exception, f._source_traceback)
    ex(lambda: f.result()); ex(lambda: f.exception())
    cb = lambda fut: print('cb', fut.done())
    f.add_done_callback(cb); f.add_done_callback(print); f.add_done_callback(cb, context=contextvars.copy_context())
    print(len(f._callbacks), f.remove_done_callback(cb), len(f._callbacks), f.remove_done_callback(len))
    f.remove_done_callback(print); print(f._callbacks)
    f.add_done_callback(cb)
    f.set_result(5); print(R(f), f.result(), f.exception(), f._state)
    ex(lambda: f.set_result(6)); ex(lambda: f.set_exception(ValueError())); print(f.cancel())
    await asyncio.sleep(0)
    g = loop.create_future(); ex(lambda: g.set_exception(StopIteration())); ex(lambda: g.set_exception(5)); g.set_exception(ValueError('x')); print(R(g)); ex(g.result); print(repr(g.exception()))
    h = loop.create_future(); print(h.cancel(), h.cancelled(), h.done(), R(h)); ex(h.result)
    with warnings.catch_warnings(record=True) as w:
        warnings.simplefilter('always'); h2 = loop.create_future(); h2.cancel('msg'); print([str(x.message) for x in w]); ex(h2.result); print(h2._cancel_message)
    ex(lambda: asyncio.Future(5)); ex(lambda: asyncio.Future(foo=1)); ex(lambda: f.add_done_callback()); ex(lambda: f.add_done_callback(1,2))
    ex(lambda: asyncio.Future.__new__(asyncio.Future).result()); ex(lambda: repr(asyncio.Future.__new__(asyncio.Future))); ex(lambda: asyncio.Future.__new__(asyncio.Future).set_result(1)); ex(lambda: asyncio.Future.__new__(asyncio.Future).get_loop())
    f.x = 5; print(f.__dict__ if hasattr(f, '__dict__') else 'nodict', f.x, weakref.ref(f)() is f)
    async def sub(n):
        await asyncio.sleep(0.01 * n); return n * 2
    t = asyncio.create_task(sub(3), name='mytask'); print(R(t), sys.getsizeof(t), t.get_name(), R(t.get_coro()), t._must_cancel, t._fut_waiter, t._log_destroy_pending)
    print(await t, t.done(), R(t))
    print(await asyncio.gather(*(sub(i) for i in range(5))))
    async def bad(): raise KeyError('k')
    try: await asyncio.create_task(bad())
    except KeyError as e: print('caught', repr(e)); print([x.name for x in traceback.extract_tb(e.__traceback__)])
    print(await asyncio.gather(bad(), sub(1), return_exceptions=True))
    t = asyncio.create_task(asyncio.sleep(10)); await asyncio.sleep(0); print(t._fut_waiter is not None, t.cancel(), t.cancelling(), t.uncancel(), t.cancelling())
    try: await t
    except asyncio.CancelledError as e: print('cancelled', t.cancelled(), e.args)
    try: await asyncio.wait_for(asyncio.sleep(10), 0.01)
    except asyncio.TimeoutError as e: print('timeout', repr(e))
    try:
        async with asyncio.timeout(0.01): await asyncio.sleep(5)
    except TimeoutError as e: print('timeout2')
    try:
        async with asyncio.TaskGroup() as tg:
            tg.create_task(bad()); tg.create_task(sub(2))
    except* KeyError as eg: print(eg.exceptions)
    ex(lambda: asyncio.Task(5)); ex(lambda: asyncio.Task()); ex(lambda: t.set_result(1)); ex(lambda: t.set_exception(1)); ex(lambda: t.get_loop() is loop)
    def gen(): yield 1
    class Aw:
        def __await__(self): yield 5
    async def b1(): await Aw()
    try: await asyncio.create_task(b1())
    except RuntimeError as e: print(re.sub(r"0x[0-9a-f]+|[^ ]*asyncio_objects.py", "F", str(e)))
    class Aw2:
        def __await__(self): yield loop.create_future()
    async def b2(): await Aw2()
    try: await asyncio.create_task(b2())
    except RuntimeError as e: print(re.sub(r"0x[0-9a-f]+|[^ ]*asyncio_objects.py", "F", str(e)))
    async def b3(): await asyncio.current_task()
    try: await asyncio.create_task(b3())
    except RuntimeError as e: print(re.sub(r"0x[0-9a-f]+|[^ ]*asyncio_objects.py", "F", str(e)))
    class Aw3:
        def __await__(self): yield gen()
    async def b4(): await Aw3()
    try: await asyncio.create_task(b4())
    except RuntimeError as e: print(re.sub(r"0x[0-9a-f]+|[^ ]*asyncio_objects.py", "F", str(e)))
    other = asyncio.new_event_loop(); of = other.create_future()
    async def b5(): await of
    try: await asyncio.create_task(b5())
    except RuntimeError as e: print(re.sub(r"0x[0-9a-f]+|[^ ]*asyncio_objects.py", "F", str(e)))
    other.close()
    v = contextvars.ContextVar('v', default=0); v.set(1)
    async def ctx(): v.set(v.get()+1); return v.get()
    c = contextvars.copy_context()
    print(await asyncio.create_task(ctx()), v.get(), await asyncio.create_task(ctx(), context=c), c[v])
    print(sorted(x.get_name() for x in asyncio.all_tasks()), asyncio.current_task().get_name())
    q = asyncio.Queue()
    async def prod():
        for i in range(3): await q.put(i); await asyncio.sleep(0.001)
        await q.put(None)
    async def cons():
        r = []
        while (x := await q.get()) is not None: r.append(x)
        return r
    print(await asyncio.gather(prod(), cons()))
    ev = asyncio.Event(); lock = asyncio.Lock()
    async def w(i):
        async with lock: await ev.wait(); return i
    ts = [asyncio.create_task(w(i)) for i in range(3)]; await asyncio.sleep(0); ev.set(); print([await t for t in ts])
    it = f.__await__(); print(type(it), sys.getsizeof(it)); ex(lambda: next(it)); p = loop.create_future(); it = iter(p); print(next(it) is p); ex(lambda: next(it)); ex(lambda: it.throw(ValueError('t'))); ex(lambda: it.throw(5)); ex(lambda: next(it)); it.close()
    t = asyncio.create_task(sub(1)); print(len(t.get_stack())); await t
    loop.set_exception_handler(lambda l, c: print('handler', c['message'], sorted(c), R(c.get('exception'))))
    g = loop.create_future(); g.set_exception(ValueError('lost')); del g; await asyncio.sleep(0)
    t = asyncio.create_task(bad()); await asyncio.sleep(0.01); del t; gc.collect()
    class F(asyncio.Future): pass
    x = F(); x.set_result(3); print(await x, type(x))
    class T(asyncio.Task):
        def __init__(self, *a, **k): super().__init__(*a, **k); self.extra = 1
    t = T(sub(1)); print(await t, t.extra)
    r = await loop.run_in_executor(None, lambda: 42); print(r)
    async def agen():
        for i in range(3): yield i; await asyncio.sleep(0)
    print([i async for i in agen()])
    done, pend = await asyncio.wait([asyncio.create_task(sub(i)) for i in (1, 50)], return_when=asyncio.FIRST_COMPLETED); print(len(done), len(pend)); [p.cancel() for p in pend]
    return 'end'
src = None
print(asyncio.run(main()))
ex(asyncio.get_running_loop); ex(_asyncio._get_running_loop)
ex(lambda: asyncio.Future())
loop = asyncio.new_event_loop()
async def never(): await asyncio.sleep(100)
loop.set_exception_handler(lambda l, c: print('handler', c['message'], sorted(c)))
c = never(); t = loop.create_task(c); loop.run_until_complete(asyncio.sleep(0)); del t; loop._ready.clear(); loop._scheduled.clear(); gc.collect(); c.close()
def ki(): raise KeyboardInterrupt
async def k(): raise SystemExit(3)
try: loop.run_until_complete(k())
except SystemExit as e: print('exit', e)
loop.close()
ex(lambda: _asyncio._enter_task(1)); ex(lambda: _asyncio._leave_task(1, 2)); ex(lambda: _asyncio._enter_task(1, 2)); ex(lambda: _asyncio._enter_task(1, 3)); ex(lambda: _asyncio._leave_task(1, 2)); ex(lambda: _asyncio._enter_task(loop=1, task=2, x=3))
loop = asyncio.new_event_loop(); loop.set_debug(True)
f = loop.create_future(); print(type(f._source_traceback)); loop.close()
print(asyncio.Future[int], [ (c.__basicsize__, c.__dictoffset__, c.__weakrefoffset__, c.__flags__ & ~(1<<19)) for c in (asyncio.Future, asyncio.Task)], dir(asyncio.Future), dir(asyncio.Task), asyncio.Task.get_stack.__text_signature__)
