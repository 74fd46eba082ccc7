// A calendar beside every input[data-date]: Jalali from Saturday in Persian, Gregorian from Monday in English.
// It writes "1406/03/10 00:00" or "2027-05-31 00:00", keeping a clock already typed; data-clock="24:00" is another default.
// Days are UTC midnights here, so that no summer time can shift them. Without JavaScript the field is plain text.
(function () {
  "use strict";
  const persian = document.documentElement.lang === "fa";
  const DAY = 86400000;
  const words = persian
    ? { open: "انتخاب تاریخ", previous: "ماه قبل", next: "ماه بعد", close: "بستن" }
    : { open: "Choose a date", previous: "Previous month", next: "Next month", close: "Close" };
  const months = persian
    ? ["فروردین", "اردیبهشت", "خرداد", "تیر", "مرداد", "شهریور", "مهر", "آبان", "آذر", "دی", "بهمن", "اسفند"]
    : ["January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December"];
  const weekdays = persian
    ? [["ش", "شنبه"], ["ی", "یکشنبه"], ["د", "دوشنبه"], ["س", "سه‌شنبه"], ["چ", "چهارشنبه"], ["پ", "پنجشنبه"], ["ج", "جمعه"]]
    : [["Mo", "Monday"], ["Tu", "Tuesday"], ["We", "Wednesday"], ["Th", "Thursday"], ["Fr", "Friday"], ["Sa", "Saturday"], ["Su", "Sunday"]];
  // The chevrons are mirrored by the browser in a line that runs from the right.
  const firstWeekday = persian ? 6 : 1;
  const reader = new Intl.DateTimeFormat("en-u-ca-persian-nu-latn", {
    timeZone: "UTC", year: "numeric", month: "numeric", day: "numeric",
  });
  const today = new Intl.DateTimeFormat("en-CA", { timeZone: "Asia/Tehran" });

  function latin(text) {
    const seen = text.replace(/[\u00ad\u061c\u200b-\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff]/g, "");
    return seen.replace(/[۰-۹٠-٩]/g, (d) => String(d.charCodeAt(0) % 16));
  }
  function shown(number) {
    return persian ? String(number).replace(/\d/g, (d) => "۰۱۲۳۴۵۶۷۸۹"[d]) : String(number);
  }
  function jalali(time) {
    const parts = {};
    reader.formatToParts(time).forEach((part) => { parts[part.type] = parseInt(part.value, 10); });
    return { year: parts.year, month: parts.month, day: parts.day };
  }
  function split(time) {
    const date = new Date(time);
    return persian ? jalali(time) : { year: date.getUTCFullYear(), month: date.getUTCMonth() + 1, day: date.getUTCDate() };
  }
  function fromJalali(year, month, day) {
    let time = Date.UTC(year + 621, 2, 19) + (month <= 6 ? (month - 1) * 31 : 186 + (month - 7) * 30) * DAY + (day - 1) * DAY;
    for (let tries = 0; tries < 5; tries += 1, time += DAY) {
      const found = jalali(time);
      if (found.year === year && found.month === month && found.day === day) {
        return time;
      }
    }
    return null;
  }
  function parse(text) {
    const found = latin(text).match(/^\s*(\d{4})[/.-](\d{1,2})[/.-](\d{1,2})/);
    if (!found) {
      return null;
    }
    const [year, month, day] = found.slice(1).map(Number);
    return year < 1700 ? fromJalali(year, month, day) : Date.UTC(year, month - 1, day);
  }
  function write(time) {
    const { year, month, day } = split(time);
    return [year, String(month).padStart(2, "0"), String(day).padStart(2, "0")].join(persian ? "/" : "-");
  }
  function firstOfMonth(time) {
    return time - (split(time).day - 1) * DAY;
  }
  function otherMonth(time, step) {
    const day = split(time).day;
    const first = firstOfMonth(step < 0 ? firstOfMonth(time) - DAY : firstOfMonth(time) + 32 * DAY);
    const month = split(first).month;
    let moved = first + (day - 1) * DAY;
    while (split(moved).month !== month) {
      moved -= DAY;
    }
    return moved;
  }
  function weekday(time) {
    return (new Date(time).getUTCDay() - firstWeekday + 7) % 7;
  }
  function element(name, attributes, text) {
    const made = document.createElement(name);
    Object.entries(attributes).forEach(([key, value]) => made.setAttribute(key, value));
    if (text !== undefined) {
      made.textContent = text;
    }
    return made;
  }

  function attach(input) {
    if (input.dataset.dateReady) {
      return;
    }
    input.dataset.dateReady = "1";
    input.setAttribute("dir", "ltr");
    input.setAttribute("autocomplete", "off");
    const wrapper = element("div", { class: "date-field" });
    const opener = element("button", {
      type: "button", class: "btn date-open", "aria-label": words.open, title: words.open, "aria-haspopup": "dialog", "aria-expanded": "false",
    });
    const popup = element("div", { class: "date-popup card", role: "dialog", "aria-label": words.open, hidden: "" });
    input.replaceWith(wrapper);
    wrapper.append(input, opener, popup);
    let cursor = 0;

    function draw(focus) {
      const { year, month } = split(cursor);
      const chosen = parse(input.value);
      const head = element("div", { class: "date-head" });
      const title = element("p", { "aria-live": "polite" }, months[month - 1] + " " + shown(year));
      const move = (label, sign, step) => {
        const button = element("button", { type: "button", class: "btn", "aria-label": label }, sign);
        button.addEventListener("click", () => {
          cursor = otherMonth(cursor, step);
          draw(false);
          popup.querySelector("[aria-label='" + label + "']").focus();
        });
        return button;
      };
      head.append(move(words.previous, "‹", -1), title, move(words.next, "›", 1));
      const grid = element("table", { role: "grid", "aria-label": months[month - 1] + " " + shown(year) });
      const names = element("tr", { role: "row" });
      weekdays.forEach(([short, long]) => names.append(element("th", { scope: "col", abbr: long, "aria-label": long }, short)));
      const body = element("tbody", {});
      const thead = element("thead", {});
      thead.append(names);
      grid.append(thead, body);
      const first = firstOfMonth(cursor);
      let row = null;
      for (let time = first - weekday(first) * DAY; ; time += DAY) {
        if (weekday(time) === 0) {
          if (time > first && split(time).month !== month) {
            break;
          }
          row = element("tr", { role: "row" });
          body.append(row);
        }
        const cell = element("td", { role: "gridcell" });
        row.append(cell);
        if (split(time).month !== month) {
          continue;
        }
        const day = element("button", { type: "button", tabindex: time === cursor ? "0" : "-1", "data-time": time }, shown(split(time).day));
        if (time === chosen) {
          cell.setAttribute("aria-selected", "true");
        }
        if (time === parse(today.format(new Date()))) {
          day.setAttribute("aria-current", "date");
        }
        day.addEventListener("click", () => choose(time));
        cell.append(day);
      }
      popup.replaceChildren(head, grid);
      if (focus) {
        popup.querySelector("[data-time='" + cursor + "']").focus();
      }
    }
    function open() {
      cursor = parse(input.value) || parse(today.format(new Date()));
      popup.hidden = false;
      opener.setAttribute("aria-expanded", "true");
      draw(true);
    }
    function close() {
      popup.hidden = true;
      opener.setAttribute("aria-expanded", "false");
    }
    function choose(time) {
      const clock = latin(input.value).match(/\d{1,2}:\d{2}(?::\d{2})?\s*$/);
      input.value = write(time) + " " + (clock ? clock[0].trim() : input.dataset.clock || "00:00");
      input.dispatchEvent(new Event("input", { bubbles: true }));
      input.dispatchEvent(new Event("change", { bubbles: true }));
      close();
      opener.focus();
    }

    opener.addEventListener("click", () => (popup.hidden ? open() : close()));
    popup.addEventListener("keydown", (event) => {
      if (event.key === "Escape") {
        event.preventDefault();
        close();
        opener.focus();
        return;
      }
      if (!event.target.dataset.time) {
        return;
      }
      const forward = persian ? "ArrowLeft" : "ArrowRight";
      const back = persian ? "ArrowRight" : "ArrowLeft";
      const moves = {
        [forward]: () => cursor + DAY,
        [back]: () => cursor - DAY,
        ArrowDown: () => cursor + 7 * DAY,
        ArrowUp: () => cursor - 7 * DAY,
        Home: () => cursor - weekday(cursor) * DAY,
        End: () => cursor + (6 - weekday(cursor)) * DAY,
        PageDown: () => otherMonth(cursor, 1),
        PageUp: () => otherMonth(cursor, -1),
      };
      if (moves[event.key]) {
        event.preventDefault();
        cursor = moves[event.key]();
        draw(true);
      }
    });
    wrapper.addEventListener("focusout", (event) => {
      if (event.relatedTarget && !wrapper.contains(event.relatedTarget)) {
        close();
      }
    });
    document.addEventListener("click", (event) => {
      if (!event.composedPath().includes(wrapper)) {
        close();
      }
    });
  }

  function attachAll(root) {
    root.querySelectorAll("input[data-date]").forEach(attach);
  }
  attachAll(document);
  document.addEventListener("htmx:load", (event) => attachAll(event.detail.elt));
})();
