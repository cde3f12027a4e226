# zlib: round trips through every container, step by step and at once; errors; checksums. (Compressed bytes are not compared.)
import zlib
def T(f,*a,**k):
    try: return f(*a,**k)
    except Exception as e: return type(e).__name__+': '+str(e)
D=b'hello world '*500+bytes(range(256))*10
for wb in (15,9,-15,-9,31,25):
    c=zlib.compress(D,6,wbits=wb); print(wb, zlib.decompress(c,wb)==D, zlib.decompress(c, wb, 10)==D)
    o=zlib.compressobj(9,8,wb); r=b''
    for i in range(0,len(D),100): r+=o.compress(D[i:i+100])
    r+=o.flush(zlib.Z_SYNC_FLUSH)+o.compress(b'tail')+o.flush(zlib.Z_FULL_FLUSH)+o.compress(b'x')+o.flush()
    print(zlib.decompress(r,wb)==D+b'tailx', T(o.compress,b'a'), T(o.flush))
    d=zlib.decompressobj(wb); out=b''
    for i in range(0,len(r),7): out+=d.decompress(r[i:i+7])
    print(out==D+b'tailx', d.eof, d.unused_data, d.unconsumed_tail, d.flush())
    d=zlib.decompressobj(wb); out=b''; t=r+b'TRAILER'; n=0
    while not d.eof:
        out+=d.decompress(t,50); t=d.unconsumed_tail; n+=1
    print(out==D+b'tailx', n, d.unused_data, d.eof, d.decompress(b'more'), d.unused_data)
    print(T(zlib.decompress,c[:-5],wb), T(zlib.decompress,b'',wb), T(zlib.decompress,b'garbage!!!!!!!!',wb), T(zlib.decompress,c[:-1]+b'\xff' if wb>0 else c,wb) if wb>0 else '')
print(T(zlib.decompress,zlib.compress(D,wbits=31),47)==D, T(zlib.decompress,zlib.compress(D),47)==D, T(zlib.decompress,zlib.compress(D),0)==D)
print(zlib.crc32(b'abc'), zlib.crc32(b'abc',5), zlib.adler32(b'abc'), zlib.adler32(b'abc',-1), zlib.crc32(b''), T(zlib.crc32,'x'), T(zlib.crc32), T(zlib.adler32,b'',1,2))
zd=b'hello world'
c=zlib.compressobj(zdict=zd); r=c.compress(b'hello world again')+c.flush()
d=zlib.decompressobj(zdict=zd); print(d.decompress(r), T(zlib.decompress,r), T(zlib.decompressobj().decompress,r), T(zlib.decompressobj(zdict=b'wrong').decompress,r))
for a in (dict(level=10),dict(wbits=100),dict(memLevel=0),dict(strategy=9),dict(method=1),dict(wbits=-8),dict(wbits=8),dict(wbits=24)): print(a, T(zlib.compressobj,**a) if not str(T(zlib.compressobj,**a)).startswith('<') else 'ok')
for a in (100,-16,8,0,16,32,7): print(a, T(zlib.decompressobj,a) if not str(T(zlib.decompressobj,a)).startswith('<') else 'ok')
print(T(zlib.compress,b'a',10), T(zlib.decompress,b'a',100), T(zlib.compress,'x'), T(zlib.decompress,b'x',bufsize=-1), T(zlib.decompressobj().decompress,b'',-1), T(zlib.decompressobj().flush,0), T(zlib.decompressobj,zdict=5))
o=zlib.compressobj(); a=o.compress(D); o2=o.copy(); print(zlib.decompress(a+o.flush())==zlib.decompress(a+o2.flush()), T(o.copy))
d=zlib.decompressobj(); x=zlib.compress(D); a=d.decompress(x[:50]); d2=d.copy(); print(a+d.decompress(x[50:])==D, a+d2.decompress(x[50:])==D)
d=zlib.decompressobj(); print(d.decompress(x[:20],5), d.flush()[:10], len(d.unconsumed_tail))
print(type(o), type(d), zlib.error, zlib.Z_TREES, T(type(o)))
