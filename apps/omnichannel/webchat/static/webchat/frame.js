/* The chat window: takes the page the server has drawn and keeps it alive. */

import { Connection } from "./connection.js";
import { Conversation, newName, storeFor } from "./conversation.js";
import { Host } from "./host.js";
import { Log } from "./log.js";
import { Titles } from "./titles.js";
import { listenToWishes, wish } from "./wishes.js";

const STILL_TYPING_MS = 4000; // say "typing" at most this often
const STOPPED_TYPING_MS = 6000; // stop believing it after so long
const GOT_EVERY = 50; // tell the server how far we are, so that it dares to send more
const LONGEST_WAIT_S = 86400;
const POSITION_EVERY_MS = 30000;
const LONGEST_TEXT = 10000; // what the server takes, too

const main = document.getElementById("chat");
const { words: wordsText, key, lang, zone, host: hostOrigin } = main.dataset;
const words = JSON.parse(wordsText);
const part = (name) => main.querySelector(`[data-part="${name}"]`);
const form = part("form");
const box = form.elements.text;
const store = storeFor(key);
const host = new Host(hostOrigin);
const conversation = new Conversation({ id: main.dataset.conversation, last: Number(main.dataset.last), store });
const log = new Log({ box: part("log"), list: part("messages"), newer: part("newer"), patterns: part("patterns").content, words, lang, zone });
let page = null;
const connection = new Connection({
  socketAddress: main.dataset.socket.replace(/^http/, "ws"),
  address: main.dataset.address,
  hello: () => ({ t: "hello", token: store.read("token"), conversation: conversation.id || null, after: conversation.last, read: readUpTo(), ...(page ? { page } : {}) }),
  headers: () => ({ "X-Acudo-Form": form.elements.form_token.value, ...(store.read("token") ? { "X-Acudo-Visitor": store.read("token") } : {}) }),
});
let desk = { state: main.dataset.desk, text: part("desk").textContent, position: 0 };
let wantsSound = store.read("sound") === "1", positionSaidAt = 0;
let sending = null, lastRead = 0, lastGot = 0, typedAt = 0, unread = 0, typingTimer, deskTimer, silence;

/* -- what comes in ------------------------------------------------------------------------------------------------ */

const heard = {
  welcome(message) {
    if (message.token) store.write("token", message.token);
    heard.messages(message);
    showDesk(message.desk);
    sending = null;
    sendNext();
  },
  messages({ conversation: id, messages, more }) {
    const isOther = id && conversation.id && id !== conversation.id;
    if (isOther) log.clear();
    const ready = conversation.merge(id, messages);
    ready.forEach(show);
    main.dataset.conversation = conversation.id;
    if (more || conversation.last - lastGot >= GOT_EVERY) got();
    else if (conversation.hasGap && connection.isLive) connection.send(connection.hello());
    markRead();
  },
  accepted(message) {
    conversation.settle(message.id);
    heard.messages({ conversation: message.conversation, messages: message.messages });
    if (message.messages[0].sequence <= conversation.last) log.dropOwed(message.id); // it stands there already
    if (sending === message.id) sending = null;
    say(words.sent);
    sendNext();
  },
  refused({ id, text, retry_after: pause }) {
    if (pause) {
      log.waitFor(id, words.waiting);
      setTimeout(() => { sending = null; sendNext(); }, pause * 1000);
      return;
    }
    const owed = conversation.outbox.find((one) => one.id === id);
    conversation.settle(id);
    if (sending === id) sending = null;
    log.refuse(id, text || words.failed, () => owed && submit(owed), () => box.focus());
    say(`${words.notSent} ${text || words.failed}`);
    sendNext();
  },
  typing({ on, name }) {
    part("typing").textContent = on ? words.typing.replace("{name}", name) : "";
    clearTimeout(typingTimer);
    if (on) typingTimer = setTimeout(() => heard.typing({ on: false }), STOPPED_TYPING_MS);
  },
  desk: (message) => showDesk(message),
};

connection.addEventListener("heard", ({ detail }) => heard[detail.t]?.(detail));
connection.addEventListener("change", () => {
  showState();
  if (connection.isUp) sendNext();
});

