// Tell a screen reader something without moving the focus.
const REST = 20_000; // a stream of news is said at most this often
const last = new Map();

export function say(text) {
  put("say-polite", text);
}

export function sayNow(text) {
  put("say-now", text);
}

export function saySometimes(key, text) {
  if (Date.now() - (last.get(key) ?? 0) < REST) return;
  last.set(key, Date.now());
  say(text);
}

function put(id, text) {
  const region = document.getElementById(id);
  if (!region) return;
  region.textContent = "";
  setTimeout(() => (region.textContent = text), 50); // the same words twice must be said twice
}
