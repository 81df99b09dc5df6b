// The quick exit: the button, or Shift pressed three times, replaces this page so that "back" does not lead here.
const exit = document.getElementById("exit");
const leave = () => location.replace(exit.href);
exit.addEventListener("click", (event) => { event.preventDefault(); leave(); });
let presses = [];
document.addEventListener("keydown", (event) => {
  if (event.key !== "Shift") { presses = []; return; }
  if (event.repeat) return;
  presses = [...presses.filter((at) => event.timeStamp - at < 2000), event.timeStamp];
  if (presses.length >= 3) leave();
});
document.querySelector(".exit-hint").hidden = false;
// A page taken from the browser's memory shows nothing of what was written.
addEventListener("pageshow", (event) => { if (event.persisted) location.replace(location.pathname); });
