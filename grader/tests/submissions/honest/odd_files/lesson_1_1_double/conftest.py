collect_ignore = ["quiz.py"]
