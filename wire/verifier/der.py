"""As much of DER (X.690) as a time stamp needs: values with their tags, one in the other."""

from collections.abc import Iterator
from dataclasses import dataclass

SEQUENCE, SET, OCTETS, INTEGER, OID, TIME = 0x30, 0x31, 0x04, 0x02, 0x06, 0x18


class BadDer(ValueError):
    """Not DER, or not what is expected in this place."""


@dataclass(frozen=True, slots=True)
class Value:
    """One value."""

    tag: int
    body: bytes
    whole: bytes
    """With tag and length."""

    def parts(self) -> list["Value"]:
        """What is in it."""
        return list(values(self.body))

    def of(self, tag: int) -> "Value":
        """Itself; raises ``BadDer`` where it is something else."""
        if self.tag != tag:
            raise BadDer(f"tag {tag:#x} is expected")
        return self


def values(data: bytes) -> Iterator[Value]:
    """One after the other. Raises ``BadDer``."""
    at = 0
    while at < len(data):
        start = at
        if at + 2 > len(data) or data[at] & 0x1F == 0x1F:
            raise BadDer("cut off, or a tag that is not used here")
        tag, length = data[at], data[at + 1]
        at += 2
        if length & 0x80:
            count = length & 0x7F
            if not 1 <= count <= 4 or at + count > len(data):
                raise BadDer("a length that cannot be")
            length = int.from_bytes(data[at : at + count])
            at += count
        if at + length > len(data):
            raise BadDer("cut off")
        yield Value(tag, data[at : at + length], data[start : at + length])
        at += length


def one(data: bytes, tag: int = SEQUENCE) -> Value:
    """Exactly one value. Raises ``BadDer``."""
    found = list(values(data))
    if len(found) != 1:
        raise BadDer("one value is expected")
    return found[0].of(tag)


def oid(value: Value) -> str:
    """With dots."""
    body = value.of(OID).body
    numbers, number = [], 0
    for byte in body:
        number = number << 7 | byte & 0x7F
        if not byte & 0x80:
            numbers.append(number)
            number = 0
    if not numbers:
        raise BadDer("an empty identifier")
    first = min(numbers[0] // 40, 2)
    return ".".join(map(str, (first, numbers[0] - 40 * first, *numbers[1:])))
