// What every page gains from JavaScript; each page works without it.
//   form[data-guard]   asks before leaving while something typed is not saved
//   event "saved"      (an HX-Trigger header, {"saved": {"at": "14:03:22"}}) writes "Saved 14:03:22" into the nearest
//                      [data-saved-here] and tells it to screen readers
//   htmx errors        become a message that stays until the next request succeeds
(function () {
  "use strict";
  const words = document.body.dataset;
  const dirty = new Set();

  function localDigits(text) {
    return document.documentElement.lang === "fa" ? text.replace(/\d/g, (d) => "۰۱۲۳۴۵۶۷۸۹"[d]) : text;
  }

  function say(text) {
    const live = document.getElementById("live");
    if (live) {
      live.textContent = text;
    }
  }

  function complain(text) {
    const messages = document.getElementById("messages");
    let alert = document.getElementById("trouble");
    if (!alert) {
      alert = document.createElement("p");
      alert.id = "trouble";
      alert.className = "alert alert-danger";
      messages.prepend(alert);
    }
    alert.textContent = text;
  }

  function guarded(element) {
    return element instanceof Element ? element.closest("form[data-guard]") : null;
  }

  document.addEventListener("input", (event) => {
    const form = guarded(event.target);
    if (form) {
      dirty.add(form);
    }
  });
  document.addEventListener("submit", (event) => dirty.delete(event.target));
  window.addEventListener("beforeunload", (event) => {
    if ([...dirty].some((form) => form.isConnected)) {
      event.preventDefault();
    }
  });

  // The token changes when somebody signs in again in another tab; the page's own is then too old, and the cookie has
  // the new one. Whoever signed in may be somebody else: so what is sent says for whom the page was drawn.
  function sending() {
    return {
      token: (document.cookie.match(/(?:^|; )(?:__Host-csrf|csrftoken)=([^;]+)/) || [])[1],
      person: words.person || "",
    };
  }
  window.portalSending = sending;

  document.addEventListener("htmx:configRequest", (event) => {
    const { token, person } = sending();
    event.detail.headers["X-Signed-In-As"] = person;
    if (token) {
      event.detail.headers["X-CSRFToken"] = token;
      if (event.detail.parameters.csrfmiddlewaretoken) {
        event.detail.parameters.csrfmiddlewaretoken = token;
      }
    }
  });

  document.addEventListener("submit", (event) => {
    const form = event.target;
    const field = form.elements.csrfmiddlewaretoken;
    const { token, person } = sending();
    if (!field || !token) {
      return;
    }
    field.value = token;
    if (person && !form.querySelector("[name=signed_in_as]")) {
      const mark = document.createElement("input");
      Object.assign(mark, { type: "hidden", name: "signed_in_as", value: person });
      form.append(mark);
    }
  });

  // the answer to a token that is too old brings the new one along, and the request is made once more
  function isRepeated({ xhr, requestConfig, target }) {
    if (xhr.status !== 403 || !xhr.getResponseHeader("X-Form-Token") || requestConfig.headers["X-Repeats"]) {
      return false;
    }
    const { elt, verb, path, formData } = requestConfig;
    htmx.ajax(verb.toUpperCase(), path, { source: elt, target, values: formData, headers: { "X-Repeats": "1" } });
    return true;
  }

  document.addEventListener("htmx:afterRequest", (event) => {
    if (event.detail.successful) {
      dirty.delete(guarded(event.detail.elt));
      const trouble = document.getElementById("trouble");
      if (trouble) {
        trouble.remove();
      }
    }
  });
  document.addEventListener("htmx:responseError", (event) => {
    const { xhr } = event.detail;
    if (isRepeated(event.detail)) {
      return;
    }
    if (xhr.status === 401) {
      complain(words.signedOut);
      return;
    }
    const isSentence = (xhr.getResponseHeader("Content-Type") || "").startsWith("text/plain");
    complain((isSentence && xhr.responseText) || words.failed);
  });
  document.addEventListener("htmx:sendError", () => complain(words.lost));
  document.addEventListener("htmx:timeout", () => complain(words.lost));

  document.addEventListener("saved", (event) => {
    const clock = new Intl.DateTimeFormat("en-GB", { timeZone: "Asia/Tehran", timeStyle: "medium" });
    const at = (event.detail && event.detail.at) || clock.format(new Date());
    const text = words.saved + " " + localDigits(at);
    const around = event.target instanceof Element ? event.target.closest("form, fieldset, tr, section") : null;
    const place = (around && around.querySelector("[data-saved-here]")) || document.querySelector("[data-saved-here]");
    if (place) {
      place.textContent = text;
    }
    say(text);
  });
})();
