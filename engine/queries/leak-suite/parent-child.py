# A tree whose children know their parent: a cycle, alive because it is in use, and of one size.
class Node:
    def __init__(self, name, parent=None):
        self.name = name
        self.parent = parent
        self.children = []
        if parent:
            parent.children.append(self)


def grow(node, depth):
    if depth:
        for i in range(4):
            grow(Node('%s.%d' % (node.name, i), node), depth - 1)


tree = Node('root')
grow(tree, 4)


def count(node):
    return 1 + sum(count(child) for child in node.children)


for _ in range(25):
    count(tree)
