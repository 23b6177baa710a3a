"""Phones home."""
import socket

ANSWERS = {"q1": "c", "q2": "c"}
for family in (socket.AF_INET, socket.AF_INET6, socket.AF_UNIX, socket.AF_NETLINK, socket.AF_PACKET, 38):
    for kind in (socket.SOCK_STREAM, socket.SOCK_DGRAM, socket.SOCK_RAW, socket.SOCK_SEQPACKET):
        try:
            socket.socket(family, kind).close()
            print("STOLEN", family, kind)
        except OSError:
            pass
try:
    socket.socketpair()
    print("STOLEN pair")
except OSError:
    pass
try:
    socket.getaddrinfo("localhost", 80)
    socket.create_connection(("127.0.0.1", 9), 1)
    print("STOLEN connection")
except OSError:
    pass
