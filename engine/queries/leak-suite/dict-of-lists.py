# Measurements by sensor: each list only grows, and there are many.
from collections import defaultdict

series = defaultdict(list)


def measure(n):
    series['sensor-%d' % (n % 40)].append((n, n * 0.5))


for n in range(2500):
    measure(n)
