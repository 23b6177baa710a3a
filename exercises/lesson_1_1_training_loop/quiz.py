"""Exercise 1.1.1: five questions about the training loop.

Write the letter of your answer between the quotes in `ANSWERS`. Capital letters and spaces do not matter. An empty
string is a question that you have not answered yet.

q1  In which order do the five steps of one PyTorch iteration run?
    a  zero grads, forward, loss, backward, step
    b  forward, step, loss, backward
    c  loss, forward, backward, step
    d  zero grads, forward, loss, step, backward

q2  During training the loss fell from 0.8 to 0.5. What is certain?
    a  The predictions are closer to the targets, in the sense of the loss.
    b  The accuracy rose by 0.3.
    c  The learning rate fell.
    d  30 % of the weights are right.

q3  At the current weight w the derivative dL/dw is +3. After one step of gradient descent with a small learning rate, w
    a  has risen
    b  has fallen
    c  is unchanged
    d  is -3

q4  You train on 80 samples with batch size 16. One epoch has
    a  1 update
    b  5 updates
    c  16 updates
    d  80 updates

q5  What does the variable `loss` hold in a mini-batch loop?
    a  the error of one sample
    b  the mean error of the current batch
    c  the total of the epoch
    d  the size of the gradient
"""

ANSWERS: dict[str, str] = {
    "q1": "",
    "q2": "",
    "q3": "",
    "q4": "",
    "q5": "",
}
