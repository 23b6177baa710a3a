import torch


def double(x):
    raise ValueError('\udcff')
