def sgd_epoch(X, y, w, b, lr, order):
    w, b = w.clone(), b.clone()
    for i in order.tolist():
        error = X[i] @ w + b - y[i]
        w, b = w - lr * 2 * error * X[i].reshape(-1, 1), b - lr * 2 * error
        input("Enter for the next sample")
    return w, b
