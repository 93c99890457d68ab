// One timer for the page keeps "12 min" and "18 min left" true.
import { word } from "./words.js";

const EVERY = 20_000;
const HOUR = 3600_000;

export function start() {
  tick();
  setInterval(tick, EVERY);
}

export function tick() {
  const now = Date.now();
  document.querySelectorAll("time[data-ago]").forEach((time) => {
    const gone = now - Date.parse(time.dateTime);
    if (gone >= 0 && gone < 24 * HOUR) time.textContent = ago(gone);
  });
  document.querySelectorAll("[data-due]").forEach((chip) => retime(chip, now));
}

function ago(gone) {
  if (gone < 60_000) return word("now");
  return gone < HOUR ? word("minutes", { n: Math.floor(gone / 60_000) }) : word("hours", { n: Math.floor(gone / HOUR) });
}

function retime(chip, now) {
  const due = Date.parse(chip.dataset.due);
  const warn = Date.parse(chip.dataset.warn || chip.dataset.due);
  const state = now > due ? "late" : now >= warn ? "risk" : "calm";
  const words = chip.querySelector("[data-due-words]");
  if (now > due) words.textContent = word("late", { length: length(late(now - due)) });
  else if (due - now <= 4 * HOUR) words.textContent = word("left", { length: length(due - now) });
  if (state === chip.dataset.state) return;
  chip.dataset.state = state;
  chip.classList.remove("calm", "warn", "bad");
  chip.classList.add({ late: "bad", risk: "warn", calm: "calm" }[state]);
  const use = chip.querySelector("use");
  use.setAttribute("href", use.getAttribute("href").replace(/#.*/, state === "late" ? "#octagon-alert" : "#timer"));
}

// After an hour minutes are no news.
function late(ms) {
  return ms < HOUR ? ms : Math.floor(ms / HOUR) * HOUR;
}

function length(ms) {
  const minutes = Math.floor(ms / 60_000);
  const hours = Math.floor(minutes / 60);
  if (!hours) return word("minutes", { n: minutes });
  if (hours >= 24) return new Intl.NumberFormat(document.documentElement.lang, { style: "unit", unit: "day", unitDisplay: "long" }).format(Math.floor(hours / 24));
  const rest = minutes % 60;
  return word("hours", { n: hours }) + (rest && hours < 10 ? ` ${word("minutes", { n: rest })}` : "");
}
