"""Answers requests for ever: pages are kept until the cache is cleared, nodes die in cycles."""
import sys

pages = {}


class Node:
    def __init__(self, name):
        self.name = name
        self.parent = self  # only the collector frees it


def render(number):
    text = f'page {number} ' * 20
    return text.upper()


def handle(number):
    pages[number % 6000] = render(number)
    for part in ('head', 'body', 'foot'):
        Node(part)


number = 0
while True:
    handle(number)
    number += 1
    if number % 8000 == 0:
        print('served', number, 'kept', len(pages))
        pages.clear()
        sys.audit('mark', f'cleared {number // 8000}')
