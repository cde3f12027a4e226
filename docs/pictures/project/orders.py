"""A shop's orders: a price table, sessions in cycles, and a registry that forgets nobody."""
import gc
import sys
from collections import defaultdict, OrderedDict
from dataclasses import dataclass, field

from shop.pricing import price_table, quote


@dataclass
class Order:
    number: int
    customer: str
    items: list = field(default_factory=list)


class Session:
    registry = {}

    def __init__(self, name):
        self.name = name
        self.orders = []
        self.parent = self  # a cycle
        self.buffer = bytearray(2048)

    def remember(self):
        Session.registry[self.name] = self


def load(count):
    return [Order(n, f'customer-{n % 97}', list(range(n % 12)))
            for n in range(count)]


def index(orders):
    by_customer = defaultdict(list)
    for order in orders:
        by_customer[order.customer].append(order)
    return by_customer


def report(orders, table):
    text = ''
    for order in orders:
        text += f'{order.number}: {quote(order, table)}\n'
    return len(text)


def serve(rounds):
    for turn in range(rounds):
        session = Session(f's{turn}')
        session.orders.extend(str(turn) * 20 for _ in range(10))
        if turn % 10 == 0:
            session.remember()


def main():
    sys.audit('mark', 'load')
    orders = load(6000)
    table = price_table(400)
    print('orders', len(orders))
    sys.audit('mark', 'index')
    groups = index(orders)
    print('customers', len(groups))
    sys.audit('mark', 'serve')
    serve(2500)
    print('sessions kept', len(Session.registry))
    sys.audit('mark', 'report')
    print('report', report(orders, table))
    del orders, groups
    gc.collect()
    sys.audit('mark', 'released')
    print('warning: sessions are still registered', file=sys.stderr)
    kept = OrderedDict((i, bytes(100)) for i in range(3000))
    print('done', len(kept))


main()
