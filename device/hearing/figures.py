"""Every figure that the hearing decides by, each with its reason. Levels are dB(A) SPL, times are seconds.

Chosen on evaluation scenes of real voices over rooms of 45 to 58 dB(A); see ``shout`` for what they are
worth. They are few and round on purpose: finer ones fitted one set of recordings and failed on another.
"""

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

# The shout.

SHOUT_DBA = 77.0
"""Between raised voice (62 to 72 at the microphone) and shouting (76 to 90; ANSI S3.5: 82 at 1 m)."""

SHOUT_MARGIN_DB = 15.0
"""In a loud room a voice must stand out as far as 77 does over a busy lobby of 62."""

SUSTAINED_S = 0.2
"""So long without a gap: a syllable. Longer only delays; short noises are told by their character."""

CUES_S = 0.4
"""The sound's character is judged over this much of the newest loud sound: about two syllables."""

DARK_BELOW_DB = -8.0
"""Energy above 1 kHz against below. Shouting lifts it to about -2 dB (ANSI S3.5: loud -2, shout +2), calm
speech close to the microphone is as loud but stays near -10."""

DARK_COST = 0.5
"""dB taken from the level for each dB darker than that."""

DARK_COST_MAX_DB = 8.0
"""A muffled shout (a mask, a turned head) must stay possible when it is loud enough."""

NOISE_ABOVE_DB = -11.0
"""Spectral flatness, 300 to 5000 Hz. Voices show harmonics (about -15 dB), bangs and sneezes do not (-7)."""

NOISE_COST = 1.0
"""dB taken from the level for each dB flatter than that."""

APERIODIC_BELOW = 0.7
"""Height of the pitch peak (1 = a pure period). Shouts reach it in rooms, coughs and impacts stay at 0.5."""

APERIODIC_COST = 30.0
"""dB taken from the level for 1.0 less: a cough at 0.5 must be 6 dB louder than a shout."""

SHARP_ABOVE_DB = -4.0
"""Energy above 2.5 kHz against 300 to 2500 Hz. Shouts stay near -6 dB; sneezes that hiss, tearing paper and
many babies lie above."""

SHARP_COST = 1.0
"""dB taken from the level for each dB sharper than that."""

SHARP_COST_MAX_DB = 6.0
"""A shrill scream is sharp too, but louder than all of them."""

NOISE_COST_MAX_DB = 15.0
"""Most that flatness, and most that missing periodicity, can take: a very loud hoarse shout still counts."""

SCORE_STEP_DB = 2.0
"""How far above the threshold the score goes from 0.5 to 0.73: about the error of a calibration by phone."""

RELEASE_DB = 3.0
"""A finding stays open down to this far under the threshold, so that it does not break up at every breath."""

RELEASE_S = 2.0
"""It ends after this long without: pauses between shouted sentences are shorter, two quarrels lie further
apart."""

UPDATE_S = 10.0
"""A finding that lasts is told again this often: enough to see that it goes on, few enough for the outbox."""

# The bang. Unproven: no recordings of real desks were at hand, only synthetic ones.

BANG_DBA = 80.0
"""A frame of at least this level: a palm on a desk 50 cm away, but not a stapler."""

BANG_MARGIN_DB = 25.0
"""And this far above the room."""

BANG_RISE_DB = 15.0
"""It rises so much within 40 ms: no voice starts like that."""

BANG_DECAY_DB = 10.0
"""And falls so much within ``BANG_DECAY_S``: a voice, a machine or a slammed door takes longer; a room's echo
does not."""

BANG_DECAY_S = 0.1

BANG_FLATNESS_DB = -10.0
"""And is at least so much noise (see ``NOISE_ABOVE_DB``): a voice that a loudspeaker cuts in starts as
suddenly, but has harmonics."""

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
