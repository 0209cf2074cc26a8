// What a page of others may try against an address `at`; `call` is a call of a host. Each gives what the page could read.
(() => {
  const json = { "content-type": "application/json" };
  const text = async (at, how) => (await fetch(at, how)).text();
  const soon = (act) => new Promise((done) => { try { act(); } catch { /* refused at once */ } setTimeout(() => done(""), 300); });
  const seen = (look) => new Promise((done) => setTimeout(() => { try { done(look()); } catch { done(""); } }, 700));

  const loaded = (name, attribute, more) => (at) => new Promise((done, fail) => {
    const one = Object.assign(document.createElement(name), more);
    one.onload = one.onloadeddata = () => done("loaded");
    one.onerror = fail;
    one[attribute] = at;
    document.body.append(one);
  });
  const framed = (name, attribute) => (at) => {
    const one = document.createElement(name);
    one[attribute] = at;
    document.body.append(one);
    return seen(() => one.contentDocument.body.innerText);
  };
  const posted = (type) => (at, call) => {
    const frame = Object.assign(document.createElement("iframe"), { name: `f${Math.random()}` });
    const form = Object.assign(document.createElement("form"), { action: at, method: "post", enctype: type, target: frame.name });
    form.append(Object.assign(document.createElement("input"), { name: call, value: "x" }));
    document.body.append(frame, form);
    form.submit();
    return seen(() => frame.contentDocument.body.innerText);
  };
  const socket = (at, protocols, open) => new Promise((done, fail) => {
    const one = new WebSocket(at.replace("http", "ws"), protocols);
    one.onopen = () => open(one, done);
    one.onmessage = (message) => done(message.data);
    one.onerror = fail;
  });

  return {
    "fetch": (at) => text(at),
    "fetch with cookies": (at) => text(at, { credentials: "include" }),
    "fetch of JSON": (at, call) => text(at, { method: "POST", headers: json, body: call }),
    "fetch of plain text": (at, call) => text(at, { method: "POST", headers: { "content-type": "text/plain" }, body: call }),
    "fetch of a form": (at, call) => text(at, { method: "POST", credentials: "include", body: new URLSearchParams({ x: call }) }),
    "fetch with a made-up token": (at, call) =>
      text(at, { method: "POST", headers: { ...json, authorization: `Bearer ${"0".repeat(64)}` }, body: call }),
    "fetch no-cors": (at) => text(at, { mode: "no-cors", credentials: "include" }),
    "fetch no-cors POST": (at, call) => text(at, { mode: "no-cors", method: "POST", credentials: "include", body: call }),
    "fetch keepalive": (at, call) => text(at, { mode: "no-cors", method: "POST", keepalive: true, body: call }),
    "fetch PUT": (at, call) => text(at, { method: "PUT", body: call }),
    "XMLHttpRequest": (at, call) => new Promise((done, fail) => {
      const one = new XMLHttpRequest();
      one.open("POST", at);
      one.withCredentials = true;
      one.setRequestHeader("content-type", "application/json");
      one.onload = () => done(one.responseText);
      one.onerror = fail;
      one.send(call);
    }),
    "beacon": (at, call) => soon(() => navigator.sendBeacon(at, call)),
    "beacon of JSON": (at, call) => soon(() => navigator.sendBeacon(at, new Blob([call], { type: "application/json" }))),
    "ping": (at) => soon(() => {
      const one = Object.assign(document.createElement("a"), { href: "#x", ping: at });
      document.body.append(one);
      one.click();
    }),
    "image": loaded("img", "src"),
    "script": loaded("script", "src"),
    "stylesheet": loaded("link", "href", { rel: "stylesheet" }),
    "preload": loaded("link", "href", { rel: "preload", as: "script" }),
    "video": loaded("video", "src"),
    "module": (at) => import(at).then(() => "loaded"),
    "font": async (at) => { await new FontFace("x", `url(${at})`).load(); return "loaded"; },
    "worker": (at) => new Promise((done, fail) => { new Worker(at).onerror = fail; setTimeout(fail, 500); }),
    "object": framed("object", "data"),
    "embed": framed("embed", "src"),
    "frame": framed("iframe", "src"),
    "form of plain text": posted("text/plain"),
    "form urlencoded": posted("application/x-www-form-urlencoded"),
    "form with a file": posted("multipart/form-data"),
    "window": (at) => {
      const one = open(at);
      return seen(() => one.document.body.innerText).finally(() => one && one.close());
    },
    "WebSocket": (at, call) => socket(at, [], (one) => one.send(call)),
    "WebSocket with a made-up token": (at) =>
      socket(at, ["dmp-bridge.1", `dmp-token.${"0".repeat(64)}`], (one, done) => done("open")),
    "EventSource": (at) => new Promise((done, fail) => {
      const one = new EventSource(at, { withCredentials: true });
      one.onmessage = (message) => done(message.data);
      one.onerror = fail;
    }),
  };
})()
