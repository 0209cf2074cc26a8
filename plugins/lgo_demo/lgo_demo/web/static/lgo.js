"use strict";
// The page of the pharmacy: windows of the bridge open beside it, what the bridge tells becomes toasts and badges.

const SHAPE = "popup,width=1060,height=800";

function beside(address) {
  const left = Math.max(0, window.screenX + window.outerWidth - 1080);
  return window.open(address, "_blank", `${SHAPE},left=${left},top=${window.screenY + 40}`);
}

function toast(news) {
  const one = document.createElement("p");
  one.className = `toast ${news.level}`;
  const close = document.createElement("button");
  close.textContent = "×";
  close.setAttribute("aria-label", "Fermer");
  close.addEventListener("click", () => one.remove());
  one.append(close, news.text);
  if (news.link) {
    const link = document.createElement("a");
    link.href = news.link;
    link.textContent = news.words;
    if (news.window) link.dataset.window = "";
    one.append(" ", link);
  }
  document.getElementById("toasts").append(one);
  setTimeout(() => one.remove(), 20000);
}

async function count() {
  const told = await (await fetch("/envois")).json();
  const shown = document.getElementById("waiting");
  shown.hidden = told.waiting === 0;
  shown.textContent = told.waiting || "";
}

async function part(place) {
  const answer = await fetch(place.dataset.part);
  if (answer.ok) place.innerHTML = await answer.text(); // from this origin, escaped by its template
}

function heard(news) {
  if (news.kind === "toast") toast(news);
  if (news.kind === "outbox") count();
  if (news.kind === "cards") document.querySelectorAll("[data-part]").forEach(part);
  if (news.kind === "record") {
    for (const place of document.querySelectorAll("[data-record]")) {
      if (place.dataset.record === news.link) place.textContent = news.text;
    }
  }
  if (news.kind === "badge") {
    for (const badge of document.querySelectorAll("[data-badge]")) {
      if (badge.dataset.badge !== news.host_id) continue;
      badge.textContent = news.text;
      badge.className = `badge ${news.level}`;
    }
  }
}

async function listen(last) {
  for (;;) {
    try {
      const answer = await fetch(`/nouvelles?apres=${last}`);
      if (!answer.ok) return;
      for (const news of await answer.json()) {
        last = news.number;
        heard(news);
      }
    } catch {
      return; // the software was closed, or this page is being left
    }
  }
}

async function ask(address, body) {
  const opened = body ? null : beside("about:blank"); // now, by the hand that clicked: a browser refuses it later
  const answer = await fetch(address, { method: "POST", body });
  const told = await answer.json();
  if (!answer.ok) toast({ text: `${told.sentence} ${told.remedy}`, level: "warning" });
  if (opened && told.window) opened.location = told.window;
  else opened?.close();
}

async function save(form) {
  const opened = beside("about:blank"); // now, by the hand that clicked: a browser refuses it later
  const answer = await fetch(form.action, { method: "POST", body: new URLSearchParams(new FormData(form)) });
  const told = await answer.json();
  if (!answer.ok) {
    opened?.close();
    const said = form.querySelector(".said");
    said.textContent = `${told.sentence} ${told.remedy} ${told.code}`;
    said.hidden = false;
    return;
  }
  if (opened) opened.location = told.window;
  location = told.next;
}

document.addEventListener("click", (event) => {
  const link = event.target.closest("a[data-window]");
  if (!link || event.ctrlKey || event.shiftKey || event.metaKey) return;
  if (beside(link.href)) event.preventDefault();
});

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-ask]");
  if (button) ask(button.dataset.ask);
});

document.addEventListener("submit", (event) => {
  if (!event.target.matches("[data-save], [data-hand]")) return;
  event.preventDefault();
  if (event.target.matches("[data-save]")) save(event.target);
  else ask(event.target.action, new URLSearchParams(new FormData(event.target, event.submitter)));
});

document.addEventListener("keydown", (event) => {
  if (event.target.closest("input, select, textarea") || event.ctrlKey || event.altKey || event.metaKey) return;
  const place = { c: "/", j: "/patients" }[event.key.toLowerCase()];
  if (place) location = place;
});

const last = document.body.dataset.last;
if (last !== undefined) {
  const operator = document.getElementById("operator");
  operator.form.back.value = location.pathname + location.search;
  operator.addEventListener("change", () => operator.form.submit());
  count();
  document.querySelectorAll("[data-part]").forEach(part);
  listen(Number(last));
}
