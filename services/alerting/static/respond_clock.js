// Times of day as people here read them.

export function timeOfDay(at) {
  return new Date(at).toLocaleTimeString("nl-NL", { hour12: false });
}
