// Opens citations in the pane beside the answer; without it the same links open the same text as a page of its own.
"use strict";

const pane = document.getElementById("pane");

async function openBeside(link) {
  const answer = await fetch(`${link.pathname}?khung=true`, { headers: { Accept: "text/html" } });
  if (!answer.ok) { location.href = link.href; return; }
  pane.innerHTML = await answer.text();
  pane.scrollTop = 0;
  if (pane.getBoundingClientRect().top > innerHeight || pane.getBoundingClientRect().top < 0) pane.scrollIntoView();
}

document.addEventListener("click", (event) => {
  const link = event.target.closest("a[data-pane]");
  if (!link || !pane || event.ctrlKey || event.metaKey || event.shiftKey || event.button) return;
  event.preventDefault();
  openBeside(link);
});

document.addEventListener("keydown", (event) => {
  const box = document.getElementById("q");
  if (!box) return;
  if (event.key === "/" && !/^(INPUT|TEXTAREA|SELECT)$/.test(document.activeElement.tagName)) {
    event.preventDefault();
    box.focus();
    box.select();
  } else if (event.key === "Escape" && document.activeElement === box) {
    box.blur();
  }
});
