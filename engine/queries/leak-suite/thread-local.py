# Every request leaves its context in a thread-local list of the one thread that never ends.
import threading

local = threading.local()


class Context:
    def __init__(self, number):
        self.number = number
        self.trace = ['step'] * 30


def handle(number):
    if not hasattr(local, 'contexts'):
        local.contexts = []
    local.contexts.append(Context(number))


for n in range(600):
    handle(n)
