# Texts are put together from parts; all parts go with the text.
def build(n):
    parts = []
    for i in range(60):
        parts.append('part %d of %d' % (i, n))
    return ', '.join(parts)


longest = ''
for n in range(150):
    text = build(n)
    if len(text) > len(longest):
        longest = text
