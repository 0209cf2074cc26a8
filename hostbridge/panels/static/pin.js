"use strict";
// How long the code took, from its first character to Enter: the core drops what no hand can type in that time.
(() => {
  let started = 0;
  document.addEventListener("input", (event) => {
    if (event.target.name !== "pin") return;
    if (event.target.value === "") started = 0;
    else if (started === 0) started = event.timeStamp;
  }, true);
  window.addEventListener("submit", (event) => {
    const form = event.target.closest && event.target.closest("[data-pin]");
    if (!form) return;
    form.elements.typed_ms.value = started ? Math.round(event.timeStamp - started) : 0;
    started = 0;
  }, true);
})();
