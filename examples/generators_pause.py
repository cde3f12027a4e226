"""A generator is a frame that pauses

Subject: Calls and frames

The list holds all numbers at once, the generator one at a time, in a frame that sleeps between two `next`. On the
timeline the first half is a hill and the second half is flat, with the same sum.
"""
import sys


def squares(count):
    for number in range(count):
        yield number * number


COUNT = 60_000

sys.audit('mark', 'list')
as_list = [number * number for number in range(COUNT)]
print('list:', sum(as_list), 'in', sys.getsizeof(as_list), 'bytes for the list alone')
del as_list

sys.audit('mark', 'generator')
source = squares(COUNT)
print('first three:', next(source), next(source), next(source))
print('paused at line', source.gi_frame.f_lineno, 'with number =', source.gi_frame.f_locals['number'])
print('generator:', sum(source) + 0 + 1 + 4, 'in', sys.getsizeof(source), 'bytes')
print('finished, frame gone:', source.gi_frame is None)
