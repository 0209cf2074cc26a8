"use strict";
// A window that asks again by itself changes nothing under the hand: what is new waits as long as the pointer is about
// to press something, or a text is chosen. Whoever works by the keyboard stays where they are, or beside it.
(() => {
  const STILL = 1000; // ms: a pointer that moved more recently is on its way to something
  const PRESSED = "a, button, summary, input, select, label";
  let moved = -Infinity; // when the pointer was last on its way
  let height = 0; // where it is
  let down = false;
  let at = []; // the focused element and those that it stands in: where to go on where it is gone
  let wanted = false; // somebody asked for what is new

  const GONE = 401; // of a window that is no longer open

  const lost = (gone) => { document.getElementById("lost").hidden = !gone; };
  const live = () => document.querySelector("[data-live]");
  const isLive = (event) => event.target instanceof Element && event.target.hasAttribute("data-live");
  const held = () => document.getElementById("held");

  function isBusy(region) {
    const chosen = document.getSelection();
    if (down || performance.now() - moved < STILL) return true;
    if (!chosen.isCollapsed && chosen.containsNode(region, true)) return true;
    return [...region.querySelectorAll(PRESSED)].some((one) => one.matches(":hover"));
  }

  function tell(waits) {
    if (!held()) return;
    held().classList.toggle("low", height < innerHeight / 2); // never under the pointer
    held().hidden = !waits;
  }

  window.addEventListener("pointermove", (event) => { moved = event.timeStamp; height = event.clientY; }, true);
  window.addEventListener("pointerdown", () => { down = true; }, true);
  for (const end of ["pointerup", "pointercancel", "blur"]) window.addEventListener(end, () => { down = false; }, true);

  document.addEventListener("click", (event) => {
    if (!event.target.closest || !event.target.closest("[data-refresh]") || !live()) return;
    wanted = true;
    htmx.trigger(live(), "refresh");
  });

  document.addEventListener("htmx:before:swap", (event) => {
    const { response, swap } = event.detail.ctx;
    lost(response.status === GONE);
    if (response.status === GONE) return event.preventDefault();
    if (swap === "none") return; // nothing is new
    if (isLive(event) && !wanted && isBusy(event.target)) {
      event.preventDefault();
      return tell(true);
    }
    wanted = false;
    tell(false);
    at = [];
    for (let one = document.activeElement; one && one !== document.body; one = one.parentElement) if (one.id) at.push(one.id);
  });

  document.addEventListener("htmx:after:swap", () => {
    if (!document.hasFocus() || document.activeElement !== document.body) return;
    const next = at.map((id) => document.getElementById(id)).find((one) => one && (one.tabIndex >= 0 || one.hasAttribute("tabindex")));
    if (next) next.focus({ preventScroll: true });
  });

  // Who went away answers nothing any more: what stands here may be old, and no button does anything.
  document.addEventListener("htmx:error", () => lost(true));
})();
