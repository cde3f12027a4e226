# Sessions register themselves; one logout path of three forgets to take them out.
class Session:
    def __init__(self, user):
        self.user = user
        self.basket = [user] * 8


registry = {}


def login(n):
    session = Session('user %d' % n)
    registry[n] = session
    return session


def logout(n):
    del registry[n]


def serve(requests):
    for n in range(requests):
        session = login(n)
        session.basket.append(n)
        if n % 3 != 2:
            logout(n)


serve(1500)
