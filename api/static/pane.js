// Citations open in the pane beside the answer, each a step of the history; without this they open as pages.
const WIDE = matchMedia("(min-width: 56.01rem)");
const pane = () => document.getElementById("pane");
let empty = "";

async function fill(address, focus) {
  const url = new URL(address, location.href);
  url.searchParams.set("khung", "true");
  const reply = await fetch(url, { headers: { Accept: "text/html" } }).catch(() => null);
  if (!reply || !pane()) return; // the page is being left, or the service is away: what is shown stays
  if (!reply.ok || reply.redirected) { location.href = address; return; }
  const place = pane();
  place.innerHTML = await reply.text();
  place.scrollTop = 0;
  const cited = place.querySelector(".cited");
  if (cited && cited.offsetTop > place.clientHeight * 0.8) place.scrollTop = cited.offsetTop - place.clientHeight / 4;
  for (const mark of document.querySelectorAll(".cite[aria-current]")) mark.removeAttribute("aria-current");
  const path = url.pathname;
  for (const mark of document.querySelectorAll(".cite")) if (new URL(mark.href).pathname === path) { mark.setAttribute("aria-current", "true"); break; }
  if (focus) place.focus({ preventScroll: WIDE.matches });
}

export function openFirst() {
  const first = pane() && document.querySelector(".answer .cite");
  if (!pane()) return;
  if (!empty) empty = pane().innerHTML;
  if (history.state && history.state.pane) fill(history.state.pane, false);
  else if (first && WIDE.matches) fill(first.href, false);
  else pane().innerHTML = empty;
}

document.addEventListener("click", (event) => {
  const link = event.target.closest("a[data-pane]");
  if (!link || !pane() || event.ctrlKey || event.metaKey || event.shiftKey || event.button) return;
  event.preventDefault();
  history.pushState({ ...history.state, pane: link.href }, "", location.href);
  fill(link.href, true);
});

document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape" || !pane() || !pane().contains(document.activeElement)) return;
  const mark = document.querySelector(".cite[aria-current]") || document.querySelector(".hits a");
  if (mark) mark.focus();
});

openFirst();
