// Single keys that press a button or follow a link that is there: data-key names the key by its place, for on a Persian
// keyboard the same keys write other letters. "v" goes to the field marked as the page's first, "?" shows the list.
(function () {
  "use strict";

  function isTyping(target) {
    return target instanceof Element && target.matches("input:not([type=checkbox]), textarea, select");
  }

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) {
      return;
    }
    if (isTyping(event.target)) {
      if (event.key === "Escape") {
        event.target.blur();
      }
      return;
    }
    if (event.key === "?" || event.key === "؟") {
      const list = document.getElementById("shortcuts");
      if (list) {
        list.open = !list.open;
      }
      return;
    }
    const value = event.code === "KeyV" && document.querySelector(".opened [name=value]");
    const target = value || document.querySelector("[data-key='" + event.code + "']");
    if (target && !event.shiftKey) {
      event.preventDefault();
      if (value) {
        value.focus();
      } else {
        target.click();
      }
    }
  });
})();
