// The box as the server keeps it: words, addresses and files every few seconds; and the box again after an undo.
import { debounce } from "./debounce.js";
import { word } from "./words.js";

const PAUSE = 3000;

export function keepOnServer(box, on) {
  const later = debounce(() => post(box), PAUSE);
  on(box.text, "input", later);
  on(box, "change", (event) => {
    if (event.target.closest("#addressing")) later();
  });
  on(box, "input", (event) => event.target.closest("#addressing") && nameSend(box));
  on(box, "change", () => nameSend(box));
  on(box, "click", (event) => drop(box, event.target.closest("[data-drop]")));
  on(window, "desk:undone", ({ detail }) => undone(box, detail));
  on(box.form, "submit", () => later.cancel());
  return { cancel: later.cancel, sent: () => clear(box, later), add: (picture) => add(box, picture) };
}

async function post(box, more = {}) {
  const form = new FormData(box.form);
  form.delete("files");
  for (const [name, value] of Object.entries(more)) form.set(name, value);
  form.set("text", box.text.value);
  form.set("kind", box.kind);
  try {
    const answer = await fetch(`${box.dataset.own}draft/`, { method: "POST", body: form, headers: more.drop || more.pictures ? { "HX-Request": "true" } : {} });
    if (!answer.ok) return null;
    box.status(word("saved"));
    return answer;
  } catch {
    return null; // it is kept on this device
  }
}

async function drop(box, button) {
  if (!button) return;
  const { marker } = button.closest("li").dataset;
  if (marker) box.text.value = box.text.value.replace(marker, "");
  await show(box, await post(box, { drop: button.dataset.drop }));
  box.text.focus();
}

async function add(box, picture) {
  const answer = await post(box, { pictures: picture });
  await show(box, answer);
  return Boolean(answer);
}

async function show(box, answer) {
  if (!answer) return;
  const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
  box.querySelector("#draft-files").replaceChildren(...fresh.body.childNodes);
}

// The button says how many get it.
function nameSend(box) {
  const words = box.querySelector("[data-send-words]");
  if (!words || box.dataset.door !== "email" || !box.form.elements.addressed) return;
  const typed = ["cc", "bcc"].flatMap((name) => box.form.elements[name].value.split(/[,;\s]+/)).filter(Boolean);
  const n = typed.length + box.querySelectorAll("[name=cc_more]:checked").length;
  const name = box.form.elements.to_other.value || box.dataset.name;
  words.textContent = words.dataset[n ? "more" : "one"].replace("%(name)s", name).replace("%(n)s", n);
}

function undone(box, { text }) {
  box.text.value = "";
  dispatchEvent(new CustomEvent("desk:changed", { detail: { text } }));
  window.htmx.ajax("GET", `${box.dataset.own}composer/`, { target: "#composer", swap: "outerHTML" }).then(() => document.getElementById("box")?.focus());
}

function clear(box, later) {
  later.cancel();
  box.querySelector("#draft-files")?.replaceChildren();
  box.querySelector("#addressing")?.replaceChildren();
}
