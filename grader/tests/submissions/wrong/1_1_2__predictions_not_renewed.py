def training_loop(params, forward, loss_fn, grad_fn, lr, epochs):
    params = params.clone()
    history = []
    predictions = forward(params)
    for epoch in range(epochs):
        history.append(float(loss_fn(predictions)))
        gradient = grad_fn(params, predictions)
        params = params - lr * gradient
    return params, history
