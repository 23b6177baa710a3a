"""What a journal is turned into: gradebooks, files of platforms, pages. Functions of records, nothing else."""
