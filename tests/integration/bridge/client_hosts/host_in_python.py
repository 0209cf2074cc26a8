"""A host in Python that does what the test writes to it, a line each: see clients_driven.py."""

import json
import sys
from concurrent.futures import ThreadPoolExecutor

from dmp_bridge_client import BridgeClient, BridgeError  # the client's folder, copied under this name


def write(kind, method, content):
    print(kind, method, json.dumps(content, ensure_ascii=False), sep="\t", flush=True)


def call(bridge, method, params, milliseconds):
    return bridge.call(method, json.loads(params), int(milliseconds) / 1000)


def told(bridge, introduction, method, params, milliseconds):
    try:
        if introduction:
            bridge.start(introduction.pop())
        write("result", method, call(bridge, method, params, milliseconds))
    except BridgeError as error:
        write("error", method, {"code": error.code, "message": error.message, "data": error.data})


def polled(bridge, milliseconds):
    notice = bridge.next_notice(int(milliseconds) / 1000)
    write("notice", notice.method, notice.params) if notice else write("nothing", "", {})


def both(bridge, method, params, count, milliseconds):
    def calls(_):
        return sum(bool(call(bridge, method, params, milliseconds)) for _ in range(int(count)))

    with ThreadPoolExecutor(2) as threads:
        write("both", "", sum(threads.map(calls, range(2))))


def main():
    sys.stdin.reconfigure(encoding="utf-8")
    sys.stdout.reconfigure(encoding="utf-8")
    introduction = [json.loads(sys.stdin.readline())]
    bridge = BridgeClient(sys.argv[1:])
    for line in sys.stdin:
        verb, *words = line.rstrip("\n").split("\t")
        if verb == "call":
            told(bridge, introduction, *words)
        elif verb == "poll":
            polled(bridge, *words)
        elif verb == "both":
            both(bridge, *words)
        elif verb == "close":
            write("closed", "", bridge.close(int(words[0]) / 1000))
            return 0
    return 2


if __name__ == "__main__":
    sys.exit(main())
