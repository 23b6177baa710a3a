"""Half a character as a name."""


def double(x):
    return {"\ud800": x, "\udfff": 1}
