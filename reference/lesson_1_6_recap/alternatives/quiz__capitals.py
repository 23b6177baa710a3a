"""Right answers with capital letters and spaces around them."""

ANSWERS = {
    "q1": "B",
    "q2": " c ",
    "q3": "b\n",
    "q4": "\tA",
    "c1": "True",
    "c2": " TRUE",
    "c3": "False ",
    "c4": "FALSE",
}
