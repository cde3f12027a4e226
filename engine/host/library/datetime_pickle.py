# Pickles and copies of datetime objects, and ISO texts with faults.
from datetime import date, datetime, time, timedelta, timezone, tzinfo
import copy, pickle
class Dt(datetime): pass
class Td(timedelta): pass
for o in (date(2020,1,1), datetime(2020,1,1,1,2,3,4,timezone.utc,fold=1), time(1,2,3), timedelta(1,2,3), timezone.utc, timezone(timedelta(hours=3),'q'), Dt(2020,1,1), Td(5), date(2020,1,1).isocalendar()):
    for p in range(6):
        q = pickle.loads(pickle.dumps(o, p)); print(p, repr(q), q == o, type(q) is type(o))
    print(copy.copy(o) == o, copy.deepcopy(o) == o)
class M(type): pass
class Fold(tzinfo):
    def utcoffset(self, dt): return timedelta(hours=1+dt.fold)
    def dst(self, dt): return timedelta(0)
    def tzname(self, dt): return 'F%d' % dt.fold
a = datetime(2020,1,1,tzinfo=Fold()); b = datetime(2020,1,1,tzinfo=timezone(timedelta(hours=1)))
print(a == b, a != b, a < b, a <= b, b == a, hash(a) == hash(b), a - b, a.replace(fold=1) - b, hash(a.replace(fold=1)) == hash(a))
match date(2020,1,1):
    case date(year=y, month=m): print(y, m)
import random
r = random.Random(1)
chars = '0123456789-:.,TWZ+ '
bases = ['2020-01-02T03:04:05.678901+01:00', '20200102T030405', '2020-W05-3T1234Z', '2020W053', '2020-02-29 23:59']
n = 0
for i in range(300):
    s = list(r.choice(bases))
    for _ in range(r.randrange(4)):
        k = r.randrange(3)
        if k == 0 and s: s[r.randrange(len(s))] = r.choice(chars)
        elif k == 1 and s: del s[r.randrange(len(s))]
        else: s.insert(r.randrange(len(s)+1), r.choice(chars))
    s = ''.join(s)[:r.choice([7,8,9,10,11,12,13,15,20,40])]
    for c in (datetime, date, time):
        try: print(s, repr(c.fromisoformat(s)))
        except Exception as e: print(s, type(e).__name__, e)
for i in range(60):
    d = date.fromordinal(r.randrange(1, 3652060)); iso = d.isocalendar()
    print(d, iso, date.fromisocalendar(*iso) == d, d.timetuple().tm_yday, d.strftime('%U %W %V %G %j %w'))
    x = timedelta(r.randrange(-10**6, 10**6), r.randrange(86400), r.randrange(10**6)); f = r.uniform(-1e3, 1e3)
    print(x*f, x/f, x//7, x % timedelta(r.randrange(1,100), 5), timedelta(days=f), timedelta(hours=f, microseconds=f), x.total_seconds(), repr(x))
    print(datetime.fromtimestamp(f*1e6), datetime(2000,1,1)+timedelta(seconds=f*1e5))
