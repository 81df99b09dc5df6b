// The open tablet: shows what the server says, rings until answered, confirms that it shows a page.
// Under a finger nothing moves: what comes meanwhile is shown when the tap has been heard.

import * as answers from "./respond_answers.js";
import { follow } from "./respond_live.js";
import { keepOn, staysOn } from "./respond_screen.js";
import * as sound from "./respond_sound.js";

const LOOK_EVERY_MS = 30000;
const BREATH_MS = 300; // between two looks
const PATIENCE_MS = 8000;
const AGAIN_MS = 2000;
const TAP_MS = 300; // from lifting the finger until the browser has told of the tap
const LONGEST_TAP_MS = 2000;

const byId = (id) => document.getElementById(id);
const root = byId("respond");
const region = byId("cards");
const confirming = new Set();
const title = document.title;

let pressing; // the timer of a finger on the cards: they stay as they are until its tap is heard
let heldAt; // since when they do
let kept; // the HTML that came meanwhile
let shown; // the HTML of the last look, to leave an unchanged page alone
let looking = false;
let lookAgain = false;
let failed = false; // the last look
let taken = 0; // answers that the server has; a look that began before one of them shows the past
let news = newsOf();

function cards() {
  return [...region.querySelectorAll("[data-page]")];
}

function newsOf() {
  return new Map(cards().map((card) => [card.dataset.page, card.dataset.news]));
}

// One look at a time; whoever asks meanwhile gets one more.
async function look() {
  if (looking) {
    lookAgain = true;
    return;
  }
  looking = true;
  lookAgain = false;
  const seen = await read();
  failed = !seen;
  setTimeout(() => {
    looking = false;
    if (lookAgain || !seen) look();
  }, seen ? BREATH_MS : AGAIN_MS);
}

// True when the server answered, be it that we are logged out.
async function read() {
  const before = taken;
  try {
    const response = await fetch(root.dataset.fragment, { cache: "no-store", signal: AbortSignal.timeout(PATIENCE_MS) });
    byId("signed-out").hidden = ![401, 403].includes(response.status);
    const html = await response.text();
    if (response.ok && taken === before) swap(html);
    return response.status < 500;
  } catch {
    return false;
  }
}

function swap(html) {
  if (pressing !== undefined) {
    kept = html;
    return;
  }
  if (html === shown) return;
  shown = html;
  const focus = keyOf(document.activeElement);
  const open = [...region.querySelectorAll("details[open]")].map(keyOf);
  region.innerHTML = html;
  for (const details of region.querySelectorAll("details")) details.open = open.includes(keyOf(details));
  if (focus) [...region.querySelectorAll("button, summary")].find((part) => keyOf(part) === focus)?.focus({ preventScroll: true });
  told();
}

function hold(ms) {
  heldAt ??= Date.now();
  clearTimeout(pressing);
  pressing = setTimeout(() => {
    const late = kept;
    pressing = heldAt = kept = undefined;
    if (late !== undefined) swap(late);
  }, Math.min(ms, heldAt + LONGEST_TAP_MS - Date.now())); // one tap after another holds no longer than one
}

function keyOf(part) {
  const card = part?.closest?.("[data-page]");
  return card && region.contains(card) ? [card.dataset.page, part.tagName, part.name, part.value].join(" ") : undefined;
}

// What changed since the last look is heard, and read out; a new call by its ringing.
function told() {
  const before = news;
  news = newsOf();
  const fresh = cards().filter((card) => !before.has(card.dataset.page));
  if (fresh.length) byId("new").textContent = root.dataset.new.replace("{what}", fresh.map((card) => card.dataset.what).join("; "));
  const changed = cards().filter((card) => before.has(card.dataset.page) && before.get(card.dataset.page) !== card.dataset.news);
  if (changed.length) {
    sound.chime();
    byId("new").textContent = changed.map((card) => card.querySelector(".standing").textContent.trim()).join("; ");
  }
  present();
}

// After every change of the cards, or of what is on its way.
function present() {
  answers.show();
  const calling = cards().filter((card) => "rings" in card.dataset && !answers.isWaiting(card.dataset.page));
  document.title = calling.length ? `(${calling.length}) ${calling[0].dataset.what}` : title;
  sound.ring(calling.length > 0);
  byId("silent").hidden = !sound.silent();
  cards().filter((card) => "unseen" in card.dataset).forEach((card) => confirm(card.dataset.page));
}

async function confirm(page) {
  if (confirming.has(page)) return;
  confirming.add(page);
  try {
    const url = `${root.dataset.receipts}${page}/receipt${root.dataset.signed}`;
    const response = await fetch(url, { method: "POST", signal: AbortSignal.timeout(PATIENCE_MS) });
    if (response.status < 500) return;
  } catch {
    // the network is away; tried again below
  }
  confirming.delete(page);
  setTimeout(() => confirm(page), AGAIN_MS);
}

async function soundOn() {
  const heard = await sound.allow();
  byId("silent").hidden = heard;
  return heard;
}

function line(lost, text, first) {
  byId("lost").hidden = !lost;
  if (lost && byId("lost").textContent !== text) byId("lost").textContent = text;
  byId("line").hidden = lost;
  byId("line").textContent = staysOn() ? `${text} · ${root.dataset.awake}` : text;
  byId("silent").hidden = !sound.silent();
  if (first) sound.chime();
}

byId("sound-test").hidden = false;
byId("sound-test").addEventListener("click", async () => (await soundOn()) && sound.chime());
byId("sound-on").addEventListener("click", soundOn);
addEventListener("pointerdown", soundOn, { once: true });
region.addEventListener("pointerdown", () => hold(LONGEST_TAP_MS));
for (const end of ["pointerup", "pointercancel"]) addEventListener(end, () => pressing !== undefined && hold(TAP_MS));
answers.start(root, {
  pressed: present,
  taken: () => {
    taken += 1;
    kept = undefined;
    look();
  },
});
keepOn();
present();
follow(root, { news: look, changed: line, failing: () => failed });
setInterval(look, LOOK_EVERY_MS);
