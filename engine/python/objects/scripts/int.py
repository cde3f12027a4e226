"""Every method and operator of a type: each line is an expression and what came of it, an exception included."""
import sys
G = {}
def t(*exprs):
    for e in exprs:
        try:
            r = repr(eval(e, G))
        except BaseException as x:
            print(e, '=>', type(x).__name__, x.args)
        else:
            print(e, "=>", r)
def x(*stmts):
    for s in stmts:
        try:
            exec(s, G)
        except BaseException as e:
            print(s, '=>', type(e).__name__, e.args)
class K:
    def __init__(self, n, log=None): self.n = n
    def __eq__(self, o):
        LOG.append((self.n, getattr(o, 'n', o)))
        return isinstance(o, K) and self.n == o.n
    def __lt__(self, o):
        LOG.append((self.n, '<', getattr(o, 'n', o)))
        return self.n < o.n
    def __hash__(self): return self.n % 4
    def __repr__(self): return 'K%d' % self.n
class Idx:
    def __init__(self, n): self.n = n
    def __index__(self): return self.n
class BadEq:
    def __eq__(self, o): raise ZeroDivisionError('eq')
    def __hash__(self): return 1
class BadHash:
    def __hash__(self): raise ZeroDivisionError('hash')
class BadRepr:
    def __repr__(self): raise ZeroDivisionError('repr')
LOG = []
def gen(n):
    for i in range(n): yield i
def bad(n):
    for i in range(n): yield i
    raise ZeroDivisionError('iter')
G.update(K=K, Idx=Idx, BadEq=BadEq, BadHash=BadHash, BadRepr=BadRepr, LOG=LOG, gen=gen, bad=bad, sys=sys)
t('int()','int(5)','int(5.9)','int(-5.9)','int("12")','int("-12")','int(" 12 ")','int("1_000")','int("1__0")','int("_1")','int("1_")','int("")','int("x")','int("0x1f",16)','int("0x1f",0)','int("1f",16)','int("z",36)','int("12",2)','int("0b101",0)','int("0o17",0)','int("010",0)','int("0",0)','int("00",0)','int("12",37)','int("12",1)','int("12",-1)','int("12",0)','int(12,10)','int(x=1)','int("12",base=8)','int(base=8)','int(b"12")','int(bytearray(b"12"))','int(b"zz")','int(b"12",8)','int([])','int(None)','int("٣")','int("１２")','int("1\\n")','int("1\\0")','int("é")','int(True)','int(2**70)','int(float("inf"))','int(float("nan"))','int(1e30)','int(Idx(7))','int("9"*5000)','int("1"*4301)','int(b"12",b"8")','int("12",Idx(8))','int("12","8")','int(1,2,3)','int("+5")','int("+-5")','int("- 5")','int("0x",16)','int("1e5")','int("12",2**70)')
class I(int): pass
class Ii:
    def __int__(self): return 7
class It:
    def __trunc__(self): return 9
class Ib:
    def __int__(self): return "x"
G.update(I=I,Ii=Ii,It=It,Ib=Ib)
t('int(Ii())','int(It())','int(Ib())','I(5)','I("7")','type(I(5)+1)','I(5)+I(6)','I()','I("x")','I(5).__sizeof__()','I(2**70).__sizeof__()','type(int(I(5)))','I(5)==5','hash(I(5))','I(5)*2','-I(5)','type(+I(5))','type(abs(I(5)))','I.from_bytes(b"a","big")','type(I.from_bytes(b"a","big"))','repr(I(5))','I(5).__class__','I(3).real','type(I(3).real)','type(I(3).numerator)','type(round(I(3)))','type(I(3).__floor__())')
vals=[0,1,-1,7,-8,257,2**30-1,-2**30,2**53-1,2**53,-2**60,2**63,10**20,-10**20,3**100]
for op in ('+','-','*','//','%','/','&','|','^'):
    for a in vals:
        for b in vals[::2]:
            try: r=eval(f'({a}){op}({b})')
            except Exception as e: r=(type(e).__name__,e.args)
            print(a,op,b,'=',r, r.__hash__() if not isinstance(r,tuple) else '')
