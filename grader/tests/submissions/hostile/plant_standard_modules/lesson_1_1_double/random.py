def seed(*_):
    open("@CANARY@/owned", "w").close()
