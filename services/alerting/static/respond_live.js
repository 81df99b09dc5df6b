// The live line to the server: says when to look, and says honestly when it is cut. Never pauses in a hidden tab.

import { timeOfDay } from "./respond_clock.js";

const STALE_MS = 25000;
const AGAIN_MS = 2000;

let stream;
let heardAt = Date.now();
let openedAt = 0;
let lost = false;

// `failing` says whether the last look failed: then a tick is no sign that all is well.
export function follow(root, { news, changed, failing }) {
  const heard = () => {
    if (failing()) return;
    heardAt = Date.now();
    if (lost) news();
    lost = false;
    changed(false, root.dataset.connected.replace("{at}", timeOfDay(heardAt)));
  };
  const open = () => {
    stream?.close();
    openedAt = Date.now();
    stream = new EventSource(root.dataset.live);
    stream.addEventListener("open", news); // whatever was missed is on the page that is read now
    stream.addEventListener("tick", heard);
    stream.addEventListener("news", () => {
      heard();
      news();
    });
  };
  const watch = () => {
    const now = Date.now();
    if (now - heardAt > STALE_MS) {
      const since = root.dataset.lost.replace("{at}", timeOfDay(heardAt));
      changed(true, since, !lost);
      lost = true;
    }
    const broken = stream.readyState === EventSource.CLOSED || now - heardAt > STALE_MS;
    if (broken && now - openedAt > AGAIN_MS + Math.random() * AGAIN_MS) open();
  };
  open();
  setInterval(watch, 1000);
  addEventListener("online", open);
  addEventListener("pagehide", () => stream.close());
}
