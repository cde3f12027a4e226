"""Names come and go, the count follows

Subject: Reference counts

Every name, list item and argument is one reference. At zero the object is freed at once, without any collector: no
collection is marked under the timeline, and still all memory is given back.
"""
import sys


class Crate:
    def __init__(self, label):
        self.label = label
        self.load = bytearray(100_000)

    def __del__(self):
        print(f'  {self.label} is freed')


def count(thing):
    """References besides the two that asking makes: the argument here, and that of getrefcount."""
    return sys.getrefcount(thing) - 2


crate = Crate('first')
print('one name:', count(crate))
alias = crate
shelf = [crate, crate]
print('two names and two list items:', count(crate))
del alias
shelf.clear()
print('one name again:', count(crate))

sys.audit('mark', 'rebind')
print('binding the name to another crate frees the first:')
crate = Crate('second')
print('deleting the last name frees the second:')
del crate
sys.audit('mark', 'empty')
