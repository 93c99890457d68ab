// Pictures pasted or dropped into an answer by mail: each stands in the words under its name, and its bytes wait with the
// draft. A picture that did not arrive takes its name out of the words again.
import { toast } from "./toast.js";
import { word } from "./words.js";

const ENDINGS = { "image/png": "png", "image/jpeg": "jpg", "image/gif": "gif", "image/webp": "webp" };

export const isPicture = (file) => file.type in ENDINGS;

// A table or a paragraph is often copied together with a picture of itself: then the words are meant.
export const bringsWords = (data) => data.types.includes("text/html") && data.getData("text/plain").trim() !== "";

export async function place(box, picture) {
  const name = freeName(box, ENDINGS[picture.type]);
  box.insert(`[${name}]\n`);
  const isKept = await box.server.add(new File([picture], name, { type: picture.type }));
  if (!isKept) {
    box.text.value = box.text.value.replace(`[${name}]\n`, "");
    box.typed();
    toast(word("failed"), { kind: "error" });
  }
  return isKept;
}

function freeName(box, ending) {
  const files = [...box.querySelectorAll("[data-marker]")].map((file) => file.dataset.marker).join();
  const stem = box.dataset.picture;
  let n = 1;
  while (`${files}${box.text.value}`.includes(`[${stem}-${n}.`)) n += 1;
  return `${stem}-${n}.${ending}`;
}
