// Small synthesised sounds; silent until the player turns them on.

let context = null;

export function soundOn(on) {
  if (on) context ??= new AudioContext();
  return on ? context.resume() : context?.suspend();
}

function tone(frequency, at, length, type = "triangle", volume = 0.12) {
  const start = context.currentTime + at;
  const oscillator = context.createOscillator();
  const gain = context.createGain();
  oscillator.type = type;
  oscillator.frequency.value = frequency;
  gain.gain.setValueAtTime(volume, start);
  gain.gain.exponentialRampToValueAtTime(0.0001, start + length);
  oscillator.connect(gain).connect(context.destination);
  oscillator.start(start);
  oscillator.stop(start + length);
}

const playing = () => context?.state === "running";

export const sounds = {
  press: () => playing() && tone(330, 0, 0.08, "square", 0.05),
  land: (reel) => playing() && tone(150 + reel * 18, 0, 0.12, "sine", 0.2),
  win: () => playing() && [523, 659, 784, 1047].forEach((f, i) => tone(f, i * 0.09, 0.25)),
  big: () => playing() && [523, 659, 784, 1047, 1319, 1568].forEach((f, i) => tone(f, i * 0.12, 0.5)),
};
