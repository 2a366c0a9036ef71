// "/" puts the cursor into the box from anywhere; Esc leaves it.
const typing = (element) => /^(INPUT|TEXTAREA|SELECT)$/.test(element.tagName);

document.addEventListener("keydown", (event) => {
  const box = document.getElementById("q");
  if (!box || event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.key === "/" && !typing(document.activeElement)) {
    event.preventDefault();
    box.focus();
    box.select();
  } else if (event.key === "Escape" && document.activeElement === box && !event.defaultPrevented) {
    box.blur();
  }
});
