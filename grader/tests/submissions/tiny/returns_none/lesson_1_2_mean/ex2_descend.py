def descend(w, grad_fn, lr, epochs):
    for _ in range(epochs):
        w = w - lr * grad_fn(w)
