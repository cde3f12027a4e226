x = 1
y = """a
b"""
if x:
    yz = 2
