# One table is made at the start and one in the middle; both stay as they are.
first = [str(n) for n in range(1500)]
total = 0
for n in range(15000):
    total += n
second = {n: str(n) for n in range(1500)}
for n in range(30000):
    total += n
