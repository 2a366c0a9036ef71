// One line at the foot of the screen, read out by screen readers, gone after a while.
const SHOWN_MS = 4000;
let timer = 0;

export function say(text) {
  const line = document.getElementById("said");
  line.textContent = text;
  clearTimeout(timer);
  timer = setTimeout(() => { line.textContent = ""; }, SHOWN_MS);
}
