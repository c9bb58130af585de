import socket

import pytest


@pytest.fixture(scope="session")
def database():
    connection = socket.create_connection(("db.acme.example", 5432), timeout=2)
    yield connection
    connection.close()


@pytest.fixture
def user(database):
    return database.send(b"user")


def test_login(user):
    assert user


def test_logout(user, browser):
    assert browser


def test_version():
    assert True
