"""Objects that hurt who touches them."""


class Evil:
    def hurt(self, *_):
        raise SystemExit(0)

    __repr__ = __str__ = __eq__ = __hash__ = __len__ = __bool__ = __del__ = __iter__ = __format__ = hurt
    __class__ = property(hurt)


class EvilError(Exception):
    def __str__(self):
        raise SystemExit(0)

    __repr__ = __str__


def double(x):
    if x.dim() == 1:
        raise EvilError
    return Evil()
