/* The editor of a profile by keyboard, and printing. Everything works without it by buttons. */
(() => {
  "use strict";

  document.querySelectorAll("[data-print]").forEach((link) => {
    link.addEventListener("click", (event) => {
      event.preventDefault();
      window.print();
    });
  });

  // The field for a new line looks where its kind is kept; own words look nowhere.
  const name = document.getElementById("add-name");
  const aim = () => {
    const chosen = document.querySelector("#add input[name='kind']:checked");
    if (name && chosen) name.dataset.find = chosen.dataset.findAt;
  };
  document.querySelectorAll("#add input[name='kind']").forEach((kind) => {
    kind.addEventListener("change", aim);
  });
  aim();

  // "Accepted instead" opens the choice of what it stands in for.
  document.querySelectorAll("[data-line]").forEach((row) => {
    const more = row.querySelector("[data-instead]");
    const how = row.querySelector("select[name='necessity']");
    if (!more || !how) return;
    how.addEventListener("change", (event) => {
      more.hidden = how.value !== "accepted_instead";
      const other = more.querySelector("select");
      if (more.hidden) {
        other.value = "";
      } else if (!other.value) {
        event.stopPropagation();
        other.focus();
      }
    });
  });

  const rows = () => [...document.querySelectorAll("[data-line]")];
  const cell = (row, column) => row?.querySelector(`[data-column="${column}"] .bc-cell`);
  document.addEventListener("keydown", (event) => {
    const at = event.target;
    if (event.key === "/" && name && !/^(input|textarea)$/i.test(at.tagName)) {
      event.preventDefault();
      name.focus();
    } else if (event.key === "Enter" && at.matches(".bc-cell") && !event.altKey && !event.metaKey) {
      const column = at.closest("[data-column]").dataset.column;
      const all = rows();
      const step = event.shiftKey ? -1 : 1;
      let place = all.indexOf(at.closest("[data-line]")) + step;
      while (all[place] && !cell(all[place], column)) place += step;
      event.preventDefault();
      cell(all[place], column)?.focus();
    }
  });
})();
