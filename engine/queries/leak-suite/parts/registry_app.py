# Everything happens while this module is imported.
class Registry:
    instances = {}


class Part:
    def __init__(self, name):
        self.parts = [name] * 10
        Registry.instances[name] = self


def make(n):
    return Part('part %d' % n)


for n in range(700):
    make(n)
