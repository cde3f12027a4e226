"""Every call is a frame, and there is a limit

Subject: Calls and frames

Going down, each call adds a frame and its locals; coming back, they are freed. Then a recursion without end: Python
stops it with RecursionError, and all frames go at once. The loop at the end does the same work on a level line.
"""
import sys


def depth_of(tree):
    if not tree:
        return 0
    note = [len(tree)] * 20
    return max(depth_of(branch) for branch in tree) + len(note) // 20


def endless(number):
    return endless(number + 1)


def chain(length):
    tree = []
    for _ in range(length):
        tree = [tree]
    return tree


def depth_in_loop(tree):
    depth, level = 0, [tree]
    while any(level):
        depth += 1
        level = [branch for branches in level for branch in branches]
    return depth


tree = chain(150)
sys.audit('mark', 'down')
print('depth by recursion:', depth_of(tree))

sys.audit('mark', 'endless')
try:
    endless(0)
except RecursionError as error:
    print('stopped:', error)

sys.audit('mark', 'loop')
print('depth by a loop:', depth_in_loop(tree))
