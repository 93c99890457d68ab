// Work that makes a flood dear: a number whose SHA-256 with the form's own name begins with zeros. A second, in small bites.
// Own arithmetic: a page without https has no other.
const BITE = 2000;
const ENOUGH_MS = 20_000; // then it is sent without; the server takes fewer of those
const PRIMES = [];
for (let n = 2; PRIMES.length < 64; n++) if (PRIMES.every((prime) => n % prime)) PRIMES.push(n);
const part = (root) => ((root - Math.floor(root)) * 2 ** 32) >>> 0;
const START = PRIMES.slice(0, 8).map((prime) => part(Math.sqrt(prime)));
const ROUND = PRIMES.map((prime) => part(Math.cbrt(prime)));
const turn = (word, by) => (word >>> by) | (word << (32 - by));

// The first 32 bits of the SHA-256 of an ASCII text of at most 55 characters.
export function digest(text) {
  const words = new Int32Array(64);
  for (let at = 0; at < text.length; at++) words[at >> 2] |= text.charCodeAt(at) << (24 - (at % 4) * 8);
  words[text.length >> 2] |= 0x80 << (24 - (text.length % 4) * 8);
  words[15] = text.length * 8;
  for (let t = 16; t < 64; t++) {
    const [a, b] = [words[t - 15], words[t - 2]];
    words[t] = words[t - 16] + (turn(a, 7) ^ turn(a, 18) ^ (a >>> 3)) + words[t - 7] + (turn(b, 17) ^ turn(b, 19) ^ (b >>> 10));
  }
  let [a, b, c, d, e, f, g, h] = START;
  for (let t = 0; t < 64; t++) {
    const one = (h + (turn(e, 6) ^ turn(e, 11) ^ turn(e, 25)) + ((e & f) ^ (~e & g)) + ROUND[t] + words[t]) | 0;
    const two = ((turn(a, 2) ^ turn(a, 13) ^ turn(a, 22)) + ((a & b) ^ (a & c) ^ (b & c))) | 0;
    [h, g, f, e, d, c, b, a] = [g, f, e, (d + one) | 0, c, b, a, (one + two) | 0];
  }
  return (START[0] + a) >>> 0;
}

async function work(name, bits) {
  const until = Date.now() + ENOUGH_MS;
  for (let tried = 0; Date.now() < until; ) {
    for (const end = tried + BITE; tried < end; tried++) if (digest(`${name}.${tried}`) >>> (32 - bits) === 0) return tried;
    await new Promise((later) => setTimeout(later));
  }
  return "";
}

export function prove(form) {
  const done = work(form.dataset.proof, Number(form.dataset.bits)).then((answer) => {
    form.elements.proof.value = answer;
    form.dataset.proven = "";
  });
  form.addEventListener("submit", async (event) => {
    if ("proven" in form.dataset) return;
    event.preventDefault();
    form.querySelector("[data-proof-wait]").textContent = form.dataset.wait;
    await done;
    form.requestSubmit(event.submitter);
  });
}
