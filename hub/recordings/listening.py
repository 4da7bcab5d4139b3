"""A recording as one file that a browser plays and seeks in: only the segments that are asked for are opened.

WAV and Opus have a known length and every byte a known place. FLAC is for taking away: one file, in order.
"""

import io
from collections import OrderedDict
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from dataclasses import dataclass

from hub.evidence import layout
from hub.evidence.layout import Part
from hub.evidence.ogg import PACKET_SAMPLES, PAGE_BYTES, OpusFile
from hub.evidence.recording import Recording, Segment
from hub.recordings import opus, sound
from hub.recordings.sealing import Broken
from hub.recordings.vault import SOUND, Vault
from hub.recordings.workers import Workers
from wire.evidence.line import RATE_HZ
from wire.evidence.signed import read_signed

CHUNK_SAMPLES = 5 * RATE_HZ
"""Opened and sent at a time."""
KEPT_SEGMENTS = 12
"""Opened ones that are kept in memory, for all who listen: the next chunk is of the same segment."""
OPUS_PAGES = 2
"""Encoded at a time, in seconds. Whoever goes to another place waits for so much, and for the half second
before it (``opus.LEAD_PACKETS``)."""


@dataclass(frozen=True, slots=True)
class Track:
    """A recording with what opens it."""

    recording: Recording
    wrapped: bytes
    segments: Sequence[Segment]
    """Of sound, in order."""


