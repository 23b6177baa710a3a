"use strict";
(() => {
  const all = [...document.querySelectorAll(".exercise")];
  const bar = document.querySelector(".filters");
  const search = bar.querySelector("input");
  const said = bar.querySelector("output");
  let show = "all";
  const filter = () => {
    const words = search.value.trim().toLowerCase();
    let count = 0;
    for (const one of all) {
      const fits = (show === "all" || one.dataset.state === show) && one.textContent.toLowerCase().includes(words);
      one.hidden = !fits;
      count += fits;
    }
    for (const lesson of document.querySelectorAll(".lesson")) {
      lesson.hidden = ![...lesson.querySelectorAll(".exercise")].some((one) => !one.hidden);
    }
    said.textContent = show === "all" && !words ? "" : `${count} of ${all.length} exercises`;
  };
  bar.hidden = false;
  for (const button of bar.querySelectorAll("[data-show]")) {
    button.addEventListener("click", () => {
      show = button.dataset.show;
      for (const other of bar.querySelectorAll("[data-show]")) other.setAttribute("aria-pressed", String(other === button));
      filter();
    });
  }
  search.addEventListener("input", filter);

  const theme = bar.querySelector("[data-theme]");
  const dark = matchMedia("(prefers-color-scheme: dark)");
  const isDark = () => (document.documentElement.dataset.theme ?? (dark.matches ? "dark" : "light")) === "dark";
  const tell = () => theme.setAttribute("aria-pressed", String(isDark()));
  theme.addEventListener("click", () => { document.documentElement.dataset.theme = isDark() ? "light" : "dark"; tell(); });
  dark.addEventListener("change", tell);
  tell();

  const visit = () => {
    const wanted = document.getElementById(decodeURIComponent(location.hash.slice(1)));
    if (!wanted) return;
    if (wanted.hidden) bar.querySelector('[data-show="all"]').click();
    const box = wanted.closest("details");
    if (box) { box.open = true; box.querySelector("summary").focus({ preventScroll: true }); }
    wanted.scrollIntoView();
  };
  addEventListener("hashchange", visit);
  visit();
  for (const one of all) {
    one.addEventListener("toggle", () => { if (one.open && one.contains(document.activeElement)) history.replaceState(null, "", `#${one.id}`); });
  }

  // A place is `x` (a curve: the cursor is a line) or `x,y` (a path: the cursor is a ring).
  for (const figure of document.querySelectorAll(".plot")) {
    const places = figure.dataset.places.split(" ").map((place) => place.split(",").map(Number));
    const names = [...figure.querySelectorAll("thead th")].map((cell) => cell.textContent);
    const rows = [...figure.querySelectorAll("tbody tr")];
    const svg = figure.querySelector("svg");
    const cursor = svg.querySelector(".cursor");
    const reader = figure.querySelector(".reader");
    const range = reader.querySelector("input");
    const read = () => {
      const at = Number(range.value);
      const [first, ...others] = [...rows[at].children].map((cell, column) => `${names[column]} ${cell.textContent}`);
      reader.querySelector("output").textContent = `${first}: ${others.join("; ")}`;
      const [x, y] = places[at];
      for (const name of y === undefined ? ["x1", "x2"] : ["cx"]) cursor.setAttribute(name, x);
      if (y !== undefined) cursor.setAttribute("cy", y);
      cursor.removeAttribute("hidden");
      range.setAttribute("aria-valuetext", reader.querySelector("output").textContent);
    };
    reader.hidden = false;
    range.addEventListener("input", read);
    svg.addEventListener("pointermove", (event) => {
      const box = svg.getBoundingClientRect();
      const scale = svg.viewBox.baseVal.width / box.width;
      const x = (event.clientX - box.left) * scale;
      const y = (event.clientY - box.top) * scale;
      const away = ([px, py]) => Math.hypot(px - x, py === undefined ? 0 : py - y);
      range.value = String(places.reduce((best, place, at) => (away(place) < away(places[best]) ? at : best), 0));
      read();
    });
    read();
  }

  let opened = [];
  addEventListener("beforeprint", () => { opened = all.filter((one) => !one.open); opened.forEach((one) => { one.open = true; }); });
  addEventListener("afterprint", () => opened.forEach((one) => { one.open = false; }));
})();
