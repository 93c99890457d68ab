// Texts not sent yet, kept on this device. The key names person, ticket and kind.
const PREFIX = "acudo.draft.";
const KEPT_DAYS = 30;

export function load(key) {
  try {
    return JSON.parse(localStorage.getItem(PREFIX + key))?.text ?? "";
  } catch {
    return "";
  }
}

export function save(key, text) {
  try {
    if (text.trim()) localStorage.setItem(PREFIX + key, JSON.stringify({ text, at: Date.now() }));
    else localStorage.removeItem(PREFIX + key);
    return true;
  } catch {
    return false; // private mode or full: the text is still in the box
  }
}

export function sweep() {
  const old = Date.now() - KEPT_DAYS * 86400_000;
  for (const key of Object.keys(localStorage)) {
    if (key.startsWith(PREFIX) && (JSON.parse(localStorage.getItem(key))?.at ?? 0) < old) localStorage.removeItem(key);
  }
}
