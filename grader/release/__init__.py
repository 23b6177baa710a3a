"""The students' repository: a course without its references, graded with recorded answers."""
