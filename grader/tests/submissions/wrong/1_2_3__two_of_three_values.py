def train_linear_regression(X, y, w, b, lr, epochs):
    n = len(X)
    w, b = w.clone(), b.clone()
    for _ in range(epochs if n else 0):
        error = X @ w + b - y
        w, b = w - lr * 2 / n * X.T @ error, b - lr * 2 / n * error.sum(0)
    return w, b
