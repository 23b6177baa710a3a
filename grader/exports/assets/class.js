"use strict";
(() => {
  const section = document.querySelector("#students");
  const bar = section.querySelector(".filters");
  const body = section.querySelector("tbody");
  const search = bar.querySelector("input");
  const said = bar.querySelector("output");
  const pager = section.querySelector(".pager");
  const data = document.querySelector("#rows");
  const kinds = [...section.querySelectorAll("thead th")].map((head) => head.className);

  const make = ([cells, states]) => ({
    text: cells.join(" ").toLowerCase(),
    states,
    row() {
      const row = document.createElement("tr");
      cells.forEach((cell, index) => {
        const made = document.createElement(index ? "td" : "th");
        if (index) made.className = kinds[index]; else made.scope = "row";
        made.textContent = cell;
        row.append(made);
      });
      return row;
    },
  });
  const all = data
    ? JSON.parse(data.textContent).map(make)
    : [...body.rows].map((row) => ({ text: row.textContent.toLowerCase(), states: row.dataset.states.split(" "), row: () => row }));
  const size = data ? 100 : all.length || 1;
  let show = "all";
  let page = 0;
  let found = all;

  const draw = () => {
    const pages = Math.max(1, Math.ceil(found.length / size));
    page = Math.min(Math.max(page, 0), pages - 1);
    body.replaceChildren(...found.slice(page * size, (page + 1) * size).map((one) => one.row()));
    pager.hidden = pages === 1;
    pager.querySelector("output").textContent = `Page ${page + 1} of ${pages}`;
    for (const button of pager.querySelectorAll("button")) {
      const next = page + Number(button.dataset.step);
      button.disabled = next < 0 || next >= pages;
    }
  };
  const filter = () => {
    const words = search.value.trim().toLowerCase();
    found = all.filter((one) => (show === "all" || one.states.includes(show)) && one.text.includes(words));
    page = 0;
    said.textContent = found.length === all.length ? "" : `${found.length} of ${all.length} students`;
    draw();
  };
  for (const button of bar.querySelectorAll("[data-show]")) {
    button.addEventListener("click", () => {
      show = button.dataset.show;
      for (const other of bar.querySelectorAll("[data-show]")) other.setAttribute("aria-pressed", String(other === button));
      filter();
    });
  }
  for (const button of pager.querySelectorAll("button")) {
    button.addEventListener("click", () => { page += Number(button.dataset.step); draw(); });
  }
  search.addEventListener("input", filter);
  bar.hidden = false;
  draw();

  const theme = bar.querySelector("[data-theme]");
  const dark = matchMedia("(prefers-color-scheme: dark)");
  const isDark = () => (document.documentElement.dataset.theme ?? (dark.matches ? "dark" : "light")) === "dark";
  const tell = () => theme.setAttribute("aria-pressed", String(isDark()));
  theme.addEventListener("click", () => { document.documentElement.dataset.theme = isDark() ? "light" : "dark"; tell(); });
  dark.addEventListener("change", tell);
  tell();
})();
