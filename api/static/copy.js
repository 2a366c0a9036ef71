// Copies what a button carries, and says so; prints.
import { say } from "./say.js";

async function copyText(text) {
  if (navigator.clipboard && window.isSecureContext) return navigator.clipboard.writeText(text);
  const area = document.createElement("textarea"); // plain http inside an agency: no clipboard object there
  area.value = text;
  document.body.append(area);
  area.select();
  const done = document.execCommand("copy");
  area.remove();
  if (!done) throw new Error("copy");
}

document.addEventListener("click", async (event) => {
  if (event.target.closest("[data-print]")) window.print();
  const button = event.target.closest("[data-copy]");
  if (!button) return;
  const said = document.getElementById("said").dataset;
  try {
    await copyText(button.dataset.copy);
    say(said.copied);
  } catch {
    say(said.notCopied);
  }
});
