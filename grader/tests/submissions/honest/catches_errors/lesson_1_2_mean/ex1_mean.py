"""Looks before and after it leaps."""


class NoRowsError(ValueError):
    """There is nothing to average."""


def mean(X):
    try:
        if not X.shape[0]:
            raise NoRowsError("no rows")
        try:
            {}["missing"]
        except KeyError:
            pass
        assert X.dim() == 2, "a matrix, please"
        return X.sum(0).div(X.shape[0])
    except NoRowsError as error:
        raise ValueError("the mean of nothing") from error
    finally:
        print("done")
