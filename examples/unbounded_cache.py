"""A cache without a limit is a leak

Subject: Leaks

`cache` remembers every answer for ever, `lru_cache(maxsize=64)` the last 64. The work is the same; compare the two
marks in Statistics, then look at the shape: one climbs, the other turns level.
"""
import sys
from functools import cache, lru_cache


def render(page):
    return f'<h1>Page {page}</h1>' + '<p>text</p>' * 40


@cache
def render_for_ever(page):
    return render(page)


@lru_cache(maxsize=64)
def render_lately(page):
    return render(page)


REQUESTS = [(number * 7919) % 1500 for number in range(3000)]

sys.audit('mark', 'for ever')
print('bytes served:', sum(len(render_for_ever(page)) for page in REQUESTS))
print('kept:', render_for_ever.cache_info().currsize)
render_for_ever.cache_clear()

sys.audit('mark', 'lately')
print('bytes served:', sum(len(render_lately(page)) for page in REQUESTS))
print('kept:', render_lately.cache_info().currsize)
