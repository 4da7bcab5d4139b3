"""Generated documents are those that the code makes today."""

from tools.docs.asyncapi import TARGET, rendered
from wire.messages.events import EVENT_TYPES
from wire.topics import Channel


def test_the_asyncapi_document_is_current() -> None:
    assert TARGET.read_text() == rendered(), "run: make docs"


def test_it_names_every_channel_and_event_type() -> None:
    text = TARGET.read_text()
    for name in [*(f"/{c.value}" for c in Channel), *EVENT_TYPES]:
        assert f'{name}"' in text