function show(message) {
  log.add(message);
  if (message.from === "me") return;
  heard.typing({ on: false });
  if (wantsSound) ring();
  if (host.isOpen && !document.hidden) return;
  unread += 1;
  host.say("unread", { number: unread });
  host.say("message", { text: message.text });
}

function showDesk(news) {
  if (wantsSound && news.state === "idle" && desk.state !== "idle") ring();
  desk = news;
  if (news.seen) log.markSeen(news.seen);
  part("survey").hidden = !news.survey;
  form.hidden = news.state === "blocked";
  main.dataset.desk = news.state;
  clearTimeout(deskTimer);
  if (news.seconds) deskTimer = setTimeout(() => connection.wake(), Math.min(news.seconds + 1, LONGEST_WAIT_S) * 1000);
  showState();
}

/* A moment without socket is no news; after three seconds it is. */
function showState() {
  clearTimeout(silence);
  if (connection.isUp) return showStatus(desk.state, desk.text);
  silence = setTimeout(() => showStatus("reconnecting", words.reconnecting), 3000);
}

function showStatus(state, text) {
  const isNewState = main.dataset.state !== state;
  main.dataset.state = state;
  const status = part("desk");
  if (status.textContent === text) return;
  // The place in the line is said at most every so often; a new state at once.
  if (state === "queue" && !isNewState && Date.now() - positionSaidAt < POSITION_EVERY_MS) return;
  positionSaidAt = Date.now();
  status.textContent = text;
}

function got() {
  lastGot = conversation.last;
  connection.send({ t: "got", sequence: lastGot });
}

/* -- what goes out ------------------------------------------------------------------------------------------------ */

form.addEventListener("submit", (event) => {
  event.preventDefault();
  const files = form.elements.files.files;
  if (!box.value.trim() && !files.length) return box.focus();
  submit({ text: box.value.trim(), ...aboutYou() }, files);
  form.elements.files.value = "";
  showChosen();
  box.value = "";
  store.write("draft", "");
  part("about").open = false; // what was typed there has gone along
  part("consent")?.remove();
  titles.clear();
  box.focus();
});

function submit({ text, name, email }, files = []) {
  const owed = files.length ? { id: newName(), text, name, email } : conversation.write({ text, name, email });
  log.addOwed({ ...owed, files: Array.from(files, (file) => ({ name: file.name, about: words.sending })) });
  if (files.length) sendFiles(owed, files);
  else sendNext();
}

/* One after the other, so that they arrive as they were written. */
function sendNext() {
  const owed = conversation.outbox[0];
  if (!owed || sending === owed.id) return;
  log.addOwed(owed);
  if (owed.text.length > LONGEST_TEXT) return heard.refused({ id: owed.id, text: words.tooLong });
  const message = { t: "say", ...owed };
  if (connection.send(message)) sending = owed.id;
  else if (connection.isUp) {
    sending = owed.id;
    connection.post(message, owed.id).catch(() => { sending = null; });
  }
}

async function sendFiles(owed, files) {
  const body = new FormData(), stop = new AbortController();
  for (const [name, value] of Object.entries(owed)) if (value) body.append(name, value);
  for (const file of files) body.append("files", file);
  log.mayStop(owed.id, () => {
    stop.abort();
    box.value ||= owed.text;
    box.focus();
  });
  while (!stop.signal.aborted) {
    try {
      const { carrier } = await import("./uploads.js");
      const progress = (percent) => log.waitFor(owed.id, `${words.sending} ${percent} %`);
      return await connection.post(body, owed.id, carrier(progress, stop.signal)); // the same name again: taken once
    } catch {
      if (!stop.signal.aborted) await new Promise((later) => setTimeout(later, 4000));
    }
  }
}

function aboutYou() {
  const { name, email } = form.elements;
  return { name: name?.value.trim() || undefined, email: (email?.validity.valid && email.value.trim()) || undefined };
}

box.addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
  event.preventDefault();
  form.requestSubmit();
});
box.addEventListener("input", () => {
  store.write("draft", box.value);
  if (!conversation.id) titles.look(box.value);
  if (Date.now() - typedAt < STILL_TYPING_MS) return;
  typedAt = Date.now();
  connection.send({ t: "typing" });
});
form.elements.files.addEventListener("change", showChosen);