for a in vals:
    for b in (0,1,5,30,31,64,100): print(a<<b,a>>b, end=' ')
    print(-a,~a,abs(a),+a,hash(a),a.bit_length(),a.bit_count(),a.__sizeof__(),bool(a),float(a),hex(a),oct(a),bin(a),str(a),a.as_integer_ratio(),a.conjugate(),a.real,a.imag,a.numerator,a.denominator,round(a,-1),round(a,-3),round(a,2),round(a),a.__trunc__(),a.__floor__(),a.__ceil__(),a.__getnewargs__(), divmod(a,7), divmod(a,-7), a**2, a**3, a.__index__())
t('1<<-1','1>>-1','1<<(2**70)','1<<(2**62)','0<<(2**70)','1>>(2**70)','-1>>(2**70)','1<<1.0','2**-1','0**-1','(-2)**-3','2**0.5','pow(2,10,1000)','pow(2,-1,7)','pow(2,-1,4)','pow(2,10,0)','pow(2,10,-7)','pow(-3,5,7)','pow(2,10,1)','pow(2,10,-1)','pow(2,3,1.5)','pow(2.0,3,5)','pow(2,3,"x")','pow(0,0)','pow(0,0,1)','pow(10**20,3,10**15+7)','2**1000','3**200%1000','pow(3,-5,10**20+39)','1+"a"','1+None','1//0','1%0','1/0','divmod(1,0)','divmod(1,"x")','10**400/10**399','10**400/3','1/10**400','10**400//1e5','-(10**400)/(10**80)','(2**1100)/(2**90+1)','3/(2**1080)','(2**53+1)/1','(2**54+2)/2','5&1.0','~True','True+True','True*5','True&False','True|5','True^True','False==0','True==1.0')
t('1==1.0','1<1.5','2**53==float(2**53)','2**53+1==float(2**53)','2**70<1e30','10**400<1e308','10**400==float("inf")','10**400<float("inf")','1<"a"','1=="a"','1!=None','5>3','5>=5','5<=4','2**70>2**69','-2**70<2**3','5 in [5.0]')
t('(5).to_bytes(2,"big")','(5).to_bytes(2,"little")','(5).to_bytes()','(300).to_bytes()','(-5).to_bytes(2,"big")','(-5).to_bytes(2,"big",signed=True)','(5).to_bytes(-1,"big")','(5).to_bytes(2,"x")','(5).to_bytes(2,5)','(5).to_bytes("x","big")','(5).to_bytes(length=3,byteorder="little")','(5).to_bytes(2,"big",True)','(128).to_bytes(1,"big",signed=True)','(-128).to_bytes(1,"big",signed=True)','(0).to_bytes(0,"big")','(2**70).to_bytes(9,"big")','(2**70).to_bytes(8,"big")','int.from_bytes(b"","big")','int.from_bytes(b"\\xff","big")','int.from_bytes(b"\\xff","big",signed=True)','int.from_bytes(b"\\x01\\x02","little")','int.from_bytes([1,2,3],"big")','int.from_bytes("x","big")','int.from_bytes(b"a","x")','int.from_bytes(b"a",5)','int.from_bytes()','int.from_bytes(b"a"*20)','int.from_bytes(bytes=b"ab",byteorder="little")','int.from_bytes(bytearray(b"ab"))','int.from_bytes(b"\\xff"*9,"little",signed=True)','int.from_bytes([300])','int.from_bytes(range(5))','(0).to_bytes(2**70,"big")')
for v in (0,-5,12345,-2**70):
    for f in ('','d','5','10','<10','^10','>10','=10','+','-',' ','+d','05','010d',',','_',',d','x','X','#x','#X','o','#o','b','#b','n','_x','_b','#_x','08x','#010x','*^20','*>+15,d','e','.3e','f','.2f','g','%','.1%','c','E','G','10.3f','+.2f','020,d','=+10','é<9','z','.3','s','5s','ld','1$','{','<','0>5'):
        try: r=repr(format(v,f))
        except Exception as e: r=(type(e).__name__,e.args)
        print(v,repr(f),r)
