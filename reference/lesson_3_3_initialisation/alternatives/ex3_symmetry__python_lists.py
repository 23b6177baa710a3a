"""Exercise 3.3.3 with lists of numbers, removing the twins of each unit in turn."""


def distinct_units(W1, b1, W2, tol=1e-8):
    units = [[*(W1[i, j].item() for i in range(W1.size(0))), b1[j].item(), *W2[j].tolist()] for j in range(b1.numel())]
    classes = 0
    while units:
        first = units.pop()
        units = [one for one in units if any(abs(p - q) > tol for p, q in zip(one, first))]
        classes += 1
    return classes
