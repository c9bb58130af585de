import unittest


def add(cart, sku, count=1):
    cart[sku] = cart[sku] + count
    return cart


class CartTest(unittest.TestCase):
    def test_add_twice(self):
        self.assertEqual(add({"tea": 1}, "tea"), {"tea": 2})

    def test_add_new(self):
        self.assertEqual(add({}, "tea"), {"tea": 1})

    def test_lines(self):
        self.assertEqual(["tea 2", "milk 1", "sugar 4"], ["tea 2", "milk 2", "sugar 4"])

    @unittest.skip("slow")
    def test_many(self):
        pass
