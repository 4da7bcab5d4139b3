"""The sounds that a person can play to a unit: a folder that ``tools.sounds`` has made."""

from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter


class Sound(BaseModel):
    """One sound of the folder."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    file: str = Field(pattern=r"^[A-Za-z0-9._-]+\.wav$")
    name: str
    name_en: str
    level_dba: float
    """The level it is meant to be played at, dB(A) at the microphone."""


_ADAPTER = TypeAdapter(list[Sound])


def read(folder: Path) -> list[Sound]:
    """The sounds in ``folder``; none without a list. Raises ``ValidationError`` for a wrong list."""
    index = folder / "sounds.json"
    if not index.exists():
        return []
    sounds = _ADAPTER.validate_json(index.read_bytes())
    return [sound for sound in sounds if (folder / sound.file).is_file()]
