"""Prices."""
import json
import re


def price_table(size):
    text = json.dumps({f'item{n}': {'price': n * 1.25, 'tags': ['a', 'b', str(n)]} for n in range(size)})
    table = json.loads(text)
    return {name: row['price'] for name, row in table.items() if re.match(r'item\d+', name)}


def quote(order, table):
    return sum(table.get(f'item{n}', 0) for n in order.items)
