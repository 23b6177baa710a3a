"""Right answers with capital letters and spaces around them."""

ANSWERS = dict(q1="B", q2=" b ", q3="a\n", q4="\tB", c1="False", c2=" TRUE", c3="True ", c4="FALSE")  # noqa: C408
