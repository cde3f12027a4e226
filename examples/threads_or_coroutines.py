"""Two hundred waits: threads against coroutines

Subject: Calls and frames

The same waiting done twice: by threads, each with a stack of its own, and by coroutines, each a frame on the heap
that a ten-line loop resumes. Compare the height of the two hills; switch on `process` under the timeline to see
the stacks.
"""
import sys
import threading
from collections import deque

WAITS = 200


class Pause:
    """What a coroutine awaits to let the others go on."""

    def __await__(self):
        yield


async def visit(number, done):
    for _ in range(3):
        await Pause()
    done.append(number)


def run_coroutines():
    done = []
    ready = deque(visit(number, done) for number in range(WAITS))
    while ready:
        task = ready.popleft()
        try:
            task.send(None)
        except StopIteration:
            continue
        ready.append(task)
    return done


def run_threads():
    done = []
    gate = threading.Event()

    def visit_in_thread(number):
        gate.wait()
        done.append(number)

    threads = [threading.Thread(target=visit_in_thread, args=(number,)) for number in range(WAITS)]
    for thread in threads:
        thread.start()
    gate.set()
    for thread in threads:
        thread.join()
    return done


sys.audit('mark', 'coroutines')
print('coroutines finished:', len(run_coroutines()))
sys.audit('mark', 'threads')
print('threads finished:', len(run_threads()))
