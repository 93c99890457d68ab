// Says how the line to the server is: nothing when well, a word, a banner, and a fetch of everything when it is back.
import { desk } from "../lib/socket.js";
import { say, sayNow } from "../lib/say.js";
import { word } from "../lib/words.js";

const BACK_STAYS = 4000;

if (document.body.dataset.me) {
  desk.addEventListener("state", ({ detail }) => render(detail));
  desk.addEventListener("back", () => {
    banner(word("back"), "ok");
    say(word("back"));
    setTimeout(() => banner(""), BACK_STAYS);
  });
  desk.start();
}

function render(state) {
  const dot = document.querySelector(".connection");
  if (dot) dot.hidden = state !== "reconnecting";
  if (state === "offline") {
    banner(word("offline"), "warn", word("retry"));
    sayNow(word("offline"));
  }
  if (state === "out") banner(word("session"), "bad");
}

function banner(text, kind = "", action = "") {
  const area = document.getElementById("banners");
  area.querySelector("[data-line]")?.remove();
  if (!text) return;
  const box = document.createElement("div");
  box.className = `banner ${kind}`;
  box.dataset.line = "";
  box.append(Object.assign(document.createElement("span"), { textContent: text }));
  if (action) {
    const button = Object.assign(document.createElement("button"), { type: "button", className: "btn small", textContent: action });
    button.addEventListener("click", () => desk.now());
    box.append(button);
  }
  area.prepend(box);
}
