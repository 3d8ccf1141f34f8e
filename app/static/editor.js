// The campaign editor: fields are put into texts by a click, what needs a change is a key away, and nobody leaves with
// unsaved changes by mistake.
"use strict";

const editor = document.getElementById("editor");
const caretFields = "textarea, input[type=text]";
let lastText = null;
let isChanged = editor.hasAttribute("data-changed");

editor.addEventListener("focusin", (event) => {
  if (event.target.matches(caretFields)) lastText = event.target;
});

editor.addEventListener("click", (event) => {
  const button = event.target.closest("[data-insert]");
  if (!button) return;
  const section = button.closest("section");
  const text = section.contains(lastText) ? lastText : document.getElementById(button.dataset.insertInto);
  text.setRangeText(button.dataset.insert, text.selectionStart, text.selectionEnd, "end");
  text.focus();
  text.dispatchEvent(new Event("input", { bubbles: true }));
});

// a link into the form leads the keyboard there, which the browser does for the eyes only
function goTo(hash) {
  const target = hash.length > 1 && document.getElementById(hash.slice(1));
  if (!target || !editor.contains(target)) return;
  target.closest("details")?.setAttribute("open", "");
  target.focus();
}

editor.addEventListener("click", (event) => {
  const link = event.target.closest("a[href^='#']");
  if (link) goTo(link.hash);
});
goTo(window.location.hash);

editor.addEventListener("htmx:oobBeforeSwap", (event) => {
  // a status that stays as it is would be said again at every key
  if (event.detail.fragment.textContent === event.target.textContent) event.preventDefault();
});

for (const name of ["input", "htmx:afterSwap"]) {
  editor.addEventListener(name, (event) => {
    if (event.target.id !== "preview") isChanged = true;
  });
}
editor.addEventListener("submit", () => { isChanged = false; });
window.addEventListener("beforeunload", (event) => {
  if (isChanged) event.preventDefault();
});
