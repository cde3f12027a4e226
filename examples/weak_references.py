"""Looking without holding

Subject: What saves memory

A cache that holds its values keeps everything it has ever seen; one with weak references forgets what nobody else
uses. The first half of the timeline climbs and stays, the second returns to its level after each round.
"""
import sys
import weakref


class Image:
    def __init__(self, name):
        self.name = name
        self.pixels = bytearray(20_000)


def show(cache, names):
    """The images of one page; dropped when the page is left."""
    page = []
    for name in names:
        image = cache.get(name)
        if image is None:
            image = cache[name] = Image(name)
        page.append(image)
    return len(page)


def visit(cache):
    for page in range(8):
        show(cache, [f'photo-{page}-{number}' for number in range(10)])
    return len(cache)


sys.audit('mark', 'dict')
strong = {}
print('a dict keeps:', visit(strong))
strong.clear()

sys.audit('mark', 'weak')
weak = weakref.WeakValueDictionary()
print('a WeakValueDictionary keeps:', visit(weak))

farewell = []
image = Image('last')
reference = weakref.ref(image, lambda _: farewell.append('the last image is gone'))
print('alive through the reference:', reference() is image)
del image
print(farewell[0], 'and the reference says', reference())
