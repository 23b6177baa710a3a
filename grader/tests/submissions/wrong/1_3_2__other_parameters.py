def sgd_epoch(X, y, w, b, lr):
    return w.clone(), b.clone()
