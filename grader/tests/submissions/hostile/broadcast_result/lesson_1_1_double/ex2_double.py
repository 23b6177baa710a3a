"""Right after broadcasting."""


def double(x):
    return (2 * x).unsqueeze(0).expand(2, *x.shape)
