# Work leaves nothing behind, and a report is put together at the end.
def work(n):
    words = ['word %d' % i for i in range(20)]
    return len(' '.join(words)) + n


total = 0
for n in range(400):
    total += work(n)

report = []
for n in range(800):
    report.append('line %d of the report' % n)
