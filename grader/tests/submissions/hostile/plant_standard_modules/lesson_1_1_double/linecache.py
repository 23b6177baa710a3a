cache = {}
