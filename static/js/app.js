// The desk: imports the elements, nothing else.
import "./elements/pop-up.js";
import "./elements/connection-state.js";
import "./elements/desk-palette.js";
import "./elements/side-panels.js";
import "./elements/work-list.js";
import "./elements/ticket-thread.js";
import "./elements/answer-box.js";
import "./elements/notice-bell.js";
import "./elements/presence-switch.js";
import "./elements/live-page.js";
import "./elements/sound-check.js";
import "./elements/chat-alarm.js";
import { start as startDates } from "./lib/dates.js";
import { start as startKeys } from "./lib/keys.js";
import { start as startSwaps } from "./lib/swaps.js";
import { settleAll } from "./lib/toast.js";
import { sweep } from "./lib/drafts.js";

startDates();
startKeys();
startSwaps();
settleAll();
sweep();
document.documentElement.dataset.ready = "";
