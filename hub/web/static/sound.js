// The alarm signal: made here, repeated until every alarm is acknowledged. It loops inside the audio system, so
// that no timer of a hidden tab can slow it down.

const RATE = 22050;
// One cycle of each signal: [start s, length s, frequency Hz] and the length of the whole cycle in seconds.
// The alarm is two rising pairs around 1 kHz, where old and young hear well and a busy office is quiet.
const SIGNALS = {
  alarm: { cycle_s: 1.6, loud: 0.5, notes: [[0, 0.18, 880], [0.2, 0.18, 1175], [0.5, 0.18, 880], [0.7, 0.18, 1175]] },
  // Two falling tones, seldom: this page has lost its server and would not tell of an alarm.
  lost: { cycle_s: 5, loud: 0.4, notes: [[0, 0.35, 587], [0.45, 0.35, 440], [0.9, 0.5, 330]] },
  attention: { cycle_s: 4, loud: 0.3, notes: [[0, 0.22, 659], [0.28, 0.3, 523]] },
};

export class Sound {
  // quiet: for a room where the public sits beside.
  constructor(changed, quiet = false) {
    this.context = new AudioContext({ sampleRate: RATE });
    this.context.onstatechange = changed;
    this.playing = null; // { name, source }
    this.wanted = null;
    // Browsers let a page sound only after a person has touched it.
    for (const kind of ["pointerdown", "keydown"]) addEventListener(kind, () => this.wake(), { capture: true });
    this.volume = new GainNode(this.context, { gain: quiet ? 0.35 : 1 });
    this.volume.connect(this.context.destination);
    this.wake();
  }

  get on() {
    return this.context.state === "running";
  }

  wake() {
    if (!this.on) this.context.resume();
  }

  // Repeat `name` ("alarm", "attention", "lost") until told otherwise; null is silence.
  repeat(name) {
    if (name === this.wanted) return;
    this.wanted = name;
    this.playing?.stop();
    this.playing = name ? this.start(name, true) : null;
  }

  // One cycle, to prove that it can be heard.
  test() {
    this.wake();
    this.start("alarm", false);
  }

  start(name, loop) {
    const source = this.context.createBufferSource();
    source.buffer = this.cycle(SIGNALS[name]);
    source.loop = loop;
    source.connect(this.volume);
    source.start();
    return source;
  }

  cycle({ cycle_s, loud, notes }) {
    const buffer = this.context.createBuffer(1, Math.round(cycle_s * RATE), RATE);
    const samples = buffer.getChannelData(0);
    for (const [start, length, hertz] of notes) {
      const first = Math.round(start * RATE);
      const count = Math.round(length * RATE);
      for (let n = 0; n < count; n += 1) {
        // A fifth harmonic-free tone with soft edges: it cuts through without clicking.
        const edge = Math.min(1, n / 220, (count - n) / 660);
        const angle = (2 * Math.PI * hertz * n) / RATE;
        samples[first + n] += loud * edge * (0.75 * Math.sin(angle) + 0.25 * Math.sin(2 * angle));
      }
    }
    return buffer;
  }
}
