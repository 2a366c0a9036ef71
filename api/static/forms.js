import { say } from "./say.js";

// A word on an answer is sent without leaving it.
document.addEventListener("submit", async (event) => {
  const form = event.target;
  if (!form.matches("form.verdict")) return;
  event.preventDefault();
  const body = new URLSearchParams(new FormData(form, event.submitter));
  const reply = await fetch(form.action, { method: "POST", body, headers: { Accept: "text/html" } }).catch(() => null);
  if (!reply || !reply.ok) { form.submit(); return; }
  say(form.dataset.thanks);
  for (const button of form.querySelectorAll("button")) button.setAttribute("aria-pressed", String(button === event.submitter));
});

// A filter is applied when it is changed; the button stays for those who come without this.
document.addEventListener("change", (event) => {
  const form = event.target.closest("form[data-auto]");
  if (form && event.target.matches("select, input[type=date]")) form.requestSubmit();
});

// The reasons of a result come when they are asked for: they cost another search.
document.addEventListener("toggle", async (event) => {
  const link = event.target.matches("details.why[open]") && event.target.querySelector("[data-why]");
  if (!link) return;
  const url = new URL(link.href);
  url.searchParams.set("khung", "true");
  const reply = await fetch(url, { headers: { Accept: "text/html" } }).catch(() => null);
  if (reply && reply.ok && link.isConnected) link.parentElement.outerHTML = await reply.text();
}, true);
