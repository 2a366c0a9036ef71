// Files dropped or chosen are sent one by one, each with its own line: sending, waiting, being read, what became of it.
const FOLLOW_MS = 700;
const form = document.querySelector("[data-upload]");
const place = form && form.closest(".upload");
const jobs = document.getElementById("jobs");

function lineFor(file) {
  const line = document.createElement("li");
  line.className = "job";
  const name = document.createElement("strong");
  name.textContent = file.name;
  const bar = document.createElement("progress");
  bar.max = 1;
  bar.value = 0;
  bar.setAttribute("aria-label", file.name);
  const said = document.createElement("span");
  said.className = "badge";
  said.textContent = form.dataset.sending;
  line.append(name, " ", said, " ", bar);
  jobs.prepend(line);
  return { line, bar, said };
}

function send(file) {
  const { line, bar, said } = lineFor(file);
  return new Promise((resolve) => {
    const request = new XMLHttpRequest();
    const body = new FormData();
    body.append("file", file);
    request.upload.addEventListener("progress", (event) => { if (event.lengthComputable) bar.value = event.loaded / event.total; });
    request.addEventListener("loadend", () => {
      let reply = {};
      try { reply = JSON.parse(request.responseText); } catch { /* no reply at all */ }
      if (request.status === 202) {
        line.dataset.job = `/nap/${reply.id}`;
        follow(line);
      } else {
        bar.remove();
        said.className = "badge read-failed";
        said.textContent = form.dataset.refused;
        const why = document.createElement("span");
        why.className = "quiet under";
        why.textContent = reply.detail || "";
        line.append(why);
      }
      resolve();
    });
    request.open("POST", "/v1/documents");
    const token = document.querySelector("meta[name=csrf]");
    if (token) request.setRequestHeader("X-CSRF-Token", token.content);
    request.send(body);
  });
}

async function follow(line) {
  const reply = await fetch(line.dataset.job, { headers: { Accept: "text/html" } }).catch(() => null);
  if (!reply || !reply.ok) return;
  const holder = document.createElement("ul");
  holder.innerHTML = await reply.text();
  const fresh = holder.firstElementChild;
  if (fresh.textContent !== line.textContent || !fresh.dataset.job) line.replaceWith(fresh);
  const next = line.isConnected ? line : fresh;
  if (fresh.dataset.job) setTimeout(() => follow(next), FOLLOW_MS);
}

async function sendAll(files) {
  for (const file of files) await send(file);
  form.reset();
}

if (form) form.addEventListener("submit", (event) => {
  event.preventDefault();
  sendAll([...form.querySelector("[type=file]").files]);
});
if (place) for (const name of ["dragenter", "dragover"]) place.addEventListener(name, (event) => { event.preventDefault(); place.classList.add("over"); });
if (place) for (const name of ["dragleave", "drop"]) place.addEventListener(name, (event) => { if (name === "drop" || !place.contains(event.relatedTarget)) place.classList.remove("over"); });
if (place) place.addEventListener("drop", (event) => { event.preventDefault(); sendAll([...event.dataTransfer.files]); });
for (const line of document.querySelectorAll("[data-job]")) follow(line);
