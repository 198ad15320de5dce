// Runs before the first paint, so that a chosen theme and language do not flash in later.
(() => {
  try {
    const theme = localStorage.getItem("vonggac.theme");
    if (theme === "dark" || theme === "light") document.documentElement.dataset.theme = theme;
    if (localStorage.getItem("vonggac.language") === "en") document.documentElement.lang = "en";
  } catch {
    // Storage is switched off: the defaults serve.
  }
})();
