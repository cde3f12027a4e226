# Each order is in a dict and in a list: taking it out of one would not free it.
class Order:
    def __init__(self, number):
        self.number = number
        self.lines = ['line'] * 12


by_number = {}
in_order = []


def place(number):
    order = Order(number)
    by_number[number] = order
    in_order.append(order)


for n in range(700):
    place(n)
