// Answers on their way: each stays visible until the server has it, and is sent again until then, over a reload too.

import { timeOfDay } from "./respond_clock.js";

const KEEP_MS = 10 * 60 * 1000;
const PATIENCE_MS = 6000;
const AGAIN_MS = [500, 1000, 2000, 3000];
const LEAST_ETA_S = 60; // of an answer that comes late: with less he would be overdue at once
const STORE = "meldkamer-answer:";

const waiting = new Map(); // page id -> {url, body, at, tries}
const sending = new Set();
let words;
let onPressed;
let onTaken;

export function start(root, { pressed: atPress, taken }) {
  words = root.dataset;
  onPressed = atPress;
  onTaken = taken;
  root.addEventListener("submit", pressed);
  for (const key of Object.keys(localStorage).filter((name) => name.startsWith(STORE))) recall(key);
  addEventListener("online", () => waiting.forEach((_, page) => send(page)));
}

export function isWaiting(page) {
  return waiting.has(page);
}

// After each swap of the cards: what is on its way is not on the server's picture yet.
export function show() {
  for (const [page, answer] of waiting) {
    const card = document.querySelector(`[data-page="${page}"]`);
    if (!card) continue;
    for (const button of card.querySelectorAll("[data-answer] button")) {
      button.setAttribute("aria-pressed", String(isOf(button, answer.body)));
    }
    say(card, answer.tries === 0 ? words.sending : words.trying, answer.tries > 0);
  }
}

function isOf(button, body) {
  return button.name === "eta_s" ? Number(button.value) === body.eta_s : button.value === body.answer;
}

function say(card, text, bad) {
  const line = card.querySelector(".received");
  const live = document.getElementById("said");
  if (line) {
    line.textContent = text;
    line.classList.toggle("trying", bad);
  }
  if (live.textContent !== text) live.textContent = text;
}

function pressed(event) {
  const form = event.target.closest("form[data-answer]");
  if (!form || !event.submitter) return;
  event.preventDefault();
  const fields = new FormData(form, event.submitter);
  const body = { answer: fields.get("answer") };
  if (fields.has("eta_s")) body.eta_s = Number(fields.get("eta_s"));
  const page = form.closest("[data-page]").dataset.page;
  waiting.set(page, { url: form.action, body, at: Date.now(), tries: 0 });
  localStorage.setItem(STORE + page, JSON.stringify(waiting.get(page)));
  onPressed();
  send(page);
}

function recall(key) {
  const answer = JSON.parse(localStorage.getItem(key));
  const page = key.slice(STORE.length);
  if (Date.now() - answer.at > KEEP_MS) return localStorage.removeItem(key);
  waiting.set(page, { ...answer, tries: 1 });
  send(page);
}

// The minutes he said count from his press, not from the try that got through.
function bodyNow({ body, at }) {
  if (body.eta_s === undefined) return body;
  const late = Math.floor((Date.now() - at) / 30000) * 30;
  return { ...body, eta_s: Math.max(LEAST_ETA_S, body.eta_s - late) };
}

async function send(page) {
  const answer = waiting.get(page);
  if (!answer || sending.has(page)) return;
  sending.add(page);
  const outcome = await post(answer);
  sending.delete(page);
  if (waiting.get(page) !== answer) return send(page); // he changed his mind meanwhile
  if (outcome === "again") {
    answer.tries += 1;
    show();
    setTimeout(() => send(page), AGAIN_MS[Math.min(answer.tries, AGAIN_MS.length) - 1]);
    return;
  }
  waiting.delete(page);
  localStorage.removeItem(STORE + page);
  const card = document.querySelector(`[data-page="${page}"]`);
  if (card) say(card, outcome.text, outcome.bad);
  if (card && outcome.bad) card.querySelectorAll("[aria-pressed]").forEach((button) => button.removeAttribute("aria-pressed"));
  onTaken();
}

async function post(answer) {
  try {
    const response = await fetch(answer.url, {
      method: "POST",
      headers: { "content-type": "application/json", accept: "application/json" },
      body: JSON.stringify(bodyNow(answer)),
      signal: AbortSignal.timeout(PATIENCE_MS),
    });
    if (response.status >= 500 || response.status === 429) return "again";
    const told = await response.json();
    if (!response.ok) return { text: words.refused.replace("{why}", told.detail), bad: true };
    return { text: words.received.replace("{at}", timeOfDay(told.answered_at)), bad: false };
  } catch {
    return "again";
  }
}
