"""Listeners that nobody takes off

Subject: Leaks

Every window registers a bound method, the bus holds the method, the method holds its window: closed windows live on.
Group Statistics by traceback to see who made them, then see how the second half keeps none.
"""
import sys
import weakref


class Bus:
    def __init__(self):
        self.listeners = []

    def subscribe(self, listener):
        self.listeners.append(listener)

    def publish(self, message):
        for listener in self.listeners:
            listener(message)


class WeakBus(Bus):
    """Holds methods weakly and forgets those whose object is gone."""

    def subscribe(self, listener):
        self.listeners.append(weakref.WeakMethod(listener))

    def publish(self, message):
        self.listeners = [reference for reference in self.listeners if reference() is not None]
        for reference in self.listeners:
            reference()(message)


class Window:
    opened = 0

    def __init__(self, bus):
        Window.opened += 1
        self.content = [f'row {number}' for number in range(200)]
        bus.subscribe(self.on_message)

    def on_message(self, message):
        self.content[0] = message


def work(bus):
    for number in range(60):
        window = Window(bus)
        bus.publish(f'message {number}')
    del window
    bus.publish('good night')
    return len(bus.listeners)


sys.audit('mark', 'strong')
strong = Bus()
print('windows that live on:', work(strong))
strong.listeners.clear()
sys.audit('mark', 'weak')
print('windows that live on:', work(WeakBus()))
print('windows opened in all:', Window.opened)
