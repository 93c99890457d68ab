// Citizens' pages work without this; it keeps times true and marks the page as ready.
import { start } from "./lib/dates.js";

start();
const sending = document.querySelector("form[data-proof]");
if (sending) import("./lib/proof.js").then(({ prove }) => prove(sending)).catch(() => {}); // without it less may be sent
document.documentElement.dataset.ready = "";
