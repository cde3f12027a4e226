# Two causes in one program, beside a table, a cache and a buffer that are none.
from collections import deque

TABLE = [str(n) for n in range(1500)]
recent = deque(maxlen=50)
metrics = {}
audit = []
names = {}


def name_of(user):
    if user not in names:
        names[user] = 'user number %d' % user
    return names[user]


def handle(n):
    recent.append('request %d' % n)
    metrics['request-%d' % n] = [n, n * 2.5]
    audit.append({'user': name_of(n % 40), 'n': n})


for n in range(1200):
    handle(n)
