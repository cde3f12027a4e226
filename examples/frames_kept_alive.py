"""A frame lives as long as someone holds it

Subject: Calls and frames

A traceback holds the frame of every function it went through, and a frame holds all of its locals: the list of a
call that is long over stays alive. Look at the line of `rows` in Source: its bytes fall only after `del`.
"""
import sys


def read_rows(count):
    rows = [[number, str(number)] for number in range(count)]
    raise LookupError(f'no row has the name wanted, of {len(rows)}')


def attempt():
    try:
        read_rows(20_000)
    except LookupError as error:
        return error


kept = attempt()
sys.audit('mark', 'kept')
inner = kept.__traceback__.tb_next.tb_frame
print('function of the kept frame:', inner.f_code.co_name)
print('rows held by it:', len(inner.f_locals['rows']))
del inner

sys.audit('mark', 'dropped')
kept.__traceback__ = None
print('the error is still here:', kept)
