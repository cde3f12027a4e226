# One line makes all events; a ring keeps the last fifty, a log keeps every tenth for ever.
from collections import deque

recent = deque(maxlen=50)
log = []


def make(n):
    return {'number': n, 'text': 'event %d' % n}


def happen(n):
    event = make(n)
    recent.append(event)
    if n % 10 == 0:
        log.append(make(n))


for n in range(4000):
    happen(n)
