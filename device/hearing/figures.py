"""Every figure that the hearing decides by, each with its reason. Levels are dB(A) SPL, times are seconds.

What was learnt from recordings is not here but in ``parameters.json``; see ``docs/hearing.md``.
"""

from dataclasses import dataclass
from typing import Literal

RATE_HZ = 16_000
"""Samples a second: speech needs no more, and the voice detector takes this rate."""

FRAME = 320
"""Samples in a frame: 20 ms, the longest step that still costs a decision no noticeable delay."""

FRAME_S = FRAME / RATE_HZ

FULL_SCALE_RANGE_DBA = (60.0, 160.0)
"""What a microphone's full scale can mean. Outside it the setting is a slip, and every level with it."""

ENERGY_FLOOR = 1e-11
"""Mean square below which a signal counts as this: digital zero must give a level, not minus infinity. It
lies below what rounding to 16 bits adds, and keeps every level within the contract's -50 to 200 dB."""

# The shout. What a shout sounds like is in the parameters of the model; these say when it is asked.

LISTEN_DBA = 66.0
"""From this fast level on a sound's character is looked at: raised voice (62 to 72 at the microphone; ANSI
S3.5: 66 at 1 m), well under the quietest shout (76; ANSI: 82 at 1 m)."""

LISTEN_MARGIN_DB = 8.0
"""And this far above the room: what is nearer to it has the room's character, not its own."""

JUDGE_DBA = 72.0
"""Only when the fast level came so high within the last second, the model is asked. Of 7,000 judgements of
quieter sounds, by models that did not know them, none came to the threshold of the normal sensitivity and
seven to that of the high one."""

JUDGE_AGAIN = 4
"""Once a shout is found, only every fourth hop is looked at and judged: what is left to learn are clearer
reasons, and a quarter of each second is enough for them."""

SHOUT_MARGIN_DB = 15.0
"""A shout stands out of a loud room as far as 73 does over a busy lobby of 58."""

HOP = 5
"""Frames between two judgements: a tenth of a second, what the unit reads at once."""

EVIDENCE_KEEPS = 0.8
"""What a tenth of a second leaves of the evidence before: more finds later, less trips sooner. At this value
half of the shouts are found within half a second."""

EVIDENCE_MOST = 5.0
"""Log odds that one judgement counts at most, either way."""

EVIDENCE_START = -4.0
"""Log odds before anything is known: most loud sounds are no shouts, and what is short must be clear. From -3
to -4 a tenth of the false findings went for 0.05 s of latency; from -4 to -5 hardly any for as much again."""

EVIDENCE_GAP = 2
"""After so many hops that were too quiet, something new begins."""


@dataclass(frozen=True, slots=True)
class Sensitivity:
    """When a loud sound is a finding."""

    score: float
    """The score must be at least this."""
    floor_dba: float
    """And the fast level must have reached this."""


SensitivityName = Literal["low", "normal", "high"]

SENSITIVITIES: dict[SensitivityName, Sensitivity] = {
    "low": Sensitivity(0.75, 76.0),
    "normal": Sensitivity(0.5, 74.0),
    "high": Sensitivity(0.25, JUDGE_DBA),
}
"""The steps that people choose from. ``normal`` is the threshold that the training chose."""

UNHEARD_DBA = -50.0
"""Stands for the level of what was before the first frame."""

RELEASE_DB = 12.0
"""A finding stays open while the level is within this of its highest: syllables and words of one cry."""

RELEASE_S = 2.0
"""It ends after this long without: pauses between shouted sentences are shorter, two quarrels lie further
apart."""

UPDATE_S = 5.0
"""A finding that lasts is told again this often: enough to see that it goes on, few enough for the outbox."""

# The bang. Unproven: no recordings of real desks were at hand, only synthetic ones.

BANG_DBA = 82.0
"""A frame of at least this level: a palm on a desk 50 cm away, but not a stapler."""

BANG_MARGIN_DB = 25.0
"""And this far above the room."""

BANG_RISE_DB = 20.0
"""It rises so much within 40 ms: no voice starts like that, and hardly a cry."""

BANG_FALLS_DB = ((2, 6.0), (3, 7.0), (5, 11.0), (10, 19.0))
"""After so many frames it is at least so much softer: it falls at once and goes on falling. A voice, a laugh
or a machine does not, and most coughs stay for some frames; a room's echo does (19 dB in 0.2 s are a
reverberation of 0.6 s)."""

BANG_FLATNESS_DB = -9.0
"""And is at least so much noise (flatness, see ``cues``, over the first tenth of a second): a voice that a
loudspeaker cuts in starts as suddenly, but has harmonics."""

BANG_LOOK = 5
"""Frames after the blow in which its character is looked at."""

BANG_VOICED_FRAMES = 10
BANG_VOICED_MOST = 6
"""Of so many frames before the blow, at most so many had a pitch: a syllable after a syllable of a cry
or of a shout is no blow. A blow within a shout is still heard between two words."""

BANG_APART_S = 0.5
"""The echoes and bounces of one blow are one bang."""

# The room.

BACKGROUND_SHARE = 0.2
"""The room is the level that it stays under 20 % of the time: a busy counter is quiet no oftener."""

BACKGROUND_HALF_S = 120.0
"""Half of what is known of the room is this old: a lobby fills within minutes, and a quarrel does not soon
become the room."""

BACKGROUND_START_S = 1.0
"""Before this, the filters are still filling and nothing is known."""

BACKGROUND_UNKNOWN_DBA = 45.0
"""A quiet office, until something is known."""

# The voice detector.

VOICE_FULL_SCALE_DBA = 105.0
"""The voice detector depends on digital gain; it always hears sound as if full scale were this level, which
puts speech at 60 at -45 dBFS and a shout at 85 at -20, without clipping."""

VOICE_MODE = 3
"""webrtcvad's strictest mode: the share of voice is shown to people as a reason, so rather too little."""

SCORE_STEP_DB = 2.0
"""How far above its floor a bang's score goes from 0.5 to 0.73: about the error of a calibration by phone."""
