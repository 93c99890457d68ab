// Citizens' pages work without this; it keeps times true and marks the page as ready.
import { start } from "./lib/dates.js";

start();
document.documentElement.dataset.ready = "";
