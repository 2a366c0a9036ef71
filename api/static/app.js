// Comfort over pages that work without it: each module looks for what it serves and does nothing where it is absent.
import "./keys.js";
import "./pane.js";
import "./copy.js";
import "./stream.js";
import "./suggest.js";
import "./forms.js";
if (document.getElementById("reading") || document.getElementById("sheet")) import("./reading.js");
if (document.querySelector("[data-upload]")) import("./upload.js");
