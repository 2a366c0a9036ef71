// Runs while the page is still being sent: a step back or forward taken meanwhile loads what its address names. Afterwards
// stream.js sees to that.
const asked = location.search;
addEventListener("popstate", () => { if (document.readyState === "loading" && location.search !== asked) location.reload(); });
