# Views subscribe to a model that outlives them, and nobody unsubscribes.
class Model:
    def __init__(self):
        self.listeners = []

    def subscribe(self, callback):
        self.listeners.append(callback)


class View:
    def __init__(self, model):
        self.rows = ['row'] * 20
        model.subscribe(self.refresh)

    def refresh(self):
        pass


def open_and_close(model):
    view = View(model)
    view.refresh()


model = Model()
for _ in range(600):
    open_and_close(model)
