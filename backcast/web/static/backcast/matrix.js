/* The matrix by keyboard: arrows move, I, P and A toggle, a digit is the level, Delete empties.
   Each change is sent at once, one after the other; the answer is the cell as it is kept. */
(() => {
  "use strict";

  const table = document.querySelector("table[data-matrix]");
  if (!table) return;
  const url = table.dataset.matrix;
  const body = table.tBodies[0];
  const bar = document.getElementById("cellbar");
  const part = (name) => bar.querySelector(`[data-bar-${name}]`);
  const words = JSON.parse(bar.dataset.words);
  const heads = [...table.tHead.rows[0].cells];
  let at = [0, 1];
  let queue = Promise.resolve();
  let refusal = false;
  const waiting = new Map();

  const cellAt = ([row, column]) => body.rows[row].cells[column];
  const read = (cell) => {
    const level = cell.querySelector("i");
    return { letters: cell.firstChild && cell.firstChild.nodeType === 3 ? cell.firstChild.data.trim() : "", level: level ? level.textContent : "" };
  };
  const draw = (cell, { letters, level }) => {
    cell.replaceChildren();
    cell.className = letters.slice(-1);
    if (!letters) return;
    cell.append(letters);
    if (level !== "") {
      const italic = document.createElement("i");
      italic.textContent = level;
      cell.append(" ", italic);
    }
  };
  const told = ({ letters, level }) => {
    if (!letters) return bar.dataset.none;
    const said = [...letters].map((letter) => words[letter]);
    if (level !== "") said.push(`${bar.dataset.level} ${level}`);
    return said.join(", ");
  };
  const say = (text, bad = false) => {
    const status = part("status");
    status.textContent = text;
    status.classList.toggle("bc-cellbar__status--bad", bad);
  };

  const show = () => {
    const row = body.rows[at[0]];
    const now = read(cellAt(at));
    bar.hidden = false;
    part("row").textContent = nameOf(row);
    part("column").textContent = heads[at[1]].title;
    part("said").textContent = row.dataset.said;
    bar.querySelectorAll("[data-letter]").forEach((button) => button.setAttribute("aria-pressed", String(now.letters.includes(button.dataset.letter))));
    if (part("level")) {
      part("level").value = now.level;
      part("level").min = row.dataset.low;
      part("level").max = row.dataset.high;
      part("range").textContent = `${row.dataset.low}–${row.dataset.high}`;
    }
  };
  const nameOf = (row) => [...row.cells[0].childNodes].filter((node) => node.nodeType === 3).map((node) => node.data).join("").trim();

  const go = (row, column, focus = true) => {
    const old = cellAt(at);
    old.removeAttribute("tabindex");
    at = [Math.max(0, Math.min(body.rows.length - 1, row)), Math.max(1, Math.min(heads.length - 1, column))];
    const cell = cellAt(at);
    cell.tabIndex = 0;
    if (focus) {
      cell.focus({ preventScroll: true });
      cell.scrollIntoView({ block: "nearest", inline: "nearest" });
    }
    show();
    say(told(read(cell)));
  };

  const send = (row, column, value) => {
    const line = body.rows[row];
    draw(cellAt([row, column]), value);
    if (at[0] === row && at[1] === column) show();
    say(bar.dataset.saving);
    const key = `${row} ${column}`;
    waiting.set(key, (waiting.get(key) || 0) + 1);
    queue = queue.then(async () => {
      const cell = cellAt([row, column]);
      const values = { module: heads[column].dataset.module, competency: line.dataset.competency, words: line.dataset.words, modes: value.letters, level: value.level, profile: table.dataset.profile };
      await window.htmx.ajax("POST", url, { source: cell, target: cell, swap: "none", values });
    }).catch(() => {}).then(() => {
      const left = waiting.get(key) - 1;
      if (left) waiting.set(key, left);
      else waiting.delete(key);
      if (!waiting.size && !refusal) say(`${bar.dataset.saved}: ${told(read(cellAt(at)))}`);
    });
  };

  const change = (make) => {
    const now = read(cellAt(at));
    send(at[0], at[1], make(now));
  };
  const toggle = (letter) => change(({ letters, level }) => {
    const has = letters.includes(letter);
    const kept = [..."IPA"].filter((one) => (one === letter ? !has : letters.includes(one))).join("");
    return { letters: kept, level: kept ? level : "" };
  });

  document.body.addEventListener("matrix-saved", (event) => {
    const { refused, state, said, summary, modes, level } = event.detail;
    const cell = event.target;
    const row = cell.parentElement;
    // What was typed meanwhile is sent next and answers for the cell.
    if ((waiting.get(`${row.sectionRowIndex} ${cell.cellIndex}`) || 0) < 2) {
      draw(cell, { letters: modes, level });
      if (cell === cellAt(at)) show();
    }
    const head = row.cells[0];
    head.className = state || "";
    head.querySelector(".bc-matrix__mark").textContent = { gap: "▲", covered: "✓" }[state] || "";
    head.querySelector(".usa-sr-only").textContent = said ? ` (${said})` : "";
    row.dataset.said = said || "";
    const line = document.getElementById("matrix-summary");
    if (line && summary) line.textContent = summary;
    refusal = Boolean(refused);
    if (refused) say(refused, true);
  });

  table.addEventListener("click", (event) => {
    const cell = event.target.closest("td");
    if (cell) go(cell.parentElement.sectionRowIndex, cell.cellIndex);
  });
  table.addEventListener("focusin", (event) => {
    if (event.target.matches("td")) {
      const there = [event.target.parentElement.sectionRowIndex, event.target.cellIndex];
      if (bar.hidden || there[0] !== at[0] || there[1] !== at[1]) go(...there, false);
    }
  });
  table.addEventListener("keydown", (event) => {
    if (!event.target.matches("td") || event.metaKey || event.altKey) return;
    const [row, column] = at;
    const page = 10;
    const moves = {
      ArrowUp: [row - 1, column], ArrowDown: [row + 1, column], ArrowLeft: [row, column - 1], ArrowRight: [row, column + 1],
      Home: event.ctrlKey ? [0, 1] : [row, 1], End: event.ctrlKey ? [Infinity, Infinity] : [row, Infinity],
      PageUp: [row - page, column], PageDown: [row + page, column],
    };
    if (moves[event.key]) go(...moves[event.key]);
    else if (!url || event.ctrlKey) return;
    else if (/^[ipa]$/i.test(event.key)) toggle(event.key.toUpperCase());
    else if (/^\d$/.test(event.key)) change(({ letters }) => (letters ? { letters, level: event.key } : { letters, level: "" }));
    else if (event.key === "Delete" || event.key === "Backspace") change(() => ({ letters: "", level: "" }));
    else return;
    event.preventDefault();
  });
  bar.addEventListener("click", (event) => {
    const button = event.target.closest("[data-letter]");
    if (button) toggle(button.dataset.letter);
  });
  if (part("level")) {
    part("level").addEventListener("change", (event) => change(({ letters }) => ({ letters, level: letters ? event.target.value : "" })));
  }
})();
