/* The timeline of a plan: move a cohort by drag or by arrows, pin it with P, refuse it with X.
   Nothing is sent from here: the form below is filled in, and waits for a reason. */
(() => {
  "use strict";

  const table = document.querySelector("table[data-lanes]");
  const form = document.getElementById("pin-form");
  if (!table || !form) return;
  const months = table.dataset.lanes.split(";").map((each) => each.split("|"));
  const status = document.querySelector("[data-lanes-said]");
  const field = (name) => form.elements.namedItem(name);
  let at = null; // the block being moved: {block, by}

  const indexOf = (block) => months.findIndex(([value]) => value === block.dataset.month);
  const width = (block) => block.parentElement.getBoundingClientRect().width / block.parentElement.colSpan;

  const show = () => {
    const { block, by } = at;
    const month = months[indexOf(block) + by];
    block.style.transform = by ? `translateX(${by * width(block)}px)` : "";
    block.classList.toggle("plan-block--moved", by !== 0);
    status.textContent = month[1];
  };
  const begin = (block) => {
    if (at && at.block !== block) reset();
    if (!at) at = { block, by: 0 };
  };
  const reset = () => {
    if (!at) return;
    at.by = 0;
    show();
    status.textContent = "";
    at = null;
  };
  // Where the block may stand: the months in which its program may start, and where it is.
  const places = (block) => {
    const can = new Set(block.dataset.can.split(" "));
    return months.map((_, i) => i).filter((i) => can.has(months[i][0]) || i === indexOf(block));
  };
  const step = (way) => {
    const from = indexOf(at.block);
    const here = from + at.by;
    const ahead = places(at.block).filter((i) => (i - here) * way > 0);
    if (!ahead.length) {
      status.textContent = status.dataset.none;
      return;
    }
    at.by = (way > 0 ? ahead[0] : ahead[ahead.length - 1]) - from;
    show();
  };
  const near = (by) => {
    const from = indexOf(at.block);
    const away = (i) => Math.abs(i - from - by);
    at.by = places(at.block).reduce((best, i) => (away(i) < away(best) ? i : best), from) - from;
    show();
  };

  const fill = (block, by, kind) => {
    const from = indexOf(block);
    field("program").value = block.dataset.program;
    field("kind").value = kind;
    field("month").value = months[from + by][0];
    field("cohorts").value = kind === "pin" ? block.dataset.cohorts : "";
    field("size").value = "";
    field("instead_of").value = kind === "pin" && by ? block.dataset.month : "";
    const why = field("why");
    why.scrollIntoView({ block: "center" });
    why.focus();
  };

  table.addEventListener("keydown", (event) => {
    const block = event.target.closest("button.plan-block");
    if (!block || event.ctrlKey || event.metaKey || event.altKey) return;
    const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
    if (!["ArrowLeft", "ArrowRight", "Escape", "p", "x", "Enter"].includes(key)) return;
    event.preventDefault();
    if (key === "Escape") return reset();
    begin(block);
    if (key === "ArrowLeft") step(-1);
    else if (key === "ArrowRight") step(1);
    else fill(block, key === "x" ? 0 : at.by, key === "x" ? "forbid" : "pin");
  });

  let held = null;
  table.addEventListener("pointerdown", (event) => {
    const block = event.target.closest("button.plan-block");
    if (!block || event.button) return;
    begin(block);
    held = { x: event.clientX, by: at.by, moved: false };
    block.setPointerCapture(event.pointerId);
  });
  table.addEventListener("pointermove", (event) => {
    if (!held) return;
    const by = held.by + Math.round((event.clientX - held.x) / width(at.block));
    if (by !== at.by) {
      held.moved = true;
      near(by);
    }
  });
  table.addEventListener("pointerup", () => {
    if (held && held.moved && at) fill(at.block, at.by, "pin");
    held = null;
  });
  table.addEventListener("pointercancel", () => {
    held = null;
    reset();
  });
})();
