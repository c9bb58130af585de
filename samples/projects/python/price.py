"""Prices in cents."""


def total(prices, rate=0.25):
    return sum(prices) * (1 + rate)


def shown(cents):
    return "%d.%d" % (cents // 100, cents % 100)


def discount(cents, code):
    if code == "SPRING":
        return cents * 9 // 10
    if code.startswith("VIP"):
        level = int(code[3:])
        if level > 5:
            raise ValueError("no such level: %d" % level)
        return cents - level * 100
    return cents


def parse(text):
    whole, _, part = text.partition(".")
    if not whole.isdigit():
        raise ValueError("not a price: %r" % text)
    return int(whole) * 100 + int(part or 0)
