// A question asked on the page is answered in place: evidence first, then sentence by sentence. The address changes
// with it, so that back, forward and a bookmark show the same page as the server makes it.
import { openFirst } from "./pane.js";
import { closeSuggestions, remember } from "./suggest.js";

let source = null;
let shown = location.search;

function working(place, text) {
  let line = place.querySelector("[aria-busy] .working");
  if (!line) {
    place.innerHTML = '<section class="answer" aria-busy="true"><p class="working" role="status"></p><div class="sentences"></div></section>';
    line = place.querySelector("[aria-busy] .working");
  }
  line.textContent = text;
}

function stop() {
  if (source) source.close();
  source = null;
}

function answer(query) {
  const places = { answer: document.getElementById("answer-place"), results: document.getElementById("results-place") };
  stop();
  source = new EventSource(`/dong?${query}`);
  const on = (name, act) => source.addEventListener(name, (event) => act(event.data));
  working(places.answer, "…");
  on("status", (text) => { if (places.answer.querySelector("[aria-busy]")) working(places.answer, text); });
  on("evidence", (html) => { places.results.innerHTML = html; });
  on("sentence", (html) => places.answer.querySelector(".sentences").insertAdjacentHTML("beforeend", html));
  on("answer", (html) => { places.answer.innerHTML = html; openFirst(); });
  on("failed", (text) => {
    places.answer.innerHTML = '<p class="notice bad" role="alert"></p>';
    places.answer.firstChild.textContent = text;
  });
  on("done", stop);
  source.onerror = () => { stop(); location.reload(); };
}

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (!form.matches("form.ask, form.follow, .filters form") || form.getAttribute("action") !== "/") return;
  const fields = new URLSearchParams();
  for (const [name, value] of new FormData(form)) if (value) fields.append(name, value);
  if (fields.get("q")) remember(fields.get("q"));
  closeSuggestions();
  if (!fields.get("q") || !document.getElementById("work")) return;
  event.preventDefault();
  shown = `?${fields}`;
  history.pushState({}, "", `/${shown}`);
  document.title = `${fields.get("q")} – Căn Cứ`;
  const box = document.getElementById("q");
  box.value = fields.get("q");
  box.blur();
  scrollTo(0, 0);
  answer(fields);
});

addEventListener("popstate", () => {
  if (location.search !== shown && document.getElementById("work")) location.reload();
  else openFirst();
});
