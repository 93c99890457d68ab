// One place that makes tones: two notes, as loud as this browser was told, and whether it may at all.
const KEY = "acudo:volume";
const NOTES = [660, 880, 660, 880];
const USUAL = 80;
let context;

export function volume() {
  const kept = localStorage.getItem(KEY);
  return kept === null ? USUAL : Math.min(100, Math.max(0, Number(kept) || 0));
}

export function setVolume(percent) {
  localStorage.setItem(KEY, percent);
}

// A browser lets a page sound only after somebody has touched it: false until then.
export async function mayPlay() {
  try {
    context ??= new AudioContext();
    if (context.state !== "running") await Promise.race([context.resume(), new Promise((late) => setTimeout(late, 300))]);
    return context.state === "running";
  } catch {
    return false;
  }
}

export async function play() {
  if (!(await mayPlay())) return false;
  const loud = new GainNode(context, { gain: volume() / 100 });
  loud.connect(context.destination);
  NOTES.forEach((frequency, place) => {
    const tone = new OscillatorNode(context, { frequency, type: "triangle" });
    const at = context.currentTime + place * 0.2;
    tone.connect(loud);
    tone.start(at);
    tone.stop(at + 0.18);
  });
  return true;
}
