"""Objects that live for a moment

Subject: What saves memory

Most allocations of a script are freed before anyone could see them. The column `Temporary` in Source shows where:
adding to a string makes a new one each time, joining makes one. The hills have the same height and very different
churn.
"""
import sys


def by_adding(words):
    text = ''
    for word in words:
        text = text + ' ' + word
    return text


def by_joining(words):
    return ''.join(' ' + word for word in words)


def average_with_tuples(count):
    pairs = [(number, number / 2) for number in range(count)]
    return sum(half for _, half in pairs) / count


words = [f'word{number}' for number in range(700)]
sys.audit('mark', 'adding')
print('by adding:', len(by_adding(words)))
sys.audit('mark', 'joining')
print('by joining:', len(by_joining(words)))
sys.audit('mark', 'tuples')
print('average:', average_with_tuples(5_000))
