/** Two short tones for a new incident, made here: no file has to be fetched, and it is never louder than asked for. */
const TONES_HZ = [880, 1174];
const TONE_S = 0.16;
const LOUD = 0.12;
/** A burst of reports is one sound. */
const PAUSE_MS = 1500;

let context: AudioContext | undefined;
let last = 0;

/** Browsers let no page sound before somebody has touched it; until then this does nothing. */
export function chime(): void {
  if (!navigator.userActivation?.hasBeenActive || Date.now() - last < PAUSE_MS) return;
  last = Date.now();
  context ??= new AudioContext();
  const start = context.currentTime;
  TONES_HZ.forEach((tone, i) => {
    if (!context) return;
    const [voice, volume] = [context.createOscillator(), context.createGain()];
    const at = start + i * TONE_S;
    voice.frequency.value = tone;
    volume.gain.setValueAtTime(LOUD, at);
    volume.gain.exponentialRampToValueAtTime(0.001, at + TONE_S);
    voice.connect(volume).connect(context.destination);
    voice.start(at);
    voice.stop(at + TONE_S);
  });
}
