# Each callback is a closure that keeps the whole request, though it needs one number of it.
at_exit = []


class Request:
    def __init__(self, number):
        self.number = number
        self.body = 'x' * 200 + str(number)


def handle(number):
    request = Request(number)

    def report():
        return request.number

    at_exit.append(report)
    return number


total = 0
for n in range(800):
    total += handle(n)
