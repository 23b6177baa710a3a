import torch


def gradient_check(analytic, numeric, tol=1e-5):
    if analytic.shape != numeric.shape:
        raise ValueError("shapes differ")
    distance = torch.sqrt(((analytic - numeric) ** 2).sum())
    size = torch.sqrt((analytic**2).sum()) + torch.sqrt((numeric**2).sum())
    error = distance / size
    return bool(error < tol), float(error)
