"""Too deep to be read."""
VALUE = @DEEP@1


def double(x):
    return x
