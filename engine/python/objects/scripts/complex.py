"""Every method and operator of complex; what t and x do, and the classes, is in _prelude.py."""
t('complex()','complex(1)','complex(1,2)','complex("1+2j")','complex("x")','complex("1",2)','complex(1,"2")','complex([])','complex(1,[])','complex(1j)','complex(1j,2)','complex(1,2j)','complex(1j,2j)','complex(real=1)','complex(imag=2)','complex(1,imag=2)','complex(1,2,3)','complex(x=1)','complex(" ( 1+2j ) ")','complex("(1+2j")','complex("1+2")','complex("j")','complex("-j")','complex("+j")','complex("1e5j")','complex("inf-nanj")','complex("1_0+2_0j")','complex("1__0j")','complex("")','complex("()")','complex("1 + 2j")','complex("١j")','complex(10**400)','complex(True)','complex(Idx(3))','complex(None)','complex("1j2")','complex("1.5")','complex("infinityj")','complex(b"1")')
class C(complex): pass
class Cc:
    def __complex__(self): return 3+4j
class Cb:
    def __complex__(self): return 5
class Cf:
    def __float__(self): return 2.5
G.update(C=C,Cc=Cc,Cb=Cb,Cf=Cf)
t('complex(Cc())','complex(Cb())','complex(Cf())','complex(Cf(),Cf())','complex(Cc(),1)','C(1,2)','C("1+2j")','type(C(1)+1)','C(1)==1','repr(C(1,2))','type(+C(1))','type(C(1).conjugate())','C(1,2).__sizeof__()','complex(C(1,2))','type(complex(C(1,2)))','type(C(1).__complex__())')
vals=[0j,1j,-1j,1+0j,1+2j,-1.5-2.5j,complex(0,-0.0),complex(-0.0,0),complex('inf'),complex('nanj'),complex(1e200,1e200),3+4j,1e-200+1e-200j]
for a in vals:
    print(repr(a),str(a),a.real,a.imag,a.conjugate(),-a,+a,bool(a),a.__getnewargs__(),format(a,''),format(a,'.2f'),format(a,'e'),format(a,'g'),format(a,'>20'),format(a,'+.1f'),format(a,',.2f'))
    for f in ('abs(a)','hash(a)','a==1','a==a','a!=1j','a<1','int(a)','float(a)','a//1','a%1','divmod(a,1)','round(a)','a**2','a**-1','a**0','a**1.0','a/0','a**5','a**100','a==10**400','a==1.0','a=="x"','a+"x"','a+10**400','pow(a,2,3)'):
        try: r=eval(f)
        except Exception as e: r=(type(e).__name__,e.args)
        if not (f=='hash(a)' and a!=a): print(a,f,r)
    for b in vals+[2,0.5,True]:
        for f in ('a+b','a-b','a*b','a/b','b-a','b/a','a==b'):
            try: r=eval(f)
            except Exception as e: r=(type(e).__name__,e.args)
            print(r,end=' ')
        print()
t('format(1j,"d")','format(1j,"05")','format(1j,"=5")','format(1j,"s")','format(1j,"x")','1j.__format__(5)','"%s" % 1j','"%d" % 1j','"%f" % 1j','f"{1+2j:.2f}"','1j.__add__("x")','1j.__radd__(5)','1j.__eq__(5)','1j.__lt__(5)','1j.__pow__(2)','1j.__rpow__(2)','1j.__pow__(2,3)','complex.__new__(str)','complex.__add__(1,2)','1j.x','sys.getsizeof(1j)','1j.__hash__()','1j*1j','2**1j' if 0 else '1','1+2j==complex(1,2)','1j in [1j]','{1j:2}[1j]','{1:2}[1+0j]','hash(1+0j)==hash(1)','1j.imag','(1+2j).real.hex()','sum([1j,2])','1e400j','-0j','(-0j).real','0-1j','1-0j','complex(-0.0,-0.0)')
