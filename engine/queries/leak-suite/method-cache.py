# lru_cache on a method: the cache belongs to the class and keeps every instance that was ever asked.
from functools import lru_cache


class Report:
    def __init__(self, number):
        self.number = number
        self.rows = [number] * 50

    @lru_cache(maxsize=None)
    def total(self):
        return sum(self.rows)


def show(number):
    return Report(number).total()


for n in range(500):
    show(n)
