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

  for (const figure of document.querySelectorAll(".plot")) {
    const places = figure.dataset.places.split(" ").map(Number);
    const rows = [...figure.querySelectorAll("tbody tr")];
    const svg = figure.querySelector("svg");
    const cursor = svg.querySelector(".cursor");
    const reader = figure.querySelector(".reader");
    const range = reader.querySelector("input");
    const read = () => {
      const at = Number(range.value);
      const [index, right, mine] = [...rows[at].children].map((cell) => cell.textContent);
      reader.querySelector("output").textContent = `index ${index}: yours ${mine}, expected ${right}`;
      cursor.setAttribute("x1", places[at]);
      cursor.setAttribute("x2", places[at]);
      cursor.removeAttribute("hidden");
      range.setAttribute("aria-valuetext", reader.querySelector("output").textContent);
    };
    reader.hidden = false;
    range.addEventListener("input", read);
    svg.addEventListener("pointermove", (event) => {
      const box = svg.getBoundingClientRect();
      const x = ((event.clientX - box.left) / box.width) * 640;
      let best = 0;
      places.forEach((place, at) => { if (Math.abs(place - x) < Math.abs(places[best] - x)) best = at; });
      range.value = String(best);
      read();
    });
    read();
  }

  let opened = [];
  addEventListener("beforeprint", () => { opened = all.filter((one) => !one.open); opened.forEach((one) => { one.open = true; }); });
  addEventListener("afterprint", () => opened.forEach((one) => { one.open = false; }));
})();
