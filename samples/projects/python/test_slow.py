import json
import urllib.request


def test_rate_service():
    with urllib.request.urlopen("http://127.0.0.1:8099/rate.json") as answer:
        assert json.load(answer)["rate"] == 25


def test_rate_default():
    assert 25 == 25
