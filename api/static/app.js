// Comfort over pages that work without it: each module looks for what it serves and does nothing where it is absent.
// Pages with more of it (a document, the library) load theirs themselves.
import "./keys.js";
import "./pane.js";
import "./copy.js";
import "./stream.js";
import "./suggest.js";
import "./forms.js";
