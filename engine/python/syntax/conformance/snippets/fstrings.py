f''
f'a'
f'{a}'
f'a{b}c'
f'{a}{b}'
f'{{}}' f'{{{a}}}' f'}}{{'
f'{a!r}{b!s}{c!a}'
f'{a:>10}{b!r:^{width}.{precision}}{c:{d}{e}}'
f'{a=}{b = }{c=!s}{d=:>5}{e.f = !r:^10}'
f'{a + b}{ a }{(a, b)}{a, b}{*a, b}{[1, 2]}{ {1: 2} }{ {1, 2} }'
f'{a if b else c}{(lambda x: x)(1)}{(yield)}{(x := 1)}{a["b"]}{a[":"]}{"}"}{"{"}'
f'{a != b}{a == b}{a <= b}{a >= b}{a < b}{a > b}'
f'{a:=5}{a:!r}'
f"{'nested'}{f'{a}'}{f'''{b}{c!r:>{d}}'''}"
f'''{a
}'''
f'''
{a}
 {b
 + c} {d
}
'''
f'''{
a}{ 
 b}'''
    
x = f'a' 'b' f'{c}' "d{e}" rf'{f}\n' fr'\{g}'
x = 'a' f'b'
x = u'a' f'{b}'
x = f'\n{a}\t\x41\N{BULLET}{b}'
x = rf'\n{a:\d}'
x = F'{a}' Rf'{b}' fR'{c}' rF'{d}'
y = (f'{a}'
     'b'
     f'''{c}
{d}''')
é = f'é{a}é{b}' + f'é{ö}'
z = f'{a:é}' f'{"é"}' f'{a!r:é{b}}'
f'{x:%Y-%m-%d}{y:,}{z:#x}'
f'{await_}{not a}{-a}{a.b.c(d)[e]}{a or b}'
f'{a}' \
    f'{b}'
f'\{a}'
w = f'{1if 1 else 2}'
