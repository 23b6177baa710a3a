def descend(w, grad_fn, lr, epochs):
    if epochs < 0:
        raise ValueError(epochs)
    end, lengths = w.clone(), []
    for _ in range(epochs):
        g = grad_fn(end)
        lengths.append(float((g * g).sum()) ** 0.5)
        end = end - lr * g
    return end, lengths, epochs
