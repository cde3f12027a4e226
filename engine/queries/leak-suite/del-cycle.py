# Parents and children with finalizers refer to each other; the collector is off, so nothing frees them.
import gc
gc.disable()


class Node:
    def __init__(self, parent):
        self.parent = parent
        self.children = []

    def __del__(self):
        pass


def build():
    root = Node(None)
    for _ in range(3):
        root.children.append(Node(root))


for _ in range(300):
    build()
