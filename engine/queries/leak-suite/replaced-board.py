# A board is made anew in each step, larger each time; then it stays as it is while something else runs.
def step(cells, n):
    return {(x + 1, y) for x, y in cells} | {(n, n)}


cells = {(0, 0)}
for n in range(120):
    cells = step(cells, n)

total = 0
for n in range(60000):
    total += n
