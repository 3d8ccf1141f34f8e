// Files dropped on the zone become the files of its input; what is chosen is listed, and sending shows how far it is.
"use strict";

for (const form of document.querySelectorAll("[data-dropzone]")) {
  const zone = form.querySelector(".dropzone");
  const input = form.querySelector("input[type=file]");
  const list = form.querySelector("[data-dropzone-list]");
  const bar = form.querySelector("progress");

  const show = () => {
    list.replaceChildren(...Array.from(input.files, (file) => {
      const item = document.createElement("li");
      const [size, unit] = file.size < 1048576 ? [file.size / 1024, "kB"] : [file.size / 1048576, "MB"];
      item.textContent = `${file.name}, ${size.toFixed(1)} ${unit}`;
      return item;
    }));
  };

  const carriesFiles = (event) => event.dataTransfer.types.includes("Files");

  for (const name of ["dragenter", "dragover"]) {
    zone.addEventListener(name, (event) => {
      if (!carriesFiles(event)) return;
      event.preventDefault();
      zone.classList.add("dropzone-over");
    });
  }
  for (const name of ["dragleave", "drop"]) {
    zone.addEventListener(name, () => zone.classList.remove("dropzone-over"));
  }
  zone.addEventListener("drop", (event) => {
    if (!carriesFiles(event)) return;
    event.preventDefault();
    input.files = event.dataTransfer.files;
    show();
  });
  input.addEventListener("change", show);

  form.addEventListener("htmx:xhr:progress", (event) => {
    if (!event.detail.lengthComputable) return;
    bar.hidden = false;
    bar.value = 100 * event.detail.loaded / event.detail.total;
  });
  form.addEventListener("htmx:afterRequest", () => { bar.hidden = true; });
}
