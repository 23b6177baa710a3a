"""Exercise 3.9.1: two questions and a checklist.

Write the letter of your answer between the quotes in `ANSWERS`, or for the checklist the word true or false. Capital
letters and spaces do not matter. An empty string is a question that you have not answered yet.

q1  What does it mean to freeze the backbone (the pre-trained part) of a network?
    a  It gets no gradients and no updates, and the statistics of its normalisation layers stay fixed.
    b  The whole network is trained with a learning rate ten times smaller.
    c  Its layers are removed.
    d  eval() is called on it, and nothing else.

q2  Where do the targets for next-token training come from?
    a  from people who label the text
    b  from the same sequence, shifted by one
    c  from random tokens
    d  from the validation set

The checklist: is the statement true or false?

c1  Pre-trained layers usually get a smaller learning rate than a new head.
c2  Transfer learning needs the same classes in the old and in the new task.
"""

ANSWERS: dict[str, str] = {
    # BEGIN SOLUTION
    "q1": "a",
    "q2": "b",
    "c1": "true",
    "c2": "false",
    # STUB "q1": "",
    # STUB "q2": "",
    # STUB "c1": "",
    # STUB "c2": "",
    # END SOLUTION
}
