# The producer puts five jobs, the consumer takes four.
from collections import deque


class Job:
    __slots__ = ('number', 'payload')

    def __init__(self, number):
        self.number = number
        self.payload = 'payload %d' % number


jobs = deque()


def produce(n):
    for i in range(5):
        jobs.append(Job(n * 5 + i))


def consume():
    for _ in range(4):
        jobs.popleft()


for n in range(800):
    produce(n)
    consume()
