"""Exercise 1.6.1: four questions and a checklist about module 1.

Write your answers between the quotes in `ANSWERS`: a letter for q1 to q4, true or false for c1 to c4. Capital letters and
spaces do not matter. An empty string is a question that you have not answered yet.

q1  You train on 80 samples with batch size 16 for 100 epochs. How many updates are that?
    a  100
    b  500
    c  1600
    d  8000

q2  A linear model has one feature and no bias. You multiply the feature by 10. The largest stable learning rate
    a  stays the same
    b  is divided by 10
    c  is divided by 100
    d  is multiplied by 10

q3  You halve the step h of a central difference; h is large enough for rounding not to matter. The error is multiplied by
    a  1/2
    b  1/4
    c  1
    d  2

q4  Your gradient is the sum over a batch of 16 samples, and it should be the mean. What is an equivalent repair?
    a  the learning rate divided by 16
    b  the learning rate multiplied by 16
    c  16 times as many epochs
    d  none is needed

Is it true or false?

c1  Each iteration computes the gradient anew, at the new parameters.
c2  With the full batch an epoch is one update.
c3  A loss that rises at every step proves that the data are bad.
c4  Validation data may enter the mean of the standardiser.
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
