"""Reading formula text, in the manner of R or of Python, into plain calls: names, arguments, products.

A sum of terms, each a product of factors joined by `:`, each a name, a call or a number. What stands left of `~` is
dropped, `frame$column` means `column`, names may hold dots.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import NoReturn

from blocs.ground.errors import bad_input

Value = str | float | bool | None | tuple["Value", ...]
EXAMPLE = "a term such as indeg(calls, window=300)"

_TOKEN = re.compile(
    r"""\s*(?:(?P<string>"[^"]*"|'[^']*')|(?P<tick>`[^`]*`)|(?P<shift>\bPS[A-Z0]{2}-[A-Z0]{2}\b)
    |(?P<number>\d+(?:\.\d*)?(?:[eE][+-]?\d+)?L?|\.\d+)|(?P<name>[^\W\d][\w.]*|\.[^\W\d][\w.]*)
    |(?P<sign>[()\[\],=:+~$*\-]))""",
    re.VERBOSE,
)
_WORDS: dict[str, Value] = {
    "TRUE": True,
    "T": True,
    "True": True,
    "FALSE": False,
    "F": False,
    "False": False,
    "NULL": None,
    "None": None,
    "NA": None,
    "Inf": float("inf"),
    "inf": float("inf"),
}


@dataclass(frozen=True)
class Call:
    """One factor of a term: its name, arguments without and with a name, and its text."""

    name: str
    arguments: tuple[Value, ...]
    options: tuple[tuple[str, Value], ...]
    text: str


@dataclass(frozen=True)
class _Token:
    kind: str
    text: str
    start: int
    end: int


def read_formula(text: str) -> list[tuple[Call, ...]]:
    """Return the terms of a formula, each as its factors; `0` and `-1`, which ask for no intercept, leave no term.

    Raises:
        InputError: text that cannot be read.
    """
    return _Reader(text).formula()


class _Reader:
    def __init__(self, text: str) -> None:
        self.text = text
        self.tokens = self._tokens()
        self.at = 0

    def _tokens(self) -> list[_Token]:
        found: list[_Token] = []
        at = 0
        while self.text[at:].strip():
            match = _TOKEN.match(self.text, at)
            if match is None or match.lastgroup is None:
                raise bad_input("terms", self.text.strip(), "cannot be read", EXAMPLE)
            kind, word = match.lastgroup, match[match.lastgroup]
            found.append(_Token(kind, word, match.start(kind), match.end(kind)))
            at = match.end()
            if kind == "sign" and word == "~":
                found.clear()
        return found

    def _peek(self, ahead: int = 0) -> str:
        k = self.at + ahead
        return self.tokens[k].text if k < len(self.tokens) and self.tokens[k].kind == "sign" else ""

    def _take(self) -> _Token:
        if self.at >= len(self.tokens):
            self._fail()
        self.at += 1
        return self.tokens[self.at - 1]

    def _fail(self, problem: str = "cannot be read", expected: str = EXAMPLE) -> NoReturn:
        raise bad_input("terms", self.text.strip(), problem, expected)

    def formula(self) -> list[tuple[Call, ...]]:
        terms: list[tuple[Call, ...]] = []
        while self.at < len(self.tokens):
            sign = self._take().text if self._peek() in ("+", "-") else "+"
            factors = self._product()
            plain = [f.name for f in factors]
            if sign == "-" and plain != ["1"]:
                self._fail("a term cannot be taken away", "terms joined by +")
            if sign == "+" and plain != ["0"]:
                terms.append(factors)
            if self.at < len(self.tokens) and self._peek() not in ("+", "-"):
                self._fail("cannot be read", "terms joined by +, products written a:b")
        return terms

    def _product(self) -> tuple[Call, ...]:
        factors = [self._factor()]
        while self._peek() == ":":
            self._take()
            factors.append(self._factor())
        return tuple(factors)

    def _factor(self) -> Call:
        first = self._take()
        start = first.start
        if first.kind not in ("name", "tick", "shift", "number"):
            self._fail()
        name = first.text.strip("`")
        while self._peek() == "$":
            self._take()
            name = self._take().text.strip("`")
        arguments: list[Value] = []
        options: list[tuple[str, Value]] = []
        if self._peek() == "(" and first.kind != "number":
            self._take()
            while self._peek() != ")":
                self._argument(arguments, options)
                if self._peek() == ",":
                    self._take()
                elif self._peek() != ")":
                    self._fail()
            self._take()
        return Call(name, tuple(arguments), tuple(options), self.text[start : self.tokens[self.at - 1].end])

    def _argument(self, arguments: list[Value], options: list[tuple[str, Value]]) -> None:
        named = self.at < len(self.tokens) and self.tokens[self.at].kind == "name" and self._peek(1) == "="
        if not named:
            arguments.append(self._value())
            return
        key = self._take().text
        self._take()
        options.append((key, self._value()))

    def _value(self) -> Value:
        if self._peek() in ("[", "("):
            return self._values("]" if self._take().text == "[" else ")")
        if self._peek() == "-":
            self._take()
            value = self._value()
            if isinstance(value, bool) or not isinstance(value, float):
                self._fail()
            return -value
        token = self._take()
        if token.kind == "string":
            return token.text[1:-1]
        if token.kind == "number":
            return float(token.text.rstrip("L"))
        if token.kind == "sign":
            self._fail()
        return self._word(token)

    def _word(self, token: _Token) -> Value:
        name = token.text.strip("`")
        if self._peek() == "(":
            if name in ("function", "lambda"):
                self._fail("holds a function", "the name of a function given in functions=")
            if name not in ("list", "c"):
                self._fail()
            self._take()
            return self._values(")")
        while self._peek() == "$":
            self._take()
            name = self._take().text.strip("`")
        if self._peek() == "-" and token.kind == "name":
            self._take()
            return f"{name}-{self._take().text}"
        if token.kind == "name" and name == "lambda":
            self._fail("holds a function", "the name of a function given in functions=")
        return _WORDS.get(name, name) if token.kind == "name" else name

    def _values(self, end: str) -> tuple[Value, ...]:
        found: list[Value] = []
        while self._peek() != end:
            found.append(self._value())
            if self._peek() == ",":
                self._take()
            elif self._peek() != end:
                self._fail()
        self._take()
        return tuple(found)
