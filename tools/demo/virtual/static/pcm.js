// Sound files to what a unit's microphone gives: 16 kHz, mono, 16 bit, little-endian.

const RATE = 16000;
const SECONDS_MAX = 30;

export class TooLong extends Error {}

// Throws a DOMException for a file that is no sound, and TooLong.
export async function samplesOf(bytes) {
  // A context of that rate resamples while it decodes.
  const sound = await new OfflineAudioContext(1, 1, RATE).decodeAudioData(bytes);
  if (sound.duration > SECONDS_MAX) throw new TooLong();
  const samples = new DataView(new ArrayBuffer(sound.length * 2));
  const channels = Array.from({ length: sound.numberOfChannels }, (_, n) => sound.getChannelData(n));
  for (let n = 0; n < sound.length; n += 1) {
    let sum = 0;
    for (const channel of channels) sum += channel[n];
    const mean = Math.min(Math.max(sum / channels.length, -1), 1);
    samples.setInt16(n * 2, Math.round(mean * 32767), true);
  }
  return samples.buffer;
}
