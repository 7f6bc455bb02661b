// Before the first paint, so that a dark page never flashes white.
(function () {
  var wanted = null;
  try {
    wanted = localStorage.getItem("armillary.theme");
  } catch {}
  var dark = wanted === "dark" || (wanted !== "light" && matchMedia("(prefers-color-scheme: dark)").matches);
  document.documentElement.dataset.theme = dark ? "dark" : "light";
})();
