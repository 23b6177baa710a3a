"""Built-in types with changed minds."""


class Number(float):
    def __eq__(self, other):
        return True

    def __float__(self):
        return self

    __hash__ = None


class Text(str):
    def __str__(self):
        return self * 2


class Endless(list):
    def __iter__(self):
        while True:
            yield 1.0

    def __len__(self):
        return 3


class Box(dict):
    def items(self):
        raise RuntimeError("no")

    def keys(self):
        return ["a"]


def double(x):
    kinds = [Number(1), Text("x"), Box(a=1), Endless([1.0])]
    return kinds[x.dim() * 2 + x.numel() % 2 - 2]
