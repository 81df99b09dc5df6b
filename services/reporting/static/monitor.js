// Keeps the monitor live: one event stream a page; what changed is fetched as HTML and merged in place.
// It never pauses in a hidden tab. The server ticks while its views follow what happens: after 25 s without a tick, or
// with changes that cannot be fetched, the page says that it is stale, and opens its stream anew until it is not.

import { merge } from "./merge.js";

const STALE_MS = 25_000;
const REFRESH_MS = 250;
const RETRY_MS = 2_000;
const REOPEN_MS = 5_000;

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
let source; // the stream
let openedAt = 0;
let tickedAt = 0; // when the server last ticked on this line, by our clock; 0 when it is cut
let heardAt = Date.now(); // the same, of the last tick of which all that came before it is shown
let serverAhead = 0; // milliseconds that the server's clock is ahead of ours
let refreshing = false;
let dirty = false;
let failing = false; // what changed cannot be fetched
const pressed = new Map(); // acknowledgements by address: "sent", or "failed" until it is pressed again
const known = new Set(alarms().map((item) => item.id));

document.documentElement.classList.add("scripted");
connect();
setInterval(everySecond, 1_000);
everySecond();
document.addEventListener("click", acknowledge);
addEventListener("online", connect);

// ---- the stream ----

function connect() {
  source?.close();
  openedAt = Date.now();
  tickedAt = 0;
  const resume = lastId === null ? "" : `?last_event_id=${encodeURIComponent(lastId)}`;
  const own = source = new EventSource(settings.stream + resume);
  say("connecting");
  for (const name of ["snapshot", "incident", "alert", "page"]) {
    own.addEventListener(name, (event) => { lastId = event.lastEventId || lastId; refresh(); });
  }
  own.addEventListener("tick", (event) => {
    serverAhead = Date.parse(JSON.parse(event.data).time) - Date.now();
    tickedAt = Date.now();
    if (!failing) heard();
  });
  own.addEventListener("error", () => {
    tickedAt = 0;
    say("lost");
    if (own.readyState === EventSource.CLOSED) setTimeout(() => own === source && connect(), RETRY_MS); // a refusal is not retried by itself
  });
}

function heard() {
  heardAt = tickedAt;
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
    await show().then(shown, () => { dirty = failing = true; });
    await pause; // the first change is shown at once, a flood four times a second
  }
  refreshing = false;
}

function shown() {
  failing = false;
  if (tickedAt > heardAt) heard(); // it ticked while what came before could not be fetched
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
  const old = Date.now() - heardAt > STALE_MS;
  for (const time of live.querySelectorAll("[data-age]")) time.textContent = age((now - Date.parse(time.dateTime)) / 1000);
  for (const time of live.querySelectorAll("[data-countdown]")) time.textContent = minutes((Date.parse(time.dateTime) - now) / 1000);
  if (!old) return;
  if (Date.now() - openedAt > REOPEN_MS) connect(); // a cut line may say nothing for minutes
  say("lost");
  if (!stale.hidden) return;
  stale.textContent = stale.dataset.text.replace("%s", clock.format(heardAt + serverAhead));
  stale.hidden = false;
  document.documentElement.classList.add("stale");
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
