# Sessions come and go; as many log in as log out.
class Session:
    def __init__(self, user):
        self.user = user
        self.basket = [user] * 8


sessions = {}
for n in range(3000):
    sessions[n] = Session('user %d' % n)
    if n >= 100:
        del sessions[n - 100]