t('format(65,"c")','format(0x1F600,"c")','format(-1,"c")','format(2**70,"c")','format(65,"5c")','format(65,"+c")','format(65,"#c")','format(65,",c")','format(True,"d")','format(True)','format(True,"5")','format(I(5),"")','format(I(5),"d")','"%d" % 5','"%5d|%-5d|%05d" % (1,2,3)','"%x" % 255','"%#x" % 255','"%o" % 8','"%c" % 65','"%s" % 10**20','"%d" % 5.7','"%d" % "x"','"%i" % 3','"%u" % 3','"%e" % 3','"{:d}".format(5)','"{:>5}".format(5)','f"{5!r:>5}"','f"{255:#b}"','format(5,5)','(5).__format__(5)','(5).__format__()','(10**5000).__format__("")','str(10**5000)','repr(10**4299)[:5]','str(10**4300)[:5]','hex(10**5000)[:9]','f"{10**5000}"')
t('(1).__round__(1,2)','round(15,-1)','round(25,-1)','round(-15,-1)','round(10**30,-29)','round(5,-1)','round(4,-1)','round(5,"x")','round(5,None)','round(5,1.0)','(5).real','(5).x')
x('(5).real=1','a=5; a.x=1','del (5).real'); t('int.real','int.__add__','(5).__add__(1.0)','(5).__radd__(1)','(5).__pow__(2,7)','(5).__rpow__(2)','(5).__divmod__(3)','(5).__rdivmod__(13)','(5).__rsub__(7)','(5).__bool__()','(5).__float__()','(5).__int__()','(5).__index__()','(5).__lt__(6)','(5).__eq__("x")','(5).__hash__()','(5).__and__(4)','(5).__rlshift__(1)','(5).__rfloordiv__(11)','(5).__rtruediv__(11)','(5).__rmod__(11)','int.__add__(1)','int.__add__("x",1)','int.__new__()','int.__new__(str)','int.__new__(I,"7")','int.__new__(bool,1)','bool.__new__(bool,5)','bool("")','bool([1])','bool(1,2)','bool(x=1)','bool()','bool.__mro__','repr(True)','True.__and__(False)','True.__and__(5)','True.__rxor__(1)','True.__repr__()','type(True&True)','type(True&1)','type(True+0)','True.real','type(True.real)','str(True)','int(True)','hash(True)','True.__sizeof__()','True.bit_length()','isinstance(True,int)','True<<3','class_' if 0 else '1')
x('class B(bool): pass')
t('sys.getsizeof(0)','sys.getsizeof(1)','sys.getsizeof(2**30)','sys.getsizeof(2**60)','sys.getsizeof(-2**90)','sys.getsizeof(True)','sys.getsizeof(False)')
t('1_000','0x_ff','0b1','0o17','10**20','-5','+5','- -5','not 5','5 if 0 else 6','1<2<3','1<3<2','max(1,2**70)','sum(range(1000000))','sum([2**62,2**62])','sum([1,2.5,3])','abs(-2**70)','len(str(2**3000))','(2**3000)%(10**9+7)','7**77//3**33','(-7)//2','-7%3','7%-3','(-7)%-3','divmod(-7,2)','divmod(2**70,-3)','(-2**70)//3','(-2**70)%3','2**70//2**70','2**70%2**70','(2**70-2**70)','2**30*2**30','(2**30)*(2**30)-2**60','(10**40)//(10**20+1)','(10**40)%(10**20+1)','-(10**40)//(10**20+1)','-(10**40)%(10**20+1)','(10**40)//-(10**20+1)')
