0, 00, 0_0, 1, 123, 1_000_000, 0x1F, 0X_ff, 0o17, 0O_7, 0b11, 0B_1
1., .5, 1.5, 1e5, 1E-5, 1.e+5, .5e5, 1_0.0_1e1_0, 1e400, 1e-400, 0.1, 123456789.123456789, 1e16, 1e22, 5e-324, 0.0001, 0.00001
1j, 1.5J, 1e5j, .5j, 0j, 1_0j
123456789012345678901234567890, 0xffffffffffffffffffffffff
'', "", '''''', """"""
'a' "b" '''c''' """d"""
'it\'s', "say \"x\"", 'both \' and "'
'\a\b\f\n\r\t\v\\\'\"\0\1\12\123\x41\u00e9\U0001F600'
'\N{BULLET}\N{latin small letter a with diaeresis}\N{LF}\N{CJK UNIFIED IDEOGRAPH-4E00}\N{HANGUL SYLLABLE GAG}'
'\
'
'a\
b'
'\d\q\é'
r'\d\n\'' R"\x"
b'abc', B'\x00\xff\n\'', br'\x', Rb"\d", rB'', b'a' b'b', b'\
c', b'\400\z'
u'abc', U'abc', u'a' 'b', 'a' u'b'
'é', 'ünïcödé', '日本語', '😀', 'é' 'b', 'ﬁ'
é = ﬁ = ª = x̂ = 变量 = 1
'''multi
line''' + """another
one"""
x = ('a'
     'b'
     '''c
d'''); y = 1
'\777', '\400'
'\ud800', '\udfff', '\ud800x'
