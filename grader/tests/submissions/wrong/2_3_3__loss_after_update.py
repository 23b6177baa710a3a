import torch


def update(params, grads, lr):
    new = {}
    for key in params:
        new[key] = params[key] - lr * grads[key]
    return new


def predict(X, params):
    hidden = torch.tanh(X @ params["W1"] + params["b1"])
    return hidden, hidden @ params["W2"] + params["b2"]


def train_mlp(X, y, params, lr, epochs):
    params = {k: v.clone() for k, v in params.items()}
    losses = []
    if X.shape[0] == 0:
        return params, losses
    for epoch in range(epochs):
        hidden, out = predict(X, params)
        d_out = 2 * (out - y) / out.numel()
        d_hidden = (d_out @ params["W2"].T) * (1 - hidden * hidden)
        grads = {
            "W1": X.T @ d_hidden,
            "b1": d_hidden.sum(0),
            "W2": hidden.T @ d_out,
            "b2": d_out.sum(0),
        }
        params = update(params, grads, lr)
        _, out = predict(X, params)
        losses.append(float(((out - y) ** 2).mean()))
    return params, losses
