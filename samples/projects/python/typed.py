from typing import Optional


def find(name: str) -> Optional[int]:
    return {"tea": 250}.get(name)


def total(names: list[str]) -> int:
    prices = [find(name) for name in names]
    return sum(prices)


class Cart:
    lines: dict[str, int]

    def add(self, name: str, count: int = "1") -> None:
        self.lines[name] = count
        self.lines.push(name)


Cart().add(3)
print(total("tea").real.foo)
