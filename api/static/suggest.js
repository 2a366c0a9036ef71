// Suggestions under the box: acts and provisions from the server, this browser's own last questions. Arrows, Enter, Esc.
const WAIT_MS = 120; // after the last key: fewer than that and every letter of a quick typist is a request
const KEPT = 12;
const STORE = "cancu.recent";
const box = document.getElementById("q");
let list = null;
let timer = 0;
let asked = 0;

export function recent() {
  try { return JSON.parse(localStorage.getItem(STORE)) || []; } catch { return []; }
}

export function remember(question) {
  try { localStorage.setItem(STORE, JSON.stringify([question, ...recent().filter((q) => q !== question)].slice(0, KEPT))); } catch { /* a browser that keeps nothing */ }
}

export function closeSuggestions() {
  clearTimeout(timer);
  asked += 1;
  if (list) list.remove();
  list = null;
  if (!box) return;
  box.setAttribute("aria-expanded", "false");
  box.removeAttribute("aria-activedescendant");
}

function open(options) {
  closeSuggestions();
  if (!options.length) return;
  list = document.createElement("ul");
  list.className = "suggestions";
  list.id = "suggestions";
  list.setAttribute("role", "listbox");
  list.setAttribute("aria-label", box.placeholder);
  options.forEach((option, at) => {
    const line = document.createElement("li");
    line.id = `suggestion-${at}`;
    line.setAttribute("role", "option");
    line.textContent = option.text;
    if (option.note) {
      const note = document.createElement("span");
      note.className = "quiet under";
      note.textContent = option.note;
      line.append(note);
    }
    line.addEventListener("mousedown", (event) => { event.preventDefault(); choose(option); });
    line.choice = option;
    list.append(line);
  });
  box.parentElement.append(list);
  box.setAttribute("aria-expanded", "true");
}

function choose(option) {
  closeSuggestions();
  if (option.href) { location.href = option.href; return; }
  box.value = option.text;
  box.form.requestSubmit();
}

function move(step) {
  const lines = [...list.children];
  const now = lines.findIndex((line) => line.getAttribute("aria-selected") === "true");
  if (now >= 0) lines[now].removeAttribute("aria-selected");
  const next = lines[(now + step + lines.length + (now < 0 && step < 0 ? 1 : 0)) % lines.length];
  next.setAttribute("aria-selected", "true");
  next.scrollIntoView({ block: "nearest" });
  box.setAttribute("aria-activedescendant", next.id);
}

async function suggest() {
  const typed = box.value.trim();
  const own = recent().filter((q) => q.toLowerCase().includes(typed.toLowerCase()) && q !== typed).slice(0, typed ? 3 : 6);
  const mine = own.map((text) => ({ text }));
  if (typed.length < 2) { open(mine); return; }
  const mark = ++asked;
  const reply = await fetch(`/goi-y?q=${encodeURIComponent(typed)}`).catch(() => null);
  if (!reply || mark !== asked || document.activeElement !== box || !reply.ok) return;
  open([...(await reply.json()), ...mine]);
}

if (box) {
  box.setAttribute("role", "combobox");
  box.setAttribute("aria-autocomplete", "list");
  box.setAttribute("aria-expanded", "false");
  box.setAttribute("aria-controls", "suggestions");
  box.addEventListener("input", () => { clearTimeout(timer); timer = setTimeout(suggest, WAIT_MS); });
  box.addEventListener("blur", closeSuggestions);
  box.addEventListener("keydown", (event) => {
    if (event.key === "ArrowDown" && !list) { suggest(); event.preventDefault(); return; }
    if (!list) return;
    if (event.key === "ArrowDown" || event.key === "ArrowUp") { event.preventDefault(); move(event.key === "ArrowDown" ? 1 : -1); }
    else if (event.key === "Escape") { event.preventDefault(); closeSuggestions(); }
    else if (event.key === "Enter") {
      const chosen = list.querySelector("[aria-selected]");
      if (chosen) { event.preventDefault(); choose(chosen.choice); }
    }
  });
}

const recentPlace = document.querySelector("[data-recent]");
if (recentPlace && recent().length) {
  recentPlace.hidden = false;
  for (const question of recent().slice(0, 6)) {
    const link = document.createElement("a");
    link.href = `/?q=${encodeURIComponent(question)}`;
    link.textContent = question;
    const line = document.createElement("li");
    line.append(link);
    recentPlace.querySelector("ul").append(line);
  }
  recentPlace.querySelector("ul").className = "rows";
  recentPlace.querySelector("[data-forget]").addEventListener("click", () => {
    localStorage.removeItem(STORE);
    recentPlace.hidden = true;
    if (box) box.focus();
  });
}
