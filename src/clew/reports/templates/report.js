"use strict";
// Only comfort: without it the page says the same. Sorting, filtering, and definitions beside their figure.
for (const wrapper of document.querySelectorAll(".tabled")) {
  const body = wrapper.querySelector("tbody");
  const rows = [...body.rows];
  if (rows.length > 2) wrapper.querySelectorAll("thead th").forEach((head, place) => sortable(head, place, body));
  if ("filter" in wrapper.dataset && rows.length > 5) filterable(wrapper, rows);
}
function sortable(head, place, body) {
  const words = head.querySelector(".head");
  const button = document.createElement("button");
  button.type = "button";
  button.className = "sort";
  button.append(...words.childNodes);
  words.append(button);
  button.addEventListener("click", () => {
    const up = head.getAttribute("aria-sort") !== "ascending";
    for (const other of head.parentNode.cells) other.removeAttribute("aria-sort");
    head.setAttribute("aria-sort", up ? "ascending" : "descending");
    const value = (row) => row.cells[place].dataset.sort;
    const number = head.classList.contains("num");
    const order = (a, b) => number ? (value(a) || -Infinity) - (value(b) || -Infinity) : value(a).localeCompare(value(b));
    body.append(...[...body.rows].sort((a, b) => up ? order(a, b) : order(b, a)));
  });
}
function filterable(wrapper, rows) {
  const label = document.createElement("label");
  label.className = "filter";
  const field = document.createElement("input");
  field.type = "search";
  const said = document.createElement("span");
  said.setAttribute("role", "status");
  said.className = "quiet";
  label.append("Filter ", field, " ", said);
  wrapper.prepend(label);
  field.addEventListener("input", () => {
    const wanted = field.value.toLocaleLowerCase();
    for (const row of rows) row.hidden = !row.textContent.toLocaleLowerCase().includes(wanted);
    said.textContent = wanted ? `${rows.filter((row) => !row.hidden).length} of ${rows.length}` : "";
  });
}
for (const button of document.querySelectorAll("button.what")) {
  const pop = document.getElementById(button.getAttribute("popovertarget"));
  button.addEventListener("click", () => {
    const at = button.getBoundingClientRect();
    pop.style.margin = "0";
    pop.style.left = `${Math.max(8, Math.min(at.left, innerWidth - 336))}px`;
    pop.style.top = `${Math.min(at.bottom + 8, innerHeight - 160)}px`;
  });
}
