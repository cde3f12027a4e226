"""A registry that nobody empties

Subject: Leaks

Every visitor gets a session, and a session ends with a logout. Those who just close the window never log out, so their sessions stay in
the registry. `molt leaks` names the registry and the line, `molt objects --at` counts the sessions at the marks `morning` and `evening`.
"""
import sys


class Session:
    def __init__(self, user):
        self.user = user
        self.pages = []
        self.basket = {'items': [], 'total': 0}

    def visit(self, page):
        self.pages.append(f'{self.user} looked at {page}')


registry = {}


def login(user):
    registry[user] = session = Session(user)
    return session


def logout(user):
    del registry[user]


def visitor(number):
    user = f'user{number}'
    session = login(user)
    for page in ('start', 'news', 'shop'):
        session.visit(page)
    if number % 3:
        logout(user)


for number in range(300):
    visitor(number)
sys.audit('mark', 'morning')
for number in range(300, 1500):
    visitor(number)
sys.audit('mark', 'evening')

print('logged in:', len(registry))
