// Times of day on the campus, wherever the tablet thinks it is.

const options = { hour12: false, timeZone: document.getElementById("respond").dataset.zone };

export function timeOfDay(at) {
  return new Date(at).toLocaleTimeString("nl-NL", options);
}
