open("@CANARY@/owned", "w").close()
