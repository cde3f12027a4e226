"""Every method and operator of float; what t and x do, and the classes, is in _prelude.py."""
t('float()','float(5)','float("1.5")','float(" 1.5 ")','float("1e5")','float("-inf")','float("nan")','float("infinity")','float("1_0.5")','float("1__0")','float("")','float("x")','float([])','float(None)','float(1,2)','float(x=1)','float(b"1.5")','float(bytearray(b"2.5"))','float(b"x")','float("١.٥")','float("1.5\\0")','float(10**400)','float(Idx(5))','float("1e400")','float("-1e400")','float("1e-400")','float("0x10")','float(".5")','float("5.")','float(".")','float("+5")','float("1.5e")','float(True)','float("é")','float(memoryview(b"7"))')
class F(float): pass
class Ff:
    def __float__(self): return 2.5
class Fb:
    def __float__(self): return 'x'
class Fs:
    def __float__(self): return F(1.5)
G.update(F=F,Ff=Ff,Fb=Fb,Fs=Fs)
t('float(Ff())','float(Fb())','F(1.5)','F("2")','type(F(1)+1)','F(1.5)==1.5','hash(F(1.5))','F()','F(x=1)','F.fromhex("0x1p3")','type(F.fromhex("0x1p3"))','repr(F(1.5))','F(1.5).__sizeof__()','type(+F(1))','type(float(F(1)))','F(2.5).hex()','type(F(2.5).real)','type(F(1.5).conjugate())','format(F(1.5),"")','format(F(1.5),".3f")','type(round(F(1.567),1))')
vals=[0.0,-0.0,1.0,-1.0,0.5,1.5,2.5,-2.5,3.7,1e10,1e16,1e17,123456789.123,1e22,1e23,1e100,1e300,1.7976931348623157e308,5e-324,2.2250738585072014e-308,1e-5,1e-4,0.1,0.2,1/3,2/3,float('inf'),float('-inf'),float('nan'),4503599627370497.5,9007199254740993.0,-7.25]
for a in vals:
    print(repr(a),str(a),a.hex(),hash(a) if a==a else '',a.is_integer(),bool(a),-a,abs(a),+a,a.real,a.imag,a.conjugate(),format(a,'.3f'),format(a,'e'),format(a,'g'),format(a,'%'),format(a,'10.2f'),format(a,'+'),format(a,','),format(a,'_.2f'),format(a,'.0f'),format(a,'#.0f'),format(a,'010.1f'),format(a,'n'),format(a,'.17g'),format(a,'z.1f'),format(a,'^20'),format(a,'E'),format(a,'G'),format(a,'.10'),format(a,'#g'))
    for f in ('round(a)','round(a,1)','round(a,2)','round(a,-2)','round(a,400)','round(a,-400)','round(a,None)','int(a)','a.as_integer_ratio()','a.__trunc__()','a.__floor__()','a.__ceil__()','a.__getnewargs__()','divmod(a,3)','divmod(a,-0.7)','a//0.3','a%0.3','a**2','a**0.5','a**-1','2**a','a/3','a//0','a%0','a/0','divmod(a,0)','a+10**400','a<10**400','a==10**400','a>5','a<"x"'):
        try: r=eval(f)
        except Exception as e: r=(type(e).__name__,e.args)
        print(a,f,r)
    for b in vals[::3]:
        print(a+b,a-b,a*b,a<b,a<=b,a==b,a!=b,a>b,a>=b, end=' ')
        for f in ('a/b','a//b','a%b','divmod(a,b)','a**b'):
            try: r=eval(f)
            except Exception as e: r=(type(e).__name__,e.args)
            print(r,end=' ')
        print()
t('1.0+"a"','1.0<"a"','1.0=="a"','1.0==1','1.5<2','2>1.5','1.0 .__add__(1)','1.0 .__add__("x")','1.0 .__radd__(5)','1.0 .__pow__(2,3)','pow(1.0,2,3)','1.0 .__rpow__(2)','(-8)**(1/3)','(-8.0)**2','(-8.0)**-3','0.0**0','0**0.0','float("nan")**0','1**float("nan")','(-1)**float("inf")','(-1.5)**float("inf")','0.5**float("-inf")','(-0.0)**-1','0.0**-0.5','(-0.0)**3','10.0**308','10.0**309','1e-200**2','2.0**-1075','(-2.0)**0.5','1.5.__floordiv__(0)','divmod(5.5,2)','divmod(-5.5,2)','-5.5//2','-5.5%2','5.5%-2','1e308*10','-1e308*10','1e-320/10','0.1+0.2','1e16+1','5%float("inf")','-5%float("inf")','5//float("inf")','-5//float("inf")','float("inf")//1','float("inf")%1')
t('float.fromhex("0x1.8p1")','float.fromhex("1.8")','float.fromhex("-0x1p-1074")','float.fromhex("0x1p-1076")','float.fromhex("inf")','float.fromhex("nan")','float.fromhex("")','float.fromhex("0x")','float.fromhex("zz")','float.fromhex("0x1p5000")','float.fromhex(5)','float.fromhex("  0x1p3  ")','float.fromhex("0X1P+3")','float.fromhex("0x1.fffffffffffff8p0")','float.__getformat__("double")','float.__getformat__("float")','float.__getformat__("x")','float.__getformat__(5)','1.5.__format__(5)','format(1.5,"d")','format(1.5,"x")','format(1.5,"s")','format(1.5,"q")','format(1.5,",,")','format(1.5,"5.")','format(1.5,"é>9")','"%f" % 1.5','"%5.1f|%-8.2f|%08.3f|%+f" % (1.5,2.5,3.5,4.5)','"%e" % 12345.678','"%g" % 1e10','"%.3s" % 1.23456','"%r" % 1.5','"%d" % 1.9','"%x" % 1.5','"%f" % "x"','f"{1.5}"','f"{1.5:.3f}"','f"{1/3:.2%}"','"{:10.3e}".format(12345.6789)','round(2.675,2)','round(1e308,-308)','round(1.7e308,-308)','round(0.5)','round(1.5)','round(2.5)','round(-0.5)','round(1.5,"x")','round(5e-324,323)','round(1234.5678,-2)','round(float("nan"),1)','1.5.x','float.__add__("x",1)','float.__new__(str)','float.__new__(F,1)','1.5.__round__(1,2)','1.5.__round__(None)','type(round(1.5,0))','1.5.__hash__()','1.5.__eq__("x")','1.5.__lt__("x")','1.5.__bool__()','1.5.__int__()','1.5.__sizeof__()','sys.getsizeof(1.5)','min(1,0.5)','max(0.1,float("nan"))','sum([0.1]*10)','sum([0.1,0.2,0.3])','sorted([2.5,1,True])','1.5 in [1.5]','hash(1.5)==hash(F(1.5))','hash(float("inf"))','hash(-1.0)','hash(0.1)','hash(1e300)','hash(2.0**70)==hash(2**70)','3.0.__repr__()','1e5','1e-7','123456.0','1e15','12345678901234567.0','0.00001','0.0001','1e21','-0.0','100000000000000000000.0')
