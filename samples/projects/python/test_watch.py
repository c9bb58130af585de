import tempfile
import unittest


class WatchTest(unittest.TestCase):
    def test_watch_few(self):
        self.watch(10)

    def test_watch_many(self):
        self.watch(100)

    def watch(self, count):
        files = []
        try:
            for _ in range(count):
                files.append(tempfile.TemporaryFile())
        finally:
            for file in files:
                file.close()
