if a:
  b
  if c:
         d
  e
else:
	f
	if g:
	        h
	i
def f():
    # a comment

    x = 1
# a comment at the margin
    y = 2

    
    z = 3 ; w = 4
    return (
x +
        y
    )
class A:
    def f(self):
        pass
    # trailing

    def g(self): pass
x = 1 \
  + 2 \
+ 3
if x and \
   y:
    pass
if x: \
    pass
x = [
    1,  # one
    2,

    3
]
if x:
    pass
    pass
x = 1; y = 2;
é = 'é'; ñ = é + é; ü = (é,
  ñ, ö)
if é: ñ = '日本' + é  # é
x = """é
é""" + é
x = 'é' \
  + é
for x in y: \
  pass
try:
    pass
except x: pass
finally: pass
if a:
    if b:
        if c:
            pass
x
if 1:
    pass
\
\
x = 2
