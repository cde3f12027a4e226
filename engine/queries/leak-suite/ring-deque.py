# A buffer of the last hundred events: it is full soon and never grows again.
from collections import deque

events = deque(maxlen=100)


def happen(n):
    events.append({'number': n, 'text': 'event %d' % n})


for n in range(3000):
    happen(n)
