import acme_orm


def test_models():
    assert acme_orm