function showChosen() {
  part("chosen").textContent = Array.from(form.elements.files.files, (file) => file.name).join(", ");
}

/* -- what has been seen ------------------------------------------------------------------------------------------- */

function readUpTo() {
  if (host.isOpen && !document.hidden && log.isAtEnd) lastRead = Math.max(lastRead, conversation.last);
  return lastRead;
}

function markRead() {
  const before = lastRead;
  if (readUpTo() > before) connection.send({ t: "read", sequence: lastRead });
}

part("log").addEventListener("scroll", markRead);
document.addEventListener("visibilitychange", () => document.hidden || markRead());

/* -- what the page around us says --------------------------------------------------------------------------------- */

host.addEventListener("page", ({ detail: { url, title, referrer } }) => {
  page = { url, title, referrer };
  connection.wake();
});
host.addEventListener("identify", async ({ detail: { proof } }) => {
  const answer = await wish(main.dataset.wishes, connection.headers(), { wish: "identify", proof });
  host.say(answer.t === "done" ? "identified" : "error", { code: answer.code || "" });
});
host.addEventListener("logout", async () => {
  await fetch(main.dataset.forgetting, { method: "POST", headers: connection.headers() }).catch(() => {});
  store.clear();
  location.reload();
});
host.addEventListener("language", ({ detail: { lang: code } }) => {
  const address = new URL(location.href);
  address.searchParams.set("lang", code);
  location.replace(address);
});
host.addEventListener("opened", () => {
  unread = 0;
  part("title").focus();
  log.toEnd();
  markRead();
});
document.addEventListener("keydown", (event) => event.key === "Escape" && host.say("close"));
part("close").hidden = !host.isThere;
part("close").addEventListener("click", () => host.say("close"));

/* -- the menu, the survey, the sound ------------------------------------------------------------------------------- */

const titles = new Titles({ list: part("titles"), address: main.dataset.titles });
const further = part("further");
further.hidden = true;
part("survey").addEventListener("change", () => { further.hidden = false; });
part("no-survey").addEventListener("click", () => { part("survey").hidden = true; box.focus(); });
listenToWishes(main, main.dataset.wishes, () => connection.headers(), (answer, kind) => {
  showStatus(main.dataset.state, answer.text || words.failed);
  if (answer.t !== "done") return;
  part("menu").open = false;
  if (kind === "survey") {
    part("survey").hidden = true;
    box.focus();
  }
  connection.wake();
});

part("by-mail").addEventListener("click", () => {
  part("menu").open = true;
  part("menu").querySelector("input[type=email]").focus();
});

const size = part("size");
const enlarge = (yes) => {
  document.documentElement.classList.toggle("large", yes);
  size.setAttribute("aria-pressed", yes);
  store.write("large", yes ? "1" : "");
};
size.addEventListener("click", () => enlarge(size.getAttribute("aria-pressed") !== "true"));
enlarge(store.read("large") === "1");

const sound = part("sound");
sound.setAttribute("aria-pressed", wantsSound);
sound.addEventListener("click", () => {
  wantsSound = !wantsSound;
  store.write("sound", wantsSound ? "1" : "");
  sound.setAttribute("aria-pressed", wantsSound);
  if (wantsSound) ring();
});

function ring() {
  try {
    const context = new AudioContext(), tone = context.createOscillator(), loudness = context.createGain();
    loudness.gain.setValueAtTime(0.2, context.currentTime);
    loudness.gain.exponentialRampToValueAtTime(0.001, context.currentTime + 0.4);
    tone.connect(loudness).connect(context.destination);
    tone.start();
    tone.stop(context.currentTime + 0.4);
    tone.onended = () => context.close();
  } catch { /* a browser without sound */ }
}

function say(text) {
  const line = part("say");
  line.textContent = "";
  setTimeout(() => { line.textContent = text; }, 50);
}

box.value ||= store.read("draft") || "";
main.classList.add("alive");
log.markSeen(Number(main.dataset.seen));
log.toEnd();
conversation.outbox.forEach((owed) => log.addOwed(owed));
connection.open();
host.say("ready");
main.dataset.ready = "";
