# A list made once for the class, taken for one of the instance.
class Cart:
    items = []

    def add(self, name):
        self.items.append('%s in a cart' % name)


def shop(n):
    cart = Cart()
    cart.add('apple %d' % n)
    cart.add('pear %d' % n)


for n in range(900):
    shop(n)
