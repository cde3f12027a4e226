"""Prints encodings and decodings, with their errors, as real CPython 3.11 does them: python3 make_codecs.py > codecs.json

A failure is [encoding, start, end, reason]; bytes are hexadecimal. Texts in which a high surrogate meets a low one as
two characters are left out: they cannot be told from the astral character in UTF-16.
"""
import codecs
import json
import random
import warnings

warnings.simplefilter('ignore')
rng = random.Random(6)
ENCODINGS = ['utf-8', 'ascii', 'latin-1', 'utf-16', 'utf-16-le', 'utf-16-be', 'utf-32', 'utf-32-le', 'utf-32-be', 'utf-7', 'unicode_escape', 'raw_unicode_escape', 'cp1252']
ENCODE_ERRORS = ['strict', 'ignore', 'replace', 'xmlcharrefreplace', 'backslashreplace', 'surrogateescape', 'surrogatepass']
DECODE_ERRORS = ['strict', 'ignore', 'replace', 'backslashreplace', 'surrogateescape', 'surrogatepass']
TEXTS = ['', 'abc', 'é', 'a\u20acb', '日本', '😀', 'a\ud800b', '\udc80\udcff', 'x\udc80é\ud8ffy', '\udfff', 'aé日😀\ud800z', 'a+b-~\\c', 'é+-é', '\t\n\r\x00\x7f', 'ÿĀ', 'é\udc81']
ALPHABET = ['a', 'b', '-', '+', '\\', '~', '\n', '\x01', 'é', 'ÿ', 'Ā', '\u20ac', '日', '\uffff', '😀', '\U0010ffff', '\udc80', '\udce9', '\ud800']


def fine(text):
    return not any('\ud800' <= a <= '\udbff' and '\udc00' <= b <= '\udfff' for a, b in zip(text, text[1:]))


def attempt(f):
    try:
        r = f()
        return r.hex() if isinstance(r, bytes) else r
    except UnicodeError as e:
        return [e.encoding, e.start, e.end, e.reason]


encodes = []
for t in TEXTS + [''.join(rng.choice(ALPHABET) for _ in range(rng.randrange(1, 10))) for _ in range(40)]:
    if not fine(t):
        continue
    for enc in (ENCODINGS if t in TEXTS else rng.sample(ENCODINGS, 5)):
        for err in (ENCODE_ERRORS if t in TEXTS else [rng.choice(ENCODE_ERRORS)]):
            if err == 'surrogateescape' and ('cp' in enc):
                continue
            encodes.append([t, enc, err, attempt(lambda: t.encode(enc, err))])


def chunk():
    return rng.choice([b'a', b'-', b'+', b'\\', b'\\x4', b'\\u12', b'\\U0001f600', b'\\N', b'\\n', b'\\q', b'\\777', b'\xc3', b'\xa9', b'\xe2\x82', b'\xac', b'\xed\xa0\x80', b'\xf0\x9f\x98\x80', b'\xf0\x9f', b'\xf4\x90', b'\xe0\x80',
                       b'\xff', b'\xfe', b'\x00', b'\x00\xd8', b'\xd8\x00', b'\x00\xdc', b'+AGE', b'+2D3eAA', b'~', b'\xc0\x80', b'\xf5', b'\x81', b'\x00\x11', b'+////', b'\\u00e9', b'\\U00110000'])


BYTES = [b'', b'abc', b'\xc3\xa9', b'\xe2\x82\xac', b'\xff\xfea\x00', b'\xfe\xff\x00a', b'\xff\xfe\x00\x00a\x00\x00\x00', b'\x00\x00\xfe\xff\x00\x00\x00a', b'\xed\xa0\x80', b'\xe2\x82', b'\xf0\x9f\x98', b'+AGEA6Q-', b'+-', b'+A', b'+AG', b'+AGE', b'+2D0-', b'\\', b'\\x1', b'ab\\u123x', b'\\400', b'\xef\xbb\xbfa']
decodes = []
for b in BYTES + [b''.join(chunk() for _ in range(rng.randrange(1, 7))) for _ in range(90)]:
    for enc in (ENCODINGS if b in BYTES else rng.sample(ENCODINGS, 5)):
        for err in (DECODE_ERRORS if b in BYTES else [rng.choice(DECODE_ERRORS)]):
            r = attempt(lambda: b.decode(enc, err))
            if not isinstance(r, str) or fine(r):
                decodes.append([b.hex(), enc, err, r])
partial = []
for b in BYTES + [b''.join(chunk() for _ in range(rng.randrange(1, 5))) for _ in range(30)]:
    for enc in ('utf-8', 'utf-16', 'utf-16-be', 'utf-32-le', 'utf-7', 'unicode_escape', 'raw_unicode_escape'):
        f = getattr(codecs, enc.replace('-', '_') + '_decode')

        def go():
            text, used = f(b, 'strict', False)
            return {'t': text, 'n': used}
        r = attempt(go)
        if isinstance(r, list) or fine(r['t']):
            partial.append([b.hex(), enc, r])


def escape(b, err='strict'):
    try:
        return codecs.escape_decode(b, err)[0].hex()
    except ValueError as e:
        return {'m': str(e)}


ESCAPES = [b'', b'abc', rb'\n\t\\\'\"\a\b\f\r\v', b'a\\\nb', rb'\x41\x4g', rb'\xg', rb'\x', rb'\x1', b'\\', rb'\101\1\18\777', rb'\q\N', b'\xff\\xff']
print(json.dumps({'encodes': encodes, 'decodes': decodes, 'partial': partial, 'cp1252': bytes(range(256)).decode('cp1252', 'replace').replace('\ufffd', '\ufffe'),
                  'escapes': [[b.hex(), err, escape(b, err)] for b in ESCAPES for err in ('strict', 'ignore', 'replace')],
                  'escaped': [[b.hex(), codecs.escape_encode(b)[0].hex()] for b in (bytes(range(256)), b"'\"\\")]}, separators=(',', ':')))
