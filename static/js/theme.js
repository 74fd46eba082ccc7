// Dark or light as the reader's system says, and light on paper; loaded before the style sheets, so that nothing flashes.
(function () {
  "use strict";
  const dark = window.matchMedia("(prefers-color-scheme: dark)");
  const paper = window.matchMedia("print");
  function follow() {
    document.documentElement.setAttribute("data-bs-theme", dark.matches && !paper.matches ? "dark" : "light");
  }
  follow();
  dark.addEventListener("change", follow);
  paper.addEventListener("change", follow);
  window.addEventListener("beforeprint", () => document.documentElement.setAttribute("data-bs-theme", "light"));
  window.addEventListener("afterprint", follow);
})();
