def loops(items):
    for x in items:
        if x == 1:
            continue
        elif x == 2:
            break
        while x:
            x -= 1
            if x in {3, 4}:
                continue
            if not x and items or x is None:
                break
        else:
            print('while else')
    else:
        print('for else')
    while True:
        if items:
            return items
    while 0:
        never()
    while not items and x or None:
        pass


def conditions(a, b, c):
    if a and b or c:
        return 1
    elif not (a or b) and c:
        return 2
    elif a < b < c:
        return 3
    elif a is None or b is not None:
        pass
    else:
        return a if b else c
    if 1:
        x = 1
    if 0:
        y = 2
    else:
        z = 3
    if a:
        if b:
            if c:
                return
    assert a
    assert a < b, 'message'
    assert not a, f'{b}'
    return a and (b or c) and not c


def handlers(f):
    try:
        f()
    except ValueError:
        return 1
    except (TypeError, KeyError) as e:
        print(e)
        raise
    except:
        raise RuntimeError from None
    else:
        f(2)
    finally:
        f(3)
    try:
        return f()
    finally:
        f(4)
    for x in f:
        try:
            if x:
                break
            continue
        except Exception as e:
            return e
        finally:
            with f as g, f(1) as (h, i):
                if x:
                    return g
                break
    try:
        try:
            pass
        finally:
            pass
    except OSError:
        pass


def groups(f):
    try:
        f()
    except* ValueError as e:
        print(e)
    except* (TypeError, OSError):
        f(1)
    else:
        f(2)
    finally:
        f(3)


def contexts(f):
    with f:
        pass
    with f as a:
        return a
    for x in f:
        with f(x):
            if x:
                continue
            break
    with (f as a, f as b):
        raise a


def lines(
    a,
    b,
):
    return (
        a
        +
        b(
            1,
            2,
        ).c
        .d
        [
            0
        ]
    )


raise SystemExit
