// Keeps the screen on while the page is open, where the browser can.

let lock;

async function hold() {
  if (document.visibilityState !== "visible" || (lock && !lock.released)) return;
  try {
    lock = await navigator.wakeLock.request("screen");
  } catch {
    lock = undefined; // refused, for instance on a low battery; asked again when the page is shown
  }
}

export function staysOn() {
  return Boolean(lock && !lock.released);
}

export function keepOn() {
  if (!("wakeLock" in navigator)) return;
  document.addEventListener("visibilitychange", hold);
  setInterval(hold, 30000);
  hold();
}
