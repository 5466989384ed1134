/* Choosing while typing: a combo box over any text field that names where to look (data-find).
   Arrow keys move, Enter takes, Escape closes; what is chosen stands in the field as text. */
(() => {
  "use strict";

  const WAIT = 150;
  const SHORTEST = 2;
  let number = 0;

  const enhance = (input) => {
    if (input.dataset.findReady) return;
    input.dataset.findReady = "1";
    const list = document.createElement("ul");
    list.id = `find-${++number}`;
    list.className = "bc-find__list";
    list.setAttribute("role", "listbox");
    list.setAttribute("aria-label", input.labels.length ? input.labels[0].textContent.trim() : "");
    list.hidden = true;
    const frame = document.createElement("div");
    frame.className = "bc-find";
    input.replaceWith(frame);
    const status = document.createElement("div");
    status.className = "usa-sr-only";
    status.setAttribute("role", "status");
    frame.append(input, list, status);
    for (const [name, value] of Object.entries({
      role: "combobox", "aria-autocomplete": "list", "aria-expanded": "false", "aria-controls": list.id,
    })) input.setAttribute(name, value);

    let timer, asked, current = -1;
    const options = () => [...list.children];
    const close = () => {
      list.hidden = true;
      current = -1;
      input.setAttribute("aria-expanded", "false");
      input.removeAttribute("aria-activedescendant");
    };
    const mark = (place) => {
      const all = options();
      current = (place + all.length) % all.length;
      all.forEach((option, at) => option.setAttribute("aria-selected", String(at === current)));
      input.setAttribute("aria-activedescendant", all[current].id);
      all[current].scrollIntoView({ block: "nearest" });
    };
    const take = (option) => {
      input.value = option.dataset.value;
      close();
      input.dispatchEvent(new Event("change", { bubbles: true }));
    };
    const show = (found) => {
      list.replaceChildren(...found.map((each, at) => {
        const option = document.createElement("li");
        option.id = `${list.id}-${at}`;
        option.className = "bc-find__option";
        option.setAttribute("role", "option");
        option.setAttribute("aria-selected", "false");
        option.dataset.value = each.value;
        option.append(each.title);
        for (const [name, text] of [["code", each.code], ["hint", each.hint]]) {
          if (!text) continue;
          const part = document.createElement("span");
          part.className = `bc-find__${name}`;
          part.textContent = text;
          option.append(" ", part);
        }
        return option;
      }));
      current = -1;
      list.hidden = !found.length;
      input.setAttribute("aria-expanded", String(found.length > 0));
      status.textContent = String(found.length);
    };
    const look = async () => {
      const words = input.value.trim();
      asked?.abort();
      if (words.length < SHORTEST || !input.dataset.find) return close();
      asked = new AbortController();
      try {
        const answer = await fetch(`${input.dataset.find}?q=${encodeURIComponent(words)}`, {
          signal: asked.signal, headers: { Accept: "application/json" },
        });
        if (answer.ok && document.activeElement === input) show((await answer.json()).options);
      } catch (error) {
        if (error.name !== "AbortError") close();
      }
    };
    input.addEventListener("input", () => {
      clearTimeout(timer);
      timer = setTimeout(look, WAIT);
    });
    input.addEventListener("keydown", (event) => {
      if (event.key === "ArrowDown" || event.key === "ArrowUp") {
        event.preventDefault();
        if (list.hidden) look();
        else mark(event.key === "ArrowDown" ? current + 1 : (current < 0 ? 0 : current) - 1);
      } else if (event.key === "Enter" && !list.hidden && current >= 0) {
        event.preventDefault();
        take(options()[current]);
      } else if (event.key === "Escape" && !list.hidden) {
        event.preventDefault();
        close();
      }
    });
    // Pressing on an option must not take the cursor out of the field before it is chosen.
    list.addEventListener("mousedown", (event) => event.preventDefault());
    list.addEventListener("click", (event) => {
      const option = event.target.closest("[role=option]");
      if (option) take(option);
    });
    input.addEventListener("blur", close);
  };

  const start = (root) => root.querySelectorAll("input[data-find]").forEach(enhance);
  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", () => start(document));
  else start(document);
  document.addEventListener("htmx:afterSettle", (event) => start(event.target));
})();
