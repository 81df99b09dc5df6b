// Keeps the monitor live: one event stream a page; what changed is fetched as HTML and merged in place.
// It never pauses in a hidden tab, and it says so when the server has been silent for 25 s.

import { merge } from "./merge.js";

const STALE_MS = 25_000;
const REFRESH_MS = 250;
const RETRY_MS = 2_000;

const settings = document.querySelector("script[data-stream]").dataset;
const live = document.getElementById("live");
const connection = document.getElementById("connection");
const stale = document.getElementById("stale");
const news = document.getElementById("news");
const [SECONDS, MINUTES, HOURS, DAYS] = settings.units.split(",");
const clock = new Intl.DateTimeFormat(settings.language, {
  timeZone: settings.timezone, hour: "2-digit", minute: "2-digit", second: "2-digit", hourCycle: "h23",
});

let lastId = null; // the revision to resume from
let heardAt = Date.now(); // when the server last said anything, by our clock
let serverAhead = 0; // milliseconds that the server's clock is ahead of ours
let refreshing = false;
let dirty = false;
const pressed = new Map(); // acknowledgements by address: "sent", or "failed" until it is pressed again
const known = new Set(alarms().map((item) => item.id));

document.documentElement.classList.add("scripted");
connect();
setInterval(everySecond, 1_000);
everySecond();
document.addEventListener("click", acknowledge);

// ---- the stream ----

function connect() {
  const resume = lastId === null ? "" : `?last_event_id=${encodeURIComponent(lastId)}`;
  const source = new EventSource(settings.stream + resume);
  say("connecting");
  for (const name of ["snapshot", "incident", "alert", "page"]) {
    source.addEventListener(name, (event) => { heard(event.lastEventId); refresh(); });
  }
  source.addEventListener("tick", (event) => {
    serverAhead = Date.parse(JSON.parse(event.data).time) - Date.now();
    heard(event.lastEventId);
  });
  source.addEventListener("error", () => {
    say("lost");
    if (source.readyState === EventSource.CLOSED) setTimeout(connect, RETRY_MS); // a refusal is not retried by itself
  });
}

function heard(id) {
  if (id) lastId = id;
  heardAt = Date.now();
  stale.hidden = true;
  document.documentElement.classList.remove("stale");
  say("live");
  connection.querySelector("time").textContent = clock.format(heardAt + serverAhead);
}

function say(state) {
  if (connection.dataset.state === state) return;
  connection.dataset.state = state;
  connection.querySelector(".state").textContent = connection.dataset[state];
}

// ---- what is shown ----

async function refresh() {
  dirty = true;
  if (refreshing) return;
  refreshing = true;
  while (dirty) {
    dirty = false;
    const pause = new Promise((resume) => setTimeout(resume, REFRESH_MS));
    await show().catch(() => { dirty = true; });
    await pause; // the first change is shown at once, a flood four times a second
  }
  refreshing = false;
}

async function show() {
  const answer = await fetch(live.dataset.fragment, { cache: "no-store", signal: AbortSignal.timeout(5_000) });
  if (answer.redirected || answer.status === 404) return location.reload(); // logged out, or gone
  if (!answer.ok) throw new Error(answer.statusText);
  const fresh = live.cloneNode(false);
  fresh.innerHTML = await answer.text();
  const focused = document.activeElement;
  merge(live, fresh);
  showPressed();
  if (focused !== document.activeElement && focused.isConnected) focused.focus({ preventScroll: true });
  everySecond();
  announce();
}

function alarms() {
  return [...live.querySelectorAll("[data-alarm]")];
}

function announce() {
  const all = alarms();
  const added = all.filter((item) => !known.has(item.id));
  for (const item of added) {
    known.add(item.id);
    item.classList.add("new");
  }
  if (added.length) news.textContent = `${news.dataset.text}: ${added.map((item) => item.dataset.alarm).join("; ")}`;
  const count = document.getElementById("alarm-count")?.dataset.count;
  if (count !== undefined) document.title = document.title.replace(/^(\(\d+\) )?/, count === "0" ? "" : `(${count}) `);
}

function everySecond() {
  const now = Date.now() + serverAhead;
  for (const time of live.querySelectorAll("[data-age]")) time.textContent = age((now - Date.parse(time.dateTime)) / 1000);
  for (const time of live.querySelectorAll("[data-countdown]")) time.textContent = minutes((Date.parse(time.dateTime) - now) / 1000);
  if (Date.now() - heardAt > STALE_MS && stale.hidden) {
    stale.textContent = stale.dataset.text.replace("%s", clock.format(heardAt + serverAhead));
    stale.hidden = false;
    document.documentElement.classList.add("stale");
    say("lost");
  }
}

function age(seconds) {
  const whole = Math.max(0, Math.floor(seconds));
  if (whole < 60) return `${whole} ${SECONDS}`;
  if (whole < 3600) return `${Math.floor(whole / 60)} ${MINUTES}`;
  if (whole < 86400) return `${Math.floor(whole / 3600)} ${HOURS} ${String(Math.floor((whole % 3600) / 60)).padStart(2, "0")}`;
  return `${Math.floor(whole / 86400)} ${DAYS}`;
}

function minutes(seconds) {
  const whole = Math.max(0, Math.round(seconds));
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, "0")}`;
}

// ---- what can be done ----

async function acknowledge(event) {
  const button = event.target.closest?.("[data-acknowledge]");
  if (!button) return;
  const address = button.dataset.acknowledge;
  pressed.set(address, "sent");
  showPressed();
  const answer = await fetch(address, {
    method: "POST", headers: { "content-type": "application/json" }, body: "{}",
  }).catch(() => null);
  if (answer?.ok) {
    live.querySelector("[data-acknowledge]:not(:disabled)")?.focus();
  } else {
    pressed.set(address, "failed");
    showPressed();
  }
}

function showPressed() {
  for (const button of live.querySelectorAll("[data-acknowledge]")) {
    const state = pressed.get(button.dataset.acknowledge);
    button.disabled = state === "sent";
    if (state === "failed") button.textContent = button.dataset.failed;
  }
}
