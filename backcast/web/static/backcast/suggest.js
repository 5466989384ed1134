/* Keys for a list of suggestions: arrows (or J and K) move, A adds, R rejects, U takes it back. */
(() => {
  "use strict";

  const list = document.querySelector("[data-suggest]");
  if (!list) return;
  const rows = [...list.querySelectorAll("[data-one]")];
  const radio = (row, value) => row.querySelector(`input[type=radio][value="${value}"]`);
  const count = document.querySelector("[data-suggest-count]");

  const tell = () => {
    if (!count) return;
    const chosen = (value) => rows.filter((row) => radio(row, value).checked).length;
    const yes = chosen("yes");
    const no = chosen("no");
    count.textContent = yes || no ? count.dataset.text.replace("{yes}", yes).replace("{no}", no) : "";
  };
  const go = (row) => {
    if (!row) return;
    row.querySelector("input[type=radio]:checked").focus({ preventScroll: true });
    row.scrollIntoView({ block: "nearest" });
  };
  const decide = (row, value) => {
    radio(row, value).checked = true;
    tell();
    go(value === "" ? row : rows[rows.indexOf(row) + 1] || row);
  };

  list.addEventListener("change", tell);
  list.addEventListener("keydown", (event) => {
    const row = event.target.closest("[data-one]");
    if (!row || event.ctrlKey || event.metaKey || event.altKey) return;
    const act = {
      ArrowDown: () => go(rows[rows.indexOf(row) + 1]),
      ArrowUp: () => go(rows[rows.indexOf(row) - 1]),
      j: () => go(rows[rows.indexOf(row) + 1]),
      k: () => go(rows[rows.indexOf(row) - 1]),
      a: () => decide(row, "yes"),
      r: () => decide(row, "no"),
      u: () => decide(row, ""),
    }[event.key.length === 1 ? event.key.toLowerCase() : event.key];
    if (!act) return;
    event.preventDefault();
    act();
  });
  go(rows[0]);
  tell();
})();
