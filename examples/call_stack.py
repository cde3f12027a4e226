"""The call stack is a linked list

Subject: Calls and frames

Every call makes a frame, and each frame points to the one that called it (`f_back`). Move the playhead through the
run and watch the current line in Source walk down the chain and back up.
"""
import sys


def chain():
    """Names of the functions from here to the bottom of the stack."""
    frame = sys._getframe(1)
    names = []
    while frame is not None:
        names.append(f'{frame.f_code.co_name}:{frame.f_lineno}')
        frame = frame.f_back
    return names


def grind(beans):
    print('deepest:', ' <- '.join(chain()))
    return [bean * 2 for bean in range(beans)]


def brew(cups):
    grounds = grind(cups * 100)
    return f'{len(grounds)} spoons'


def breakfast():
    coffee = brew(3)
    print('back in breakfast:', ' <- '.join(chain()))
    return coffee


sys.audit('mark', 'before')
print(breakfast())
sys.audit('mark', 'after')
print('at the bottom:', chain())
