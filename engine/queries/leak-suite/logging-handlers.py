# A logger by name lives for ever; each call adds another handler to it.
class Handler:
    def __init__(self, target):
        self.target = target
        self.buffer = ['line'] * 10


class Logger:
    def __init__(self, name):
        self.name = name
        self.handlers = []

    def add_handler(self, handler):
        self.handlers.append(handler)


class Manager:
    loggers = {}


def get_logger(name):
    if name not in Manager.loggers:
        Manager.loggers[name] = Logger(name)
    return Manager.loggers[name]


def task(n):
    logger = get_logger('tasks')
    logger.add_handler(Handler('file %d' % n))


for n in range(600):
    task(n)
