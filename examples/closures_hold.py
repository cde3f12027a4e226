"""A small function that holds a large list

Subject: Leaks

A closure keeps the variables it uses, not the values it needs. `make_greedy` uses one length and keeps all rows;
`make_modest` takes the length first. Same answers, other heights.
"""
import sys


def make_greedy(rows):
    return lambda: len(rows)


def make_modest(rows):
    count = len(rows)
    return lambda: count


def load(number):
    return [f'{number}-{row}' for row in range(1500)]


sys.audit('mark', 'greedy')
greedy = [make_greedy(load(number)) for number in range(12)]
print('answers:', sum(answer() for answer in greedy))
print('held by one of them:', type(greedy[0].__closure__[0].cell_contents).__name__)
del greedy

sys.audit('mark', 'modest')
modest = [make_modest(load(number)) for number in range(12)]
print('answers:', sum(answer() for answer in modest))
print('held by one of them:', type(modest[0].__closure__[0].cell_contents).__name__)
