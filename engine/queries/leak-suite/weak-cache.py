# Views are found again by a weak dictionary: it keeps none of them.
import weakref


class View:
    def __init__(self, n):
        self.rows = ['row %d' % n] * 10


views = weakref.WeakValueDictionary()


def open_and_close(n):
    view = View(n)
    views[n] = view
    return len(views)


for n in range(1500):
    open_and_close(n)
