# No objects are kept, only numbers that are there anyway: the list itself grows.
history = []


def step(n):
    history.append(n % 100)
    return len(history)


for n in range(6000):
    step(n)
