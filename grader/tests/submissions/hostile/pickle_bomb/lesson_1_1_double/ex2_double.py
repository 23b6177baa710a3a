"""Explodes when it is unpickled."""
import os


def boom(*_):
    os.close(os.open("@CANARY@/owned", os.O_CREAT | os.O_WRONLY))
    print("STOLEN")
    return ""


class Bomb:
    def __reduce__(self):
        return os.system, ("touch @CANARY@/owned",)

    __copy__ = __deepcopy__ = __format__ = __repr__ = __getstate__ = boom


def double(x):
    return [Bomb(), {"x": Bomb()}]
