# The same with the collector on: cycles float until it comes. No leak, but work for the collector.
class Node:
    def __init__(self, parent):
        self.parent = parent
        self.children = []


def build():
    root = Node(None)
    for _ in range(3):
        root.children.append(Node(root))
    root = None


for _ in range(1500):
    build()
