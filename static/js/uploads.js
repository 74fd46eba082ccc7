// Uploads in pieces, by tus: several files at once, by choosing or by dropping them; after a lost line, a reload or a
// restart of the server they go on from where they were. Without this script the form sends one file in one piece.
//   section[data-upload]   the place; its data say where uploads begin, where the list of files is, what is accepted
//   template[data-row]     how one upload is shown
(function () {
  "use strict";
  const CHUNK = 8 * 1024 * 1024; // a deadline that passes meanwhile is seen at the next piece
  const DELAYS = [0, 1000, 3000, 5000, 10000, 15000, 20000, 30000];
  const AT_ONCE = 3;
  const AGAIN = 30000;
  const FULL = 507; // the disk is: trying again at once makes it no emptier
  const waiting = [];
  const broken = new Set();
  let active = 0;

  function local(text) {
    return document.documentElement.lang === "fa" ? text.replace(/\d/g, (d) => "۰۱۲۳۴۵۶۷۸۹"[d]).replace(".", "٫") : text;
  }

  function fill(text, values) {
    return text.replace(/\{(\w+)\}/g, (_, name) => values[name]);
  }

  function megabytes(bytes) {
    return local((bytes / 1048576).toFixed(1));
  }

  function percent(done, whole) {
    return Math.floor((100 * done) / whole);
  }

  function say(text) {
    const live = document.getElementById("live");
    if (live) {
      live.textContent = text;
    }
  }

  // --- One upload ----------------------------------------------------------------------------------------------------

  function row(place, name) {
    const shown = place.querySelector("template[data-row]").content.firstElementChild.cloneNode(true);
    shown.querySelector("[data-name]").textContent = name;
    place.querySelector("[data-uploads]").append(shown);
    return {
      shown,
      bar: shown.querySelector("progress"),
      text: shown.querySelector("[data-text]"),
      retry: shown.querySelector("[data-retry]"),
      cancel: shown.querySelector("[data-cancel]"),
    };
  }

  function why(place, file) {
    const words = place.dataset;
    const ending = file.name.includes(".") ? file.name.split(".").pop().toLowerCase() : "";
    if (!words.types.split(",").includes(ending)) {
      const remedies = JSON.parse(words.remedies);
      return Object.hasOwn(remedies, ending) ? fill(words.refused, { name: file.name, why: remedies[ending] }) : fill(words.wrongKind, { name: file.name });
    }
    if (!file.size) {
      return fill(words.empty, { name: file.name });
    }
    return file.size > Number(words.most) ? fill(words.tooLarge, { name: file.name }) : "";
  }

  function prefix(place) {
    return "evidence-" + place.dataset.line + "-" + (place.dataset.replaces || "new") + "-";
  }

  // the token as it is when it is sent: signing in again in another tab changes it
  function headers(place) {
    const { token, person } = window.portalSending();
    const drawn = place.querySelector("[name=csrfmiddlewaretoken]").value;
    return { "X-CSRFToken": token || drawn, "X-Signed-In-As": person };
  }

  const GONE = [404, 410, 422]; // the server has no such upload any more

  // Of an upload that is there the library would forget the place when it is asked for while nobody is signed in.
  function keepPlace(request, response) {
    const status = response.getStatus();
    if (request.getMethod() === "HEAD" && status >= 400 && status !== 423 && !GONE.includes(status)) {
      throw Object.assign(new Error("not now"), { status });
    }
  }

  function statusOf(error) {
    const { originalResponse, causingError } = error;
    return originalResponse ? originalResponse.getStatus() : (causingError && causingError.status) || 0;
  }

  function isTokenTooOld(item, error) {
    const answer = error.originalResponse;
    if (statusOf(error) !== 403 || item.isRenewed || !(answer && answer.getHeader("X-Form-Token"))) {
      return false;
    }
    item.isRenewed = true;
    return true;
  }

  function add(place, file) {
    const item = Object.assign({ place, file, told: 0 }, row(place, file.name));
    const refused = why(place, file);
    item.bar.setAttribute("aria-label", file.name);
    item.retry.addEventListener("click", () => queue(item));
    item.cancel.addEventListener("click", () => cancel(item));
    if (refused) {
      fail(item, refused);
      item.retry.hidden = true;
      return;
    }
    const metadata = { filename: file.name };
    if (place.dataset.replaces) {
      metadata.replaces = place.dataset.replaces;
    }
    item.upload = new tus.Upload(file, {
      endpoint: place.dataset.upload,
      chunkSize: CHUNK,
      retryDelays: DELAYS,
      metadata,
      onBeforeRequest: (request) => {
        Object.entries(headers(place)).forEach(([name, value]) => request.setHeader(name, value));
      },
      onAfterResponse: keepPlace,
      fingerprint: () => Promise.resolve(prefix(place) + [file.name, file.size, file.lastModified].join("-")),
      removeFingerprintOnSuccess: true,
      onProgress: (done, whole) => progress(item, done, whole),
      onShouldRetry: (error) => {
        const status = statusOf(error);
        if (!status) {
          item.text.textContent = place.dataset.broken;
        }
        return isTokenTooOld(item, error) || status < 400 || (status >= 500 && status !== FULL) || status === 409 || status === 423;
      },
      onError: (error) => stopped(item, error),
      onSuccess: () => finished(item),
    });
    queue(item);
  }

  function queue(item) {
    broken.delete(item);
    clearTimeout(item.timer);
    item.retry.hidden = true;
    item.text.className = "text-secondary";
    item.text.textContent = item.place.dataset.waiting;
    waiting.push(item);
    next();
  }

  function next() {
    while (active < AT_ONCE && waiting.length) {
      const item = waiting.shift();
      active += 1;
      item.isActive = true;
      begin(item);
    }
  }

  function left(item) {
    if (item.isActive) {
      item.isActive = false;
      active -= 1;
      next();
    }
  }

  async function begin(item) {
    const [earlier] = await item.upload.findPreviousUploads();
    if (earlier) {
      const state = await ask("HEAD", earlier.uploadUrl, item.place);
      if (state && state.status === 401) {
        left(item);
        waitForSigningIn(item);
        return;
      }
      item.upload.resumeFromPreviousUpload(earlier);
    }
    if (item.cancelled) {
      left(item);
      return;
    }
    forget(item.place, item.file);
    item.upload.start();
  }

  function waitForSigningIn(item) {
    fail(item, document.body.dataset.signedOut);
    broken.add(item);
    item.timer = setTimeout(() => queue(item), AGAIN);
  }

  function progress(item, done, whole) {
    item.isRenewed = false;
    const part = percent(done, whole);
    item.bar.max = 100;
    item.bar.value = part;
    item.text.textContent = fill(item.place.dataset.going, {
      percent: local(String(part)),
      done: megabytes(done),
      whole: megabytes(whole),
    });
    if (part >= item.told + 25) {
      item.told = part - (part % 25);
      say(item.file.name + ": " + item.text.textContent);
    }
  }

  function stopped(item, error) {
    left(item);
    const answer = error.originalResponse;
    if (statusOf(error) === 401) {
      waitForSigningIn(item);
      return;
    }
    const isSentence = answer && (answer.getHeader("Content-Type") || "").startsWith("text/plain");
    const sentence = isSentence && answer.getBody();
    if (answer && (answer.getStatus() < 500 || answer.getStatus() === FULL)) {
      fail(item, sentence || document.body.dataset.failed);
      return;
    }
    fail(item, sentence || item.place.dataset.broken);
    broken.add(item);
    item.timer = setTimeout(() => queue(item), AGAIN);
  }

  function fail(item, sentence) {
    item.text.className = "text-danger";
    item.text.textContent = sentence;
    item.retry.hidden = false;
    say(item.file.name + ": " + sentence);
  }

  function cancel(item) {
    item.cancelled = true;
    broken.delete(item);
    clearTimeout(item.timer);
    const place = waiting.indexOf(item);
    if (place >= 0) {
      waiting.splice(place, 1);
    }
    left(item);
    if (item.upload) {
      item.upload.abort(true).catch(() => undefined);
    }
    item.shown.remove();
  }

  function finished(item) {
    left(item);
    const words = item.place.dataset;
    say(fill(words.done, { name: item.file.name }));
    item.shown.remove();
    if (words.back) {
      window.location.assign(words.back);
    } else if (item.place.isConnected) {
      htmx.ajax("GET", words.list, { target: "#evidence-list", swap: "innerHTML" });
    }
  }

  window.addEventListener("online", () => [...broken].forEach(queue));
  window.addEventListener("focus", () => [...broken].forEach(queue)); // back from signing in in another tab

  // --- What an earlier visit left unfinished -------------------------------------------------------------------------

  function ask(method, url, place) {
    const sent = { "Tus-Resumable": "1.0.0", ...headers(place) };
    return fetch(url, { method, headers: sent, credentials: "same-origin" }).catch(() => null);
  }

  async function remember(place) {
    const storage = tus.defaultOptions.urlStorage;
    const all = await storage.findAllUploads();
    for (const earlier of all.filter((each) => each.urlStorageKey.startsWith("tus::" + prefix(place)))) {
      const state = await ask("HEAD", earlier.uploadUrl, place);
      if (state && (state.status === 404 || state.status === 422)) {
        await storage.removeUpload(earlier.urlStorageKey);
      } else if (state && state.ok && place.isConnected) {
        const name = earlier.metadata.filename;
        const shown = row(place, name);
        const part = percent(Number(state.headers.get("Upload-Offset")), earlier.size);
        shown.shown.dataset.earlier = name;
        shown.bar.setAttribute("aria-label", name);
        shown.bar.max = 100;
        shown.bar.value = part;
        shown.text.textContent = fill(place.dataset.unfinished, { percent: local(String(part)) });
        shown.cancel.addEventListener("click", async () => {
          await ask("DELETE", earlier.uploadUrl, place);
          await storage.removeUpload(earlier.urlStorageKey);
          shown.shown.remove();
        });
      }
    }
  }

  function forget(place, file) {
    place.querySelectorAll("[data-earlier]").forEach((shown) => {
      if (shown.dataset.earlier === file.name) {
        shown.remove();
      }
    });
  }

  // --- The place -----------------------------------------------------------------------------------------------------

  function prepare(root) {
    const places = [...root.querySelectorAll("section[data-upload]")];
    if (root.matches && root.matches("section[data-upload]")) {
      places.push(root);
    }
    for (const place of places.filter((each) => !each.dataset.ready)) {
      place.dataset.ready = "yes";
      place.querySelector("input[type=file]").multiple = !place.dataset.replaces;
      place.querySelector("button[type=submit]").hidden = true;
      place.querySelector("[data-hint]").hidden = false;
      remember(place);
    }
  }

  function placeOf(event) {
    return event.target instanceof Element ? event.target.closest("section[data-upload]") : null;
  }

  document.addEventListener("change", (event) => {
    const place = placeOf(event);
    if (place && event.target.matches("input[type=file]")) {
      [...event.target.files].forEach((file) => add(place, file));
      event.target.value = "";
    }
  });
  document.addEventListener("dragover", (event) => {
    const place = placeOf(event);
    if (place) {
      event.preventDefault();
      place.classList.add("is-over");
    }
  });
  document.addEventListener("dragleave", (event) => {
    const place = placeOf(event);
    if (place && !place.contains(event.relatedTarget)) {
      place.classList.remove("is-over");
    }
  });
  document.addEventListener("drop", (event) => {
    const place = placeOf(event);
    if (place) {
      event.preventDefault();
      place.classList.remove("is-over");
      const files = [...event.dataTransfer.files];
      (place.dataset.replaces ? files.slice(0, 1) : files).forEach((file) => add(place, file));
    }
  });
  document.addEventListener("htmx:load", (event) => prepare(event.detail.elt));
  prepare(document);
})();
