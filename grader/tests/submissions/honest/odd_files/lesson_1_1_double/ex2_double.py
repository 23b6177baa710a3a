"""Written on another system."""
import sys

sys.setrecursionlimit(5000)
def double(x):
	if False:
		import numpy
	return x+x
if __name__ == "__main__":
	print(double(1))
