"""Exercise 3.8.1: four questions about training on a large scale.

Write the letter of your answer between the quotes in `ANSWERS`. Capital letters and spaces do not matter. An empty
string is a question that you have not answered yet.

q1  What is the same in the training of one neuron and in that of a large language model?
    a  each iteration makes a forward pass, a loss, a backward pass and an update
    b  each gradient is taken over all the data
    c  the optimizer is plain gradient descent with a constant learning rate
    d  everything runs on one device

q2  About how many floating-point operations does it take to train a network with N parameters on D tokens?
    a  N·D
    b  2·N·D
    c  6·N·D
    d  N²·D

q3  Eight workers hold equal shares of a batch. Each computes the mean gradient of its share, and the eight gradients are
    averaged. What is the result?
    a  eight different models
    b  the gradient of the whole batch
    c  a gradient that is eight times as large
    d  a training that needs no communication

q4  You make the batch eight times larger and keep the data. How many updates does an epoch have now?
    a  the same number
    b  8 times fewer
    c  8 times more
    d  64 times fewer
"""

ANSWERS: dict[str, str] = {
    # BEGIN SOLUTION
    "q1": "a",
    "q2": "c",
    "q3": "b",
    "q4": "b",
    # STUB "q1": "",
    # STUB "q2": "",
    # STUB "q3": "",
    # STUB "q4": "",
    # END SOLUTION
}
