// Keys of the marking page: j and k next and previous line, a agrees, e shows the evidence, digits begin the points, s saves, ? shows the list.
// What is typed is saved by itself after a pause.
// The page works without: every key presses a button or follows a link that is there.
(function () {
  "use strict";
  const lines = () => [...document.querySelectorAll("[data-line]")];

  function current() {
    const focused = document.activeElement && document.activeElement.closest("[data-line]");
    return focused || document.querySelector("[data-line].is-current") || null;
  }

  function go(line) {
    if (!line) {
      return;
    }
    lines().forEach((each) => each.classList.toggle("is-current", each === line));
    line.focus({ preventScroll: true });
    line.scrollIntoView({ block: "start" });
  }

  function step(by) {
    const all = lines();
    const place = all.indexOf(current());
    go(all[Math.min(Math.max(place + by, 0), all.length - 1)]);
  }

  function press(selector) {
    const line = current() || lines()[0];
    const button = line && line.querySelector(selector);
    if (button) {
      button.click();
    }
  }

  function isTyping(target) {
    return target instanceof Element && target.matches("input:not([type=checkbox]), textarea, select");
  }

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) {
      return;
    }
    if (isTyping(event.target)) {
      if (event.key === "Escape") {
        go(event.target.closest("[data-line]"));
      } else if (event.key === "Enter" && event.target.matches("input")) {
        event.preventDefault();
        press("[data-save]");
      }
      return;
    }
    // by the place of the key, for on a Persian keyboard the same keys write other letters
    const acts = {
      KeyJ: () => step(1),
      KeyK: () => step(-1),
      KeyA: () => press("[data-agree]"),
      KeyE: () => press("[data-evidence]"),
      KeyS: () => press("[data-save]"),
    };
    if (event.key === "?" || event.key === "؟") {
      const list = document.getElementById("shortcuts");
      list.open = !list.open;
    } else if (acts[event.code] && !event.shiftKey) {
      event.preventDefault();
      acts[event.code]();
    } else if (/^[0-9۰-۹٠-٩]$/.test(event.key)) {
      const line = current() || lines()[0];
      const field = line && line.querySelector("input[name$='-points']");
      if (field) {
        field.focus();
        field.select(); // the digit that is being pressed replaces what stood there
      }
    }
  });

  // what is typed is saved by itself after a pause; the fields stay as they are, and the state beside them says how it went
  const PAUSE = 1500;
  const RETRY = 8000;
  const timers = new WeakMap();
  const lineOf = (element) => (element instanceof Element ? element.closest("[data-line]") : null);
  const stateOf = (line) => document.getElementById("state-" + line.dataset.line);

  function tell(line, words) {
    if (stateOf(line)) {
      stateOf(line).textContent = words;
    }
  }

  function later(line, delay) {
    clearTimeout(timers.get(line));
    timers.set(line, setTimeout(() => keep(line), delay));
  }

  function keep(line) {
    const button = line.isConnected && line.querySelector("[data-save]");
    if (!button || line.querySelector(".clash")) {
      return; // over what another tab has saved only the button writes
    }
    tell(line, button.form.dataset.saving);
    const sent = { only: line.dataset.line, quiet: "1" };
    const place = { source: stateOf(line), target: stateOf(line), swap: "outerHTML" };
    htmx.ajax("POST", button.form.action, { ...place, values: sent }).catch(() => {}); // the events below say how it went
  }

  document.addEventListener("input", (event) => {
    const line = lineOf(event.target);
    if (line && line.querySelector("[data-save]")) {
      tell(line, event.target.form.dataset.typing);
      later(line, PAUSE);
    }
  });
  document.addEventListener("htmx:beforeRequest", (event) => {
    const line = lineOf(event.detail.elt);
    if (line) {
      clearTimeout(timers.get(line)); // whoever saves by hand is not followed by a quiet one
    }
  });
  ["htmx:sendError", "htmx:timeout", "htmx:responseError"].forEach((name) =>
    document.addEventListener(name, (event) => {
      const line = lineOf(event.detail.elt);
      if (line && event.detail.elt === stateOf(line)) {
        tell(line, document.getElementById("marks").dataset.lost);
        later(line, RETRY);
      }
    }),
  );

  document.addEventListener("line-saved", (event) => {
    go(document.getElementById("line-" + event.detail.next));
  });
})();
