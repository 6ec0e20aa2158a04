"""Read a page into a tree with the standard library's parser."""

from __future__ import annotations

from dataclasses import dataclass, field
from html.parser import HTMLParser

VOID = {"meta", "link", "br", "img", "input", "hr", "line"}


@dataclass
class Element:
    """A node: tag, attributes, children (elements and texts)."""

    tag: str
    attrs: dict[str, str]
    children: list = field(default_factory=list)

    def all(self, tag: str | None = None, **attrs: str) -> list[Element]:
        """Return descendants with a tag and attributes, in document order."""
        out = []
        for child in self.children:
            if isinstance(child, Element):
                if tag in (None, child.tag) and all(child.attrs.get(k) == v for k, v in attrs.items()):
                    out.append(child)
                out += child.all(tag, **attrs)
        return out

    def text(self) -> str:
        """Return what a reader sees, with single spaces; scripts and styles left out."""
        parts = []
        for child in self.children:
            if not isinstance(child, Element):
                parts.append(child)
            elif child.tag not in ("script", "style", "noscript"):
                parts.append(child.text())
        return " ".join(" ".join(parts).split())


class Reader(HTMLParser):
    """A tree of elements; fails on a tag that is closed and was not open."""

    def __init__(self) -> None:
        super().__init__()
        self.root = Element("root", {})
        self.open = [self.root]

    def handle_starttag(self, tag, attrs):
        element = Element(tag, {k: v or "" for k, v in attrs})
        self.open[-1].children.append(element)
        if tag not in VOID:
            self.open.append(element)

    def handle_startendtag(self, tag, attrs):
        self.open[-1].children.append(Element(tag, {k: v or "" for k, v in attrs}))

    def handle_endtag(self, tag):
        assert self.open[-1].tag == tag, f"</{tag}> closes <{self.open[-1].tag} {self.open[-1].attrs}>"
        self.open.pop()

    def handle_data(self, data):
        self.open[-1].children.append(data)


def parse(html: str) -> Element:
    """Return the tree of a page in which every tag that is opened is closed."""
    reader = Reader()
    reader.feed(html)
    reader.close()
    assert len(reader.open) == 1, f"not closed: {[e.tag for e in reader.open[1:]]}"
    return reader.root
