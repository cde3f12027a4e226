# An undo history as a linked list that only grows.
class State:
    def __init__(self, text, previous):
        self.text = text
        self.previous = previous


class Editor:
    def __init__(self):
        self.state = None

    def type(self, text):
        self.state = State(text, self.state)


editor = Editor()
for n in range(1500):
    editor.type('text after %d keys' % n)
