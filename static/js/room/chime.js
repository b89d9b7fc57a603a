// A short chime for a gift, made on the spot; the dearer the gift, the longer the run of notes. Off
// until the person switches it on.

const BASE_HZ = 392;
const STEPS = [0, 2, 4, 7, 9, 12, 14, 16];
const NOTES = { basic: 1, low: 1, standard: 2, premium: 3, high: 5, luxury: 7, ultra: 8 };
const NOTE_SECONDS = 0.09;
const RING_SECONDS = 0.5;
/** Many gifts at once make one sound. */
const QUIET_MS = 350;

export class Chime {
  #context = null;
  #isOn = false;
  #playedAt = 0;

  /** Must be called from a click, else the browser keeps the sound back. */
  setOn(isOn) {
    this.#isOn = isOn;
    if (isOn) this.#context ??= new AudioContext();
    if (isOn) this.#context.resume();
  }

  play(tier) {
    const now = performance.now();
    if (!this.#isOn || this.#context?.state !== "running" || now - this.#playedAt < QUIET_MS) return;
    this.#playedAt = now;
    const count = NOTES[tier] ?? 1;
    for (const [index, step] of STEPS.slice(0, count).entries()) this.#note(step, index * NOTE_SECONDS);
  }

  #note(step, delay) {
    const start = this.#context.currentTime + delay;
    const tone = this.#context.createOscillator();
    const volume = this.#context.createGain();
    tone.type = "triangle";
    tone.frequency.value = BASE_HZ * 2 ** (step / 12);
    volume.gain.setValueAtTime(0.0001, start);
    volume.gain.exponentialRampToValueAtTime(0.12, start + 0.015);
    volume.gain.exponentialRampToValueAtTime(0.0001, start + RING_SECONDS);
    tone.connect(volume).connect(this.#context.destination);
    tone.start(start);
    tone.stop(start + RING_SECONDS);
  }
}
