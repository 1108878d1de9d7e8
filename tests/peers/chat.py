"""A learner's UDP chat: a menu to send a message and to wait for one.

Usage: chat.py [OWN_PORT]    own port 7788 unless given
"""

import socket
import sys

own_port = int(sys.argv[1]) if len(sys.argv) > 1 else 7788


def send(chat):
    host = input("对方 IP: ")
    port = int(input("对方端口: "))
    text = input("内容: ")
    chat.sendto(text.encode("utf-8"), (host, port))


def receive(chat):
    data, sender = chat.recvfrom(1024)
    print(f"{sender[0]}:{sender[1]} {data.decode('utf-8')}", flush=True)


def main():
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as chat:
        chat.settimeout(30)
        chat.bind(("127.0.0.1", own_port))
        print(f"bound to 127.0.0.1:{chat.getsockname()[1]}", flush=True)
        while True:
            print("1 发送  2 接收  0 退出", flush=True)
            choice = input("选择: ")
            if choice == "1":
                send(chat)
            elif choice == "2":
                receive(chat)
            elif choice == "0":
                break


main()
