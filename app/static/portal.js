// What every page needs: a question before what cannot be undone, a copy button, pieces that come anew without a jolt, a
// word when the server cannot be reached.
"use strict";

document.addEventListener("submit", (event) => {
  const question = event.target.dataset.confirm;
  if (question && !window.confirm(question)) event.preventDefault();
});

document.addEventListener("click", async (event) => {
  const button = event.target.closest("[data-copy]");
  if (!button) return;
  const source = document.getElementById(button.dataset.copy);
  const before = button.textContent;
  try {
    await navigator.clipboard.writeText(source.value ?? source.textContent.trim());
    button.textContent = "Copied";
  } catch {
    // without the permission the text is at least selected, ready for the keyboard
    window.getSelection().selectAllChildren(source);
    button.textContent = "Press Ctrl+C";
  }
  setTimeout(() => { button.textContent = before; }, 2000);
});

// A piece of a page that is asked for again and again keeps what a person has done to it: what is unfolded, how far a
// table is scrolled. htmx itself keeps the focus, of what has an id.
let kept = [];

document.addEventListener("htmx:beforeSwap", ({ detail }) => {
  kept = Array.from(detail.target.querySelectorAll("details[id], .table-responsive[id]"),
    ({ id, open, scrollLeft }) => ({ id, open, scrollLeft }));
});

document.addEventListener("htmx:afterSwap", () => {
  for (const { id, open, scrollLeft } of kept.splice(0)) {
    const element = document.getElementById(id);
    if (!element) continue;
    if (open !== undefined) element.open = open;
    element.scrollLeft = scrollLeft;
  }
});

const offline = document.getElementById("offline");
for (const lost of ["htmx:sendError", "htmx:timeout"]) {
  document.addEventListener(lost, () => { offline.hidden = false; });
}
document.addEventListener("htmx:afterOnLoad", () => { offline.hidden = true; });
