// What is typed in a form[data-keep] survives a lost line, an expired sign-in, a closed tab: each field is copied to this
// device as it is typed, with the token of what the writer had seen, and the copy goes only when a save is confirmed.
// A copy found when the page opens is put back and saved; the token lets the server tell whether a colleague was faster.
(function () {
  "use strict";
  const RETRY = 8000;
  const place = (form) => "kept:" + form.dataset.keep;

  function read(form) {
    try {
      return JSON.parse(localStorage.getItem(place(form))) || {};
    } catch {
      return {};
    }
  }

  function write(form, copy) {
    try {
      if (Object.keys(copy).length) {
        localStorage.setItem(place(form), JSON.stringify(copy));
      } else {
        localStorage.removeItem(place(form));
      }
    } catch {
      // a device that keeps nothing: the page still warns before it is left
    }
  }

  const kept = (element) => (element instanceof Element ? element.closest("form[data-keep]") : null);
  const held = (field) => (field.type === "checkbox" ? field.checked : field.value);
  const token = (form, name) => (form.elements["seen_" + name] || { value: "" }).value;

  function copyField(event) {
    const form = kept(event.target);
    const name = event.target.name;
    if (!form || !name || !form.elements["seen_" + name]) {
      return;
    }
    const copy = read(form);
    copy[name] = { value: held(event.target), seen: copy[name] ? copy[name].seen : token(form, name) };
    write(form, copy);
  }
  document.addEventListener("input", copyField);
  document.addEventListener("change", copyField);

  function restore(form) {
    const copy = read(form);
    let restored = false;
    for (const [name, { value, seen }] of Object.entries(copy)) {
      const field = form.elements[name];
      if (!field || !form.elements["seen_" + name]) {
        continue;
      }
      if (held(field) === value) {
        delete copy[name];
        continue;
      }
      if (field.type === "checkbox") {
        field.checked = value;
      } else {
        field.value = value;
      }
      form.elements["seen_" + name].value = seen;
      restored = true;
    }
    write(form, copy);
    if (restored) {
      document.getElementById("live").textContent = form.dataset.restored;
      htmx.trigger(form, "change");
    }
  }
  htmx.onLoad((content) => {
    const forms = content.matches("form[data-keep]") ? [content] : content.querySelectorAll("form[data-keep]");
    forms.forEach(restore);
  });

  // while two texts stand side by side nothing is saved by itself: the writer chooses
  document.addEventListener("htmx:beforeRequest", (event) => {
    const form = kept(event.detail.elt);
    if (form && form.querySelector(".clash") && !event.detail.requestConfig.parameters.keep) {
      event.preventDefault();
    }
  });

  // what went out, so that only that is let go when it has arrived: typing goes on meanwhile
  document.addEventListener("htmx:beforeRequest", (event) => {
    const form = kept(event.detail.elt);
    if (form) {
      event.detail.xhr.sent = Object.fromEntries([...form.elements].filter((e) => e.name).map((e) => [e.name, held(e)]));
    }
  });
  document.addEventListener("htmx:afterRequest", (event) => {
    const form = kept(event.detail.elt);
    if (!form) {
      return;
    }
    const { xhr } = event.detail;
    if (xhr.status === 200 && xhr.sent) {
      const copy = read(form);
      for (const [name, { value }] of Object.entries(copy)) {
        if (xhr.sent[name] === value) {
          delete copy[name];
        } else {
          copy[name].seen = ""; // typed on while this was saved: the swapped outcome holds the new token
        }
      }
      write(form, copy);
    } else if (!xhr.status || xhr.status >= 500) {
      again(form);
    }
  });
  document.addEventListener("htmx:afterSettle", () => {
    document.querySelectorAll("form[data-keep]").forEach((form) => {
      const copy = read(form);
      Object.entries(copy).forEach(([name, entry]) => {
        entry.seen = entry.seen || token(form, name);
      });
      write(form, copy);
    });
  });

  const timers = new WeakMap();
  function again(form) {
    clearTimeout(timers.get(form));
    timers.set(form, setTimeout(() => form.isConnected && htmx.trigger(form, "change"), RETRY));
  }
  function sendKept() {
    document.querySelectorAll("form[data-keep]").forEach((form) => Object.keys(read(form)).length && htmx.trigger(form, "change"));
  }
  window.addEventListener("online", sendKept);
  window.addEventListener("focus", sendKept); // back from signing in in another tab

  // whoever takes a colleague's text lets go of the own copy
  document.addEventListener("click", (event) => {
    const form = event.target instanceof Element && event.target.closest("[data-let-go]") && kept(event.target);
    if (form) {
      write(form, {});
    }
  });
})();
