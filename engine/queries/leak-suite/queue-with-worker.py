# A queue whose worker keeps up: it is drained as fast as it is filled.
from collections import deque

jobs = deque()


def produce(n):
    for i in range(5):
        jobs.append('job %d' % (n * 5 + i))


def consume():
    while jobs:
        jobs.popleft()


for n in range(700):
    produce(n)
    if n % 10 == 9:
        consume()
