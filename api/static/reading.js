// The document page in step: the table of contents and the page image follow the text; parts load as they are reached.
const reading = document.getElementById("reading");
const sheet = document.getElementById("sheet");
const text = document.getElementById("text");
const SETTLE_MS = 80; // after scrolling stops: an image is fetched only for a page one stays on
const AHEAD = "800px";

function pageAddress(page) {
  return `/v1/documents/${sheet.dataset.document}/pages/${page}.png`;
}

function showPage(page) {
  const pages = Number(sheet.dataset.pages);
  const wanted = Math.min(Math.max(page, 1), pages);
  if (Number(sheet.dataset.page) === wanted) return;
  sheet.dataset.page = wanted;
  const image = sheet.querySelector("img");
  image.classList.add("loading"); // what is seen is still the page before
  image.onload = image.onerror = () => image.classList.remove("loading");
  image.src = pageAddress(wanted);
  image.alt = image.alt.replace(/\d+/, wanted);
  sheet.querySelector("figcaption span").textContent = sheet.dataset.word.replace("{page}", wanted);
  for (const link of sheet.querySelectorAll("[data-step]")) {
    const to = wanted + Number(link.dataset.step);
    link.href = `?trang=${Math.min(Math.max(to, 1), pages)}`;
    link.toggleAttribute("aria-disabled", false);
    if (to < 1 || to > pages) link.setAttribute("aria-disabled", "true");
  }
}

function scrollToPage(page) {
  const turn = [...document.querySelectorAll(".turn")].find((one) => Number(one.dataset.page) >= page);
  if (turn && Number(turn.dataset.page) === page) { turn.scrollIntoView({ block: "start" }); return true; }
  return false;
}

function line() {
  return Math.min(innerHeight * 0.25, 240);
}

function current(elements) {
  let found = null;
  for (const element of elements) {
    if (element.getBoundingClientRect().top > line()) break;
    found = element;
  }
  return found || elements[0] || null;
}

function follow() {
  const turn = current([...text.querySelectorAll(".turn, .block[data-page]")]);
  if (turn && sheet) showPage(Number(turn.dataset.page));
  const links = new Map([...reading.querySelectorAll("[data-eid]")].map((link) => [link.dataset.eid, link]));
  const block = current([...text.querySelectorAll(".block")].filter((one) => links.has(one.id)));
  const link = block && links.get(block.id);
  for (const line of reading.querySelectorAll(".toc-list .here")) line.classList.remove("here");
  if (!link) return;
  const item = link.parentElement;
  item.classList.add("here");
  link.setAttribute("aria-current", "true");
  for (const other of reading.querySelectorAll("[data-eid][aria-current]")) if (other !== link) other.removeAttribute("aria-current");
  const box = item.closest(".contents").scrollHeight > item.closest(".contents").clientHeight ? item.closest(".contents") : item.closest(".toc-list");
  const at = item.getBoundingClientRect();
  const around = box.getBoundingClientRect();
  if (at.top < around.top || at.bottom > around.bottom) box.scrollTop += at.top - around.top - around.height / 3;
}

async function load(number, before) {
  if (text.querySelector(`.part[data-part="${number}"]`)) return;
  const reply = await fetch(`?phan=${number}&khung=true`, { headers: { Accept: "text/html" } }).catch(() => null);
  if (!reply || !reply.ok || text.querySelector(`.part[data-part="${number}"]`)) return;
  const height = document.documentElement.scrollHeight;
  text.insertAdjacentHTML(before ? "afterbegin" : "beforeend", await reply.text());
  const part = text.querySelector(`.part[data-part="${number}"]`);
  const neighbour = before ? part.nextElementSibling : part.previousElementSibling;
  const step = neighbour && neighbour.querySelector(`[data-load="${number}"]`);
  if (step) step.closest(".steps").remove();
  const back = neighbour && part.querySelector(`[data-load="${neighbour.dataset.part}"]`);
  if (back) back.closest(".steps").remove();
  if (before) scrollBy(0, document.documentElement.scrollHeight - height);
  watch(part);
}

function watch(part) {
  for (const step of part.querySelectorAll("[data-load]")) coming.observe(step);
}

const coming = new IntersectionObserver((entries) => {
  for (const entry of entries) {
    if (!entry.isIntersecting) continue;
    const number = Number(entry.target.dataset.load);
    const own = Number(entry.target.closest(".part").dataset.part);
    if (number > own || scrollY > 0) { coming.unobserve(entry.target); load(number, number < own); }
  }
}, { rootMargin: AHEAD });

if (reading) {
  let timer = 0;
  addEventListener("scroll", () => { clearTimeout(timer); timer = setTimeout(follow, SETTLE_MS); }, { passive: true });
  for (const part of text.querySelectorAll(".part")) watch(part);
  reading.addEventListener("click", (event) => {
    const link = event.target.closest("a[data-eid]");
    const block = link && document.getElementById(link.dataset.eid);
    if (!block || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    history.pushState({}, "", link.href);
    block.scrollIntoView({ block: "start" });
    block.tabIndex = -1;
    block.focus({ preventScroll: true });
  });
  const asked = Number(new URLSearchParams(location.search).get("trang"));
  if (!asked || !sheet || scrollToPage(asked)) follow(); // a page without text has no place in it: its image stays
}
if (sheet) {
  sheet.addEventListener("click", (event) => {
    const link = event.target.closest("[data-step]");
    if (!link || event.ctrlKey || event.metaKey) return;
    const page = Number(sheet.dataset.page) + Number(link.dataset.step);
    if (!reading || scrollToPage(page) || text.querySelector(`.block[data-page="${page}"]`)) { event.preventDefault(); showPage(page); }
  });
}
