print("STOLEN torch")
open("@CANARY@/owned", "w").close()
