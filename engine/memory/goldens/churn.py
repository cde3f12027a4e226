# Fills and empties many arenas in ways that reorder the list of usable ones: the hardest case for pymalloc's arena rules.
import random

random.seed(11)
sizes = [random.choices(range(20, 480, 7), k=14), [440], random.choices(range(300, 480), k=9), [15, 460, 220]]
kept = []
for wave in range(4):
    some = sizes[wave % 4]
    kept += [bytes(n) for i in range(13000 // len(some)) for n in some]
    # Frees runs of neighbours, so that pools and arenas empty, and leaves islands in between.
    for i in range(16):
        start = random.randrange(len(kept))
        del kept[start:start + random.randrange(100, 900)]
    if wave % 3 == 1:
        del kept[::3]
        del kept[::5]
    if wave % 3 == 2:
        del kept[:len(kept) * 3 // 4]
while kept:
    del kept[random.randrange(len(kept)):]
