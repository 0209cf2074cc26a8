"use strict";
// The keyboard in a window of the DMP: nothing is confirmed by a key that was meant for another program.
// A barcode scanner types as a keyboard does, in a burst that no hand can follow; what it types is dropped whole.
// An Enter counts only once somebody has gone into the window, by the mouse or by Tab.
(() => {
  const PAUSE = 100; // ms: keys this close together may be one burst
  const KEYS = 4; // so many keys within one PAUSE are no hand
  const LONG = 6; // nor so many in a row with less than FAST between them
  const FAST = 45;
  let entered = false;
  let run = []; // times of the keys of the burst, or of the hand, that goes on
  let dropping = false;
  const before = new Map(); // the fields that the run came to, as they were
  let passing = false; // a held click goes through

  const last = () => (run.length ? run[run.length - 1] : -Infinity);
  const isCharacter = (event) =>
    event.key.length === 1 && (event.ctrlKey === event.altKey) && !event.metaKey; // AltGr is Ctrl and Alt
  const isField = (element) => element && "value" in element && "selectionStart" in element;

  function enter() {
    entered = true;
    document.documentElement.dataset.entered = "yes";
  }

  function leave() {
    if (document.activeElement instanceof HTMLIFrameElement) return; // still in this window: in the preview
    entered = false;
    delete document.documentElement.dataset.entered;
  }

  function remember() {
    const element = document.activeElement;
    if (element && "value" in element && !before.has(element)) before.set(element, element.value);
  }

  function drop() {
    dropping = true;
    for (const [element, value] of before) if (element.value !== value) element.value = value;
  }

  function isBurst() {
    if (run.length >= KEYS && last() - run[run.length - KEYS] <= PAUSE) return true;
    return run.length >= LONG && (last() - run[0]) / (run.length - 1) <= FAST;
  }

  function refuse(event) {
    event.preventDefault();
    event.stopImmediatePropagation();
  }

  // The one kind of field that a scanner is meant for: what it types goes in, its Enter or Tab confirms nothing.
  // Scanners type GS, which ends a part of an INS datamatrix, as Ctrl+].
  const scans = (element) => element instanceof HTMLElement && element.hasAttribute("data-scan");

  function scanned(event) {
    const field = document.activeElement;
    if (event.ctrlKey && !event.altKey && (event.key === "]" || event.key === "\u001d" || event.code === "BracketRight")) {
      field.setRangeText("\u001d", field.selectionStart, field.selectionEnd, "end");
      refuse(event);
    } else if (event.key === "Enter" || !entered || (event.key === "Tab" && event.timeStamp - last() <= PAUSE)) {
      refuse(event);
    }
    run = [event.timeStamp];
  }

  window.addEventListener("keydown", (event) => {
    if (scans(document.activeElement) && (event.key === "Enter" || event.ctrlKey || isCharacter(event) || (event.key === "Tab" && event.timeStamp - last() <= PAUSE))) {
      return scanned(event);
    }
    const confirms = event.key === "Enter" || event.key === "Tab";
    if (event.isComposing || !(confirms || isCharacter(event))) return;
    if (event.repeat) {
      if (event.key === "Enter") refuse(event);
      return;
    }
    const follows = event.timeStamp - last() <= PAUSE;
    if (!follows) {
      run = [];
      dropping = false;
      before.clear();
    }
    remember();
    run.push(event.timeStamp);
    if ((follows && confirms) || isBurst()) drop();
    if (dropping) return refuse(event);
    if (event.key === "Tab") {
      const pressed = event.timeStamp;
      setTimeout(() => last() === pressed && document.hasFocus() && enter(), PAUSE);
    } else if (!entered) {
      refuse(event);
    }
  }, true);

  // A key that presses a button or ticks a box waits until it is known to be no part of a burst.
  window.addEventListener("click", (event) => {
    if (passing || event.detail !== 0 || event.timeStamp - last() > 5 * PAUSE) return;
    const [element, pressed] = [event.target, last()];
    refuse(event);
    setTimeout(() => {
      if (dropping || !entered || last() !== pressed || !element.isConnected) return;
      passing = true;
      try { element.click(); } finally { passing = false; }
    }, PAUSE);
  }, true);

  window.addEventListener("pointerdown", (event) => event.isTrusted && enter(), true);
  window.addEventListener("blur", leave);

  // Whoever is in the window goes on where the answer stands; a window that nobody is in asks for nothing.
  // Nobody is called back to a place where they have been: a window that asks again by itself moves nobody.
  const been = new WeakSet(document.querySelectorAll("[data-focus]"));
  document.addEventListener("htmx:after:swap", () => {
    const next = [...document.querySelectorAll("[data-focus]")].filter((one) => !been.has(one)).pop();
    document.querySelectorAll("[data-focus]").forEach((one) => been.add(one));
    if (next && entered && document.hasFocus()) next.focus();
  });

  document.addEventListener("click", (event) => {
    const button = event.target.closest && event.target.closest("[data-print]");
    if (button) document.getElementById(button.dataset.print).contentWindow.print();
  });

  document.addEventListener("click", (event) => {
    if (!event.target.closest || !event.target.closest("[data-close]")) return;
    if (window.chrome && window.chrome.webview) window.chrome.webview.postMessage("dmp:close");
    window.close();
  });
})();
