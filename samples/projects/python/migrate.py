"""Migrates the database."""
import argparse
import logging

logging.basicConfig(level=logging.INFO, format="%(levelname)s %(message)s")


def load(head):
    logging.info("migrating to %s", head)
    from acme_orm import Engine
    return Engine(head)


parser = argparse.ArgumentParser()
parser.add_argument("--to", default="head")
load(parser.parse_args().to)
