"""Exercise 2.7.1: four questions and a checklist about module 2.

Write your answers between the quotes in `ANSWERS`: a letter for q1 to q4, true or false for c1 to c4. Capital letters and
spaces do not matter. An empty string is a question that you have not answered yet.

q1  A network has D = 3 inputs, one hidden layer with H = 5 units and O = 2 outputs. How many parameters has it?
    a  25
    b  32
    c  30
    d  8

q2  What changes in the training loop when the linear model becomes such a network?
    a  the order of the steps
    b  the forward pass, and hence the gradients
    c  the optimizer, which must be Adam
    d  the loss, which must be the cross-entropy

q3  A network has a hidden layer, but no activation. It can compute
    a  the same functions as a linear model
    b  twice as many functions as a linear model
    c  XOR
    d  a parabola

q4  The mean squared error is 0.001 on the training data and 0.4 on the validation data. This is
    a  underfitting
    b  overfitting
    c  a learning rate that is too small
    d  a perfect fit

Is it true or false?

c1  More parameters always lower the validation loss.
c2  A linear baseline is worth fitting first.
c3  The mean squared error is convex for linear regression, and in general it is not for a network with a hidden layer.
c4  This course penalises biases in L2 regularisation.
"""

ANSWERS: dict[str, str] = {
    "q1": "",
    "q2": "",
    "q3": "",
    "q4": "",
    "c1": "",
    "c2": "",
    "c3": "",
    "c4": "",
}
