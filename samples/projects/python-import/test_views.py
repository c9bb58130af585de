from web.views import index


def test_index():
    assert index()
