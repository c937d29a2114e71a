// Sets light or dark before the first paint; a file of its own because the page allows no inline script.
(() => {
  const kept = localStorage.getItem("plumbline-theme");
  const dark = kept === "dark" || (kept !== "light" && matchMedia("(prefers-color-scheme: dark)").matches);
  document.documentElement.setAttribute("data-mantine-color-scheme", dark ? "dark" : "light");
})();
