"""Exercise 1.1.1: two questions about doubling. Write the letter of your answer between the quotes.

q1: How much is twice three?
    a: six
    b: nine
    c: five

q2: For which numbers are twice the number and its square the same?
    a: for none
    b: for 0 and 2
    c: for all
"""

ANSWERS: dict[str, str] = {
    "q1": "",
    "q2": "",
}
