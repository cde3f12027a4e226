# A bounded lru_cache of a function of a module: it keeps 64 results and no more.
from functools import lru_cache


@lru_cache(maxsize=64)
def render(n):
    return 'rendered %d ' % n * 10


for n in range(3000):
    render(n)
