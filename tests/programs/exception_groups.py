"""`except*`, which Python has since 3.11: the programs are texts, compiled where they can be."""

from __future__ import annotations

import linecache
import sys

from .table import enter

TEXT = '''
class Found(Exception):
    def __init__(self, value):
        super().__init__("found")
        self.value = value


def parts(x):
    y = x
    try:
        try:
            y = y * x
            raise ExceptionGroup("several", [Found(x * x), KeyError("k"), ExceptionGroup("inner", [Found(x), TypeError()])])
        except* Found as group:
            y = y + group.exceptions[0].value + group.exceptions[1].exceptions[0].value
        except* KeyError:
            y = y * 3
    except* TypeError:
        y = y * x
    return y


def a_single_exception(x):
    y = x
    try:
        y = y * 2
        raise Found(x * x)
    except* Found as group:
        y = y * group.exceptions[0].value
    return y


def raised_again(x):
    y = x
    try:
        try:
            raise Found(x * x)
        except* Found as group:
            y = y + group.exceptions[0].value
            raise
        except* KeyError:
            y = 0.0
    except* Found as again:
        y = y * again.exceptions[0].value
    return y


def raised_anew(x):
    y = x
    try:
        try:
            raise ExceptionGroup("two", [KeyError(), ValueError()])
        except* KeyError:
            y = y * 2
            raise Found(y * x)
    except* Found as group:
        y = y + group.exceptions[0].value
    except* ValueError:
        y = y * 5
    return y


def not_taken(x):
    y = x
    try:
        try:
            y = y * x
            raise Found(y)
        except* KeyError:
            y = 0.0
    except Found as e:
        y = e.value * x
    return y


def no_exception(x):
    try:
        y = x * x
    except* ValueError:
        y = 0.0
    else:
        y = y * 3
    finally:
        y = y + x
    return y
'''

if sys.version_info >= (3, 11):
    NAME = "<programs with except*>"
    linecache.cache[NAME] = len(TEXT), None, TEXT.splitlines(True), NAME
    SPACE: dict = {"__name__": "exception_groups"}
    exec(compile(TEXT, NAME, "exec"), SPACE)
    for word in ("parts", "a_single_exception", "raised_again", "raised_anew", "not_taken", "no_exception"):
        enter(SPACE[word], [(1.5,)], name=word, module=__name__)
