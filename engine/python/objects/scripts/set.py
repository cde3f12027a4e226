"""Every method and operator of set; what t and x do, and the classes, is in _prelude.py."""
t('set()','set("abc")==set("cba")','set([1,2,3])','set(5)','set(1,2)','set(x=1)','set([[]])','set(bad(2))','frozenset()','frozenset([1,2])','frozenset(5)','frozenset(1,2)','frozenset(x=1)','set({1:2})','frozenset(frozenset([1])) ')
x('a={1,2,3}; b=frozenset([3,4]); c={3,4,5}')
for op in ('|','&','-','^','<','<=','>','>=','==','!='):
    t(f'a{op}b',f'b{op}a',f'a{op}c',f'a{op}[1]',f'[1]{op}a',f'a{op}a',f'a{op}set()',f'a{op}{{1:2}}',f'b{op}b',f'a{op}5')
for m in ('union','intersection','difference','symmetric_difference','issubset','issuperset','isdisjoint'):
    t(f'a.{m}()',f'a.{m}(b)',f'a.{m}([3,9])',f'a.{m}({{3:1}})',f'a.{m}(5)',f'a.{m}([[]])',f'a.{m}(a)',f'b.{m}([3])',f'a.{m}(b,c)',f'a.{m}(gen(4))',f'a.{m}(bad(4))',f'a.{m}("abc")',f'a.{m}(a,a)',f'a.{m}({{9:9}},[1])')
for m in ('update','intersection_update','difference_update','symmetric_difference_update'):
    for arg in ('','b','[3,9]','{3:1}','5','[[]]','d','b,c','gen(4)','bad(4)','range(20)'):
        x('d={1,2,3}'); t(f'd.{m}({arg})','sorted(d)')
for op in ('|=','&=','-=','^='):
    for arg in ('b','[3]','5','d','{7}'):
        x('d={1,2,3}',f'd{op}{arg}'); t('d'); x('f=frozenset([1,2])',f'f{op}{arg}'); t('f')
x('d={1,2,3}'); t('d.add(4)','d.add([])','d.add()','d.add({1})','d','d.discard(9)','d.discard(1)','d.discard([])','d.discard({5})','d.remove(2)','d.remove(9)','d.remove([])','d.remove({7})','d','1 in d','3 in d','[] in d','{3} in d','{1} in {frozenset([1])}','d.pop()','d.pop()','d.pop()','d.pop(1)','d','d.clear()','d.copy()','d.copy(1)','len({1,2})')
x('e={frozenset([1]),2}'); t('e.discard({1})','e','e.remove({1})')
t('hash(frozenset())','hash(frozenset([1,2,3]))','hash(frozenset("abc"))','hash(frozenset([frozenset([1])]))','hash({1})','frozenset([1])=={1}','{frozenset([1]):2}[frozenset([1])]','hash(frozenset(range(100)))')
t('repr(set())','repr(frozenset())','{1}','frozenset([1])','{BadRepr()}','{(1,2)}','{"a"}','set().__sizeof__()','set(range(100)).__sizeof__()','set[int]','frozenset[int]','{1}.__eq__(1)','{1}.__lt__(1)','{1}.__and__(1)','{1}.__rand__({1})','{1}.__contains__(1)','{1}.__contains__([])','set.add(1,2)','set.add({1})','set.__new__(set,1,2)','frozenset([1]).copy() ','set.pop([])')
x('class S(set): pass','s=S([1,2]); s.x=1'); t('s','s|{3}','type(s|{3})','type(s.copy())','type(s.union([1]))','type(s&s)','type(s-s)','type(s^s)','S()','S([1])==S([1])','S(x=1)','S(1,2)','{1}|s','type({1}|s)')
x('class FS(frozenset): pass','s=FS([1,2])'); t('s','s|{3}','type(s|{3})','type(s.copy())','FS(s) is s','frozenset(s) is s','type(frozenset(s))','frozenset(b) is b','b.copy() is b','hash(s)==hash(frozenset([1,2]))','FS(x=1)')
x('it=iter({1,2,3})'); t('it.__length_hint__()','next(it)','it.__reduce__()','list(it)','it.__length_hint__()','it.__reduce__()')
x('d={1,2,3}\nfor v in d: d.add(v+10)'); x('d={1,2,3}\nfor v in d: d.discard(v)'); x('d={1,2,3}\nfor v in d:\n d.discard(v); d.add(v+10)\n if len(LOG)>5: break')
x('d={K(1),K(5),K(9)}; LOG.clear()'); t('d','K(9) in d','LOG'); x('LOG.clear(); d.add(K(13))'); t('LOG','d'); x('LOG.clear(); d.discard(K(5)); d.add(K(17))'); t('LOG','d')
x('d={BadEq()}'); t('1 in d','d.add(1)','d.discard(1)','d|{1}','d&{1}','d=={1}','d-{1}','d^{1}','d.issubset([1])','BadHash() in d','d.add(BadHash())')
for top in (8,20,100,5000,100000):
    s=set()
    for i in range(0,top,3): s.add(i*7919%top)
    print(top,len(s),sys.getsizeof(s),list(s)[:20],list(s)[-5:])
    u=s.copy(); v=set(list(s)); w=frozenset(s); y=s|{1,2,3}; z=s&set(range(top//2)); q=s-set(range(top//2)); 
    print([sys.getsizeof(n) for n in (u,v,w,y,z,q)], list(u)[:5], list(v)[:5], list(w)[:5], list(y)[:5], list(z)[:5], list(q)[:5])
    for i in range(top//2): s.discard(i)
    print(sys.getsizeof(s), list(s)[:9]); s.add(-1); s.add(-2); print(sys.getsizeof(s), list(s)[:9])
    while len(s)>3: s.pop()
    print(sys.getsizeof(s), s); s.add('x'); print(sys.getsizeof(s))
s={'apple','banana','cherry','date','elder','fig','grape'}; print(s); print(set('the quick brown fox')); print({'a'+str(i) for i in range(20)})
for n in range(0,30): print(n,[sys.getsizeof(z) for z in (set(range(n)),{*range(n)},{i for i in range(n)},frozenset(range(n)),set({i:1 for i in range(n)}),set(frozenset(range(n))),set(range(n)).union(range(n+3)))])
x=set(range(10))
print(x.pop(),x.pop(),x.pop(),x); x.add(0); print(x.pop(), x.pop(), x)
