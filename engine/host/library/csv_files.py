# Reading and writing of comma-separated values: dialects, quoting, errors, sizes.
import csv, io, _csv, re, sys
def T(label, f):
    try: r=f(); print(label, re.sub('0x[0-9a-f]+','0x',repr(r)))
    except BaseException as e: print(label, type(e).__name__, re.sub('0x[0-9a-f]+','0x',str(e)))
for f in (lambda:csv.reader(),lambda:csv.writer(),lambda:csv.reader([],1,2,3),lambda:csv.reader([],x=1),lambda:csv.reader([],1,delimiter='ab'),lambda:csv.reader([],{}),lambda:csv.Dialect(3),lambda:_csv.Dialect(1,2,3,4,5,6,7,8,9,10),lambda:csv.register_dialect(),lambda:csv.register_dialect('a',1,2),lambda:csv.register_dialect(1),
 lambda:csv.reader([],'nope'),lambda:csv.reader(5),lambda:csv.writer(5),lambda:csv.reader([],None),lambda:csv.reader([],dialect='excel'),lambda:csv.reader([],'excel',dialect='excel'),lambda:csv.reader([],delimiter=None),lambda:csv.reader([],delimiter=5),lambda:csv.reader([],quotechar=5),lambda:csv.reader([],quotechar=None),lambda:csv.reader([],quotechar=None,quoting=1),lambda:csv.reader([],quoting=9),lambda:csv.reader([],quoting='a'),lambda:csv.reader([],lineterminator=5),lambda:csv.reader([],quotechar=''),lambda:csv.reader([],escapechar='ab'),lambda:csv.reader([],strict=[]),
 lambda:csv.get_dialect('x'),lambda:csv.unregister_dialect('x'),lambda:csv.list_dialects(),lambda:csv.field_size_limit('a')): T('e',f)
for name in ('excel','excel-tab','unix'):
    d=csv.get_dialect(name); print(type(d),d.delimiter,d.doublequote,d.escapechar,repr(d.lineterminator),d.quotechar,d.quoting,d.skipinitialspace,d.strict)
    r=csv.reader([],d); print(r.dialect is d, r.line_num)
    r=csv.reader([],d,delimiter=';'); print(r.dialect is d, r.dialect.delimiter)
T('set',lambda:setattr(d,'delimiter','x')); T('sub',lambda:type('D2',(_csv.Dialect,),{})(delimiter='|').delimiter)
texts=['a,b,c\n','"a","b,c","d""e"\r\n','a\\,b,c','1,"2",3.5',' x, y ,"z" ','"open','"multi\nline",x\n','','\n','a,b\rc','"a"b,c','é,\u20ac,😀\n','"",,""','a,\\"b"']
for opts in ({},{'quoting':2},{'quoting':3,'escapechar':'\\'},{'skipinitialspace':True},{'strict':True},{'doublequote':False,'escapechar':'\\'},{'delimiter':'é'},{'quotechar':"'"},{'quoting':3,'quotechar':None}):
    for t in texts: T((opts,t),lambda:list(csv.reader(t.splitlines(True),**opts)))
    T((opts,'all'),lambda:list(csv.reader(texts,**opts)))
r=csv.reader(['a,b\n','c']); print(next(r),r.line_num,next(r),r.line_num); T('n',lambda:next(r)); T('n',lambda:next(r))
T('b',lambda:list(csv.reader([b'a']))); 
def bad():
    yield 'a,'; raise ZeroDivisionError
T('z',lambda:list(csv.reader(bad())))
csv.field_size_limit(10); T('lim',lambda:list(csv.reader(['a'*11]))); T('lim',lambda:list(csv.reader(['a'*10]))); csv.field_size_limit(200000); T('long',lambda:len(list(csv.reader(['x'*150000]))[0][0]))
rows=[[1,'a',2.5,None],['x,y','q"r','new\nline'],[''],[],['',''],[None],['é','😀','\\'],'abc',(1,2),{'k':1},[b'x'],[True],['a b',' ']]
for opts in ({},{'quoting':1},{'quoting':2},{'quoting':3},{'quoting':3,'escapechar':'\\'},{'doublequote':False},{'doublequote':False,'escapechar':'\\'},{'lineterminator':'!'},{'delimiter':' '},{'escapechar':'\\','quotechar':None},{'lineterminator':''}):
    for row in rows+[5,bad()]:
        b=io.StringIO(newline=''); w=None
        T((opts,re.sub('0x[0-9a-f]+','0x',repr(row))),lambda:(csv.writer(b,**opts).writerow(row),b.getvalue()))
    b=io.StringIO(newline=''); T('rows',lambda:(csv.writer(b,**opts).writerows(rows[:2]*3),b.getvalue()))
class W:
    def write(s,x): print('W',repr(x)); return 42
T('w',lambda:csv.writer(W()).writerow([1])); T('w',lambda:csv.writer(W()).writerows([[1],[2]])); T('w',lambda:csv.writer(W()).writerows(5)); T('w',lambda:csv.writer(W()).writerows([5]))
class S:
    def __str__(s): 1/0
T('s',lambda:csv.writer(W()).writerow([1,S()]))
print(list(csv.DictReader(['a,b','1,2','3']))); T('cls',lambda:type(csv.reader([]))()); print(csv.Sniffer().sniff('a;b\n1;2\n').delimiter)
for t in (_csv.Reader,_csv.Writer,_csv.Dialect,csv.Error): print(t,t.__basicsize__,t.__flags__,t.__weakrefoffset__,t.__module__,t.__mro__)
print(sys.getsizeof(csv.reader([])),sys.getsizeof(csv.writer(W())),sys.getsizeof(csv.get_dialect('excel')))
class R(_csv.Dialect): pass
import gc,weakref
r=csv.reader([]); print(gc.is_tracked(r),gc.is_tracked(csv.get_dialect('excel')))
for n in ('delimiter','doublequote','escapechar','lineterminator','quoting','skipinitialspace','strict'):
    T(n, lambda: csv.reader([], **{n: None}))
