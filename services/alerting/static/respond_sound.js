// The tablet's voice: rings until answered, chimes when something changed. Made here, no file to load.

const RING_EVERY_MS = 1600;
const RING = [[880, 0], [660, 0.22], [880, 0.44]]; // hertz, start in seconds
const CHIME = [[660, 0], [880, 0.18]];
const BEEP_S = 0.18;

let audio;
let ringing;

function context() {
  audio ??= new AudioContext();
  return audio;
}

export function silent() {
  return context().state !== "running";
}

export async function allow() {
  await Promise.race([context().resume(), new Promise((done) => setTimeout(done, 500))]);
  return !silent();
}

function play(notes, loudness) {
  if (silent()) return;
  const start = audio.currentTime + 0.02;
  for (const [hertz, after] of notes) {
    const tone = new OscillatorNode(audio, { type: "square", frequency: hertz });
    const volume = new GainNode(audio, { gain: 0 });
    volume.gain.setValueAtTime(loudness, start + after);
    volume.gain.setTargetAtTime(0, start + after + BEEP_S - 0.04, 0.01);
    tone.connect(volume).connect(audio.destination);
    tone.start(start + after);
    tone.stop(start + after + BEEP_S);
  }
}

function shake(pattern) {
  if (navigator.userActivation?.hasBeenActive) navigator.vibrate?.(pattern);
}

function ringOnce() {
  play(RING, 0.5);
  shake([300, 120, 300]);
}

export function ring(wanted) {
  if (wanted && !ringing) {
    ringOnce();
    ringing = setInterval(ringOnce, RING_EVERY_MS);
  } else if (!wanted && ringing) {
    clearInterval(ringing);
    ringing = undefined;
  }
}

export function chime() {
  play(CHIME, 0.35);
  shake([150]);
}
