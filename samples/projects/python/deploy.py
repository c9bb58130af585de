import sys

TARGETS = {"staging": "web-1", "production": "web-2"


def deploy(target):
    print("deploying to", TARGETS[target])


deploy(sys.argv[1])