class Listening:
    """On the event loop; ``altered`` is told of a segment that cannot be opened, which then is silent."""

    def __init__(
        self, vault: Vault, workers: Workers, altered: Callable[[str, int], Awaitable[None]]
    ) -> None:
        self._vault = vault
        self._workers = workers
        self._altered = altered
        self._opened: OrderedDict[tuple[str, int], bytes] = OrderedDict()

    def forget(self, recording: str) -> None:
        """It was deleted: nothing of it stays in memory."""
        for key in [key for key in self._opened if key[0] == recording]:
            del self._opened[key]

    async def wav(self, track: Track, part: Part | None) -> AsyncIterator[bytes]:
        """The file or a part of it."""
        samples = track.recording.samples
        first, last = (part.first, part.last) if part else (0, layout.wav_length(samples) - 1)
        if first < layout.WAV_HEADER_BYTES:
            yield layout.wav_header(samples)[first : last + 1]
            first = layout.WAV_HEADER_BYTES
        at, until = first - layout.WAV_HEADER_BYTES, last + 1 - layout.WAV_HEADER_BYTES
        while at < until:
            begin = at // 2
            end = min(begin + CHUNK_SAMPLES, -(-until // 2))
            pcm = await self.pcm(track, begin, end)
            chunk = pcm[at - 2 * begin : until - 2 * begin]
            yield chunk
            at += len(chunk)

    async def opus(self, track: Track, part: Part | None) -> AsyncIterator[bytes]:
        """Likewise. Raises ``NoOpus``."""
        file = opus_of(track.recording)
        header = file.header
        first, last = (part.first, part.last) if part else (0, file.length - 1)
        if first < len(header):
            yield header[first : last + 1]
            first = len(header)
        at, until = first - len(header), last + 1 - len(header)
        # Always the same pages together: however it is asked for, the file has the same bytes.
        number = at // PAGE_BYTES // OPUS_PAGES * OPUS_PAGES
        skip = at - number * PAGE_BYTES
        left = until - at
        while left > 0:
            pages = await self._pages(track, file, number)
            chunk = pages[skip : skip + left]
            yield chunk
            left -= len(chunk)
            skip, number = 0, number + OPUS_PAGES

    async def flac(self, track: Track) -> AsyncIterator[bytes]:
        """The whole recording as one file; how many bytes it has nobody knows before."""
        out = _Growing()
        file = await self._workers.run(
            lambda: sound.library().SoundFile(out, "w", RATE_HZ, 1, "PCM_16", format="FLAC")
        )
        samples, sent = track.recording.samples, False
        for begin in range(0, samples, CHUNK_SAMPLES):
            pcm = await self.pcm(track, begin, min(begin + CHUNK_SAMPLES, samples))
            await self._workers.run(file.buffer_write, pcm, "int16")
            if chunk := out.take():
                yield chunk if sent else with_length(chunk, samples)
                sent = True
        await self._workers.run(file.close)
        yield out.take() if sent else with_length(out.take(), samples)

    async def pcm(self, track: Track, begin: int, end: int) -> bytes:
        """Samples ``begin`` to ``end`` (not included), 16-bit little-endian."""
        parts = []
        for segment in track.segments:
            first, until = max(begin, segment.first_sample), min(end, segment.first_sample + segment.samples)
            if first < until:
                whole = await self._segment(track, segment)
                parts.append(whole[2 * (first - segment.first_sample) : 2 * (until - segment.first_sample)])
        return b"".join(parts)

    async def _segment(self, track: Track, segment: Segment) -> bytes:
        key = (segment.recording, segment.index)
        found = self._opened.get(key)
        if found is None:
            try:
                found = await self._workers.run(self._open, track.wrapped, segment)
            except Broken:
                await self._altered(segment.recording, segment.index)
                return bytes(2 * segment.samples)
            self._opened[key] = found
            while len(self._opened) > KEPT_SEGMENTS:
                self._opened.popitem(last=False)
        self._opened.move_to_end(key)
        return found

    def _open(self, wrapped: bytes, segment: Segment) -> bytes:
        body = self._vault.take_out(segment.recording, wrapped, read_signed(segment.line))
        try:
            return sound.decode(body, segment.samples)
        except sound.BadSound as error:
            raise Broken(str(error)) from error

    async def _pages(self, track: Track, file: OpusFile, number: int) -> bytes:
        """``OPUS_PAGES`` pages from this one on, as far as there are any."""
        numbers = range(number, min(number + OPUS_PAGES, file.pages))
        wanted = range(file.packets_of(numbers[0]).start, file.packets_of(numbers[-1]).stop)
        lead = min(opus.LEAD_PACKETS, wanted.start)
        begin = (wanted.start - lead) * PACKET_SAMPLES
        end = min(wanted.stop * PACKET_SAMPLES, track.recording.samples)
        pcm = await self.pcm(track, begin, end) if begin < end else b""
        pcm += bytes(2 * (wanted.stop * PACKET_SAMPLES - begin) - len(pcm))

        def encode() -> bytes:
            packets = opus.encode(pcm)[lead:]
            made = []
            for each in numbers:
                mine = file.packets_of(each)
                made.append(file.page(each, packets[mine.start - wanted.start : mine.stop - wanted.start]))
            return b"".join(made)

        return await self._workers.run(encode)


def opus_of(recording: Recording) -> OpusFile:
    """The plan of its file."""
    return OpusFile(recording.samples, int(recording.id[:8], 16))


def of_sound(segments: Sequence[Segment]) -> list[Segment]:
    """Those that can be heard."""
    return [segment for segment in segments if segment.media == SOUND]


def with_length(flac: bytes, samples: int) -> bytes:
    """The beginning of a FLAC file with its number of samples in the header (36 bits of STREAMINFO, RFC 9639
    section 8.2), which an encoder writes when it has reached the end."""
    at = 4 + 4 + 10
    told = int.from_bytes(flac[at : at + 8]) >> 36 << 36 | samples
    return flac[:at] + told.to_bytes(8) + flac[at + 8 :]


class _Growing(io.RawIOBase):
    """A file that is sent while it is written. The header that is written again at the end is lost; the
    number of samples is put into the first one."""

    def __init__(self) -> None:
        self._new = bytearray()
        self._taken = 0
        self._at = 0

    def take(self) -> bytes:
        """What has come since the last time."""
        new, self._new = bytes(self._new), bytearray()
        self._taken += len(new)
        return new

    def write(self, data: object) -> int:
        """At the end, or into what was not taken yet; what was taken stays as it went."""
        given = bytes(memoryview(data))  # type: ignore[arg-type]
        start = self._at - self._taken
        if start >= 0:
            self._new[start : start + len(given)] = given
        self._at += len(given)
        return len(given)

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        """Where the next write goes."""
        base = {io.SEEK_SET: 0, io.SEEK_CUR: self._at, io.SEEK_END: self._taken + len(self._new)}[whence]
        self._at = base + offset
        return self._at

    def tell(self) -> int:
        """Where it would go."""
        return self._at

    def readable(self) -> bool:
        """It cannot be read back."""
        return False

    def writable(self) -> bool:
        """It can."""
        return True

    def seekable(self) -> bool:
        """It can."""
        return True
