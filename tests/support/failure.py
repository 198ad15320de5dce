"""How tests of the whole say that something is wrong."""


class Failure(Exception):
    """The thing under test did something wrong; the text says what."""


def expect(condition, text):
    if not condition:
        raise Failure(text)
