"""Calls back in ways that no check expects."""


def descend(w, grad_fn, lr, epochs):
    for number in range(epochs):
        for arguments in [(), (w, w), (object(),), ({"w": [w]},), ("x",), (10**400,)][number : number + 1]:
            try:
                grad_fn(*arguments)
            except Exception as error:
                print(type(error).__name__)
    return w, []
