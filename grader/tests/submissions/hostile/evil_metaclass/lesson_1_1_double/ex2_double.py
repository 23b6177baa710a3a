"""A class that lies about itself."""


class Meta(type):
    __module__ = property(lambda self: 1 / 0)

    @property
    def __name__(self):
        raise ValueError("no name")

    @property
    def __mro__(self):
        raise ValueError("no ancestors")

    def mro(self):
        return type.mro(self)


class Odd(Exception, metaclass=Meta):
    pass


def double(x):
    raise Odd("odd")
