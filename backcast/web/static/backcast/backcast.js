/* Small comforts. Every page works without them. */
(() => {
  "use strict";

  const focusSummary = (root) => {
    const summary = root.querySelector("[data-error-summary]");
    if (summary) summary.focus();
  };

  // A link in the error summary puts the cursor in the field.
  document.addEventListener("click", (event) => {
    const link = event.target.closest("[data-error-summary] a[href^='#']");
    if (!link) return;
    const field = document.getElementById(link.hash.slice(1));
    if (!field) return;
    event.preventDefault();
    field.focus();
    field.scrollIntoView({ block: "center" });
  });

  // An open menu closes by Escape, and by a click elsewhere.
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape") {
      document.querySelectorAll("details.bc-menu[open]").forEach((menu) => {
        menu.open = false;
        menu.querySelector("summary").focus();
      });
    }
    // "/" goes to the search of a list.
    const typing = event.target.closest("input, textarea, select, [contenteditable]");
    if (event.key === "/" && !typing && !event.ctrlKey && !event.metaKey && !event.altKey) {
      const search = document.querySelector("[data-list-search]");
      if (search) {
        event.preventDefault();
        search.focus();
      }
    }
  });
  document.addEventListener("click", (event) => {
    document.querySelectorAll("details.bc-menu[open]").forEach((menu) => {
      if (!menu.contains(event.target)) menu.open = false;
    });
  });

  // A form is sent once, however often its button is pressed.
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (form.method !== "post" || form.hasAttribute("hx-post")) return;
    if (form.dataset.sent) event.preventDefault();
    form.dataset.sent = "1";
    setTimeout(() => delete form.dataset.sent, 5000);
  });
  window.addEventListener("pageshow", () => {
    document.querySelectorAll("form[data-sent]").forEach((form) => delete form.dataset.sent);
  });

  // On a phone the thread starts where one is.
  const showHere = () => {
    document.querySelectorAll(".bc-thread").forEach((thread) => {
      const here = thread.querySelector("[aria-current]");
      if (here) thread.scrollLeft = here.offsetLeft - thread.clientWidth / 3;
    });
  };

  // A long list of boxes scrolls, is searched by words, and tells how many are ticked.
  const plain = (text) => text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();
  const searchable = (list, n) => {
    const rows = [...list.querySelectorAll(".usa-checkbox")].map((row) => [row, plain(row.textContent)]);
    const tools = document.createElement("div");
    const label = document.createElement("label");
    const field = document.createElement("input");
    const told = document.createElement("p");
    Object.assign(label, { className: "usa-label", htmlFor: `find-${n}`, textContent: list.dataset.find });
    Object.assign(field, { className: "usa-input", type: "search", id: `find-${n}`, autocomplete: "off" });
    Object.assign(told, { className: "bc-quiet bc-small" });
    told.setAttribute("role", "status");
    const count = () => {
      told.textContent = `${list.dataset.ticked} ${list.querySelectorAll("input:checked").length} / ${rows.length}`;
    };
    field.addEventListener("input", () => {
      const words = plain(field.value).split(/\s+/);
      rows.forEach(([row, text]) => {
        row.hidden = !words.every((word) => text.includes(word));
      });
    });
    // Enter looks for something; it does not send the form.
    field.addEventListener("keydown", (event) => {
      if (event.key === "Enter") event.preventDefault();
    });
    list.addEventListener("change", count);
    rows.filter(([row]) => row.querySelector("input:checked")).reverse().forEach(([row]) => list.prepend(row));
    count();
    tools.append(label, field, told);
    list.before(tools);
  };

  document.addEventListener("DOMContentLoaded", () => {
    focusSummary(document);
    showHere();
    document.querySelectorAll("[data-long-list]").forEach(searchable);
  });
  document.addEventListener("htmx:afterSettle", (event) => focusSummary(event.target));
  // What failed on the way is said where people look for messages.
  const say = () => {
    const place = document.getElementById("messages");
    const text = document.body.dataset.troubleText;
    if (place && text && !place.querySelector("[data-trouble]")) {
      place.insertAdjacentHTML("beforeend", '<div class="usa-alert usa-alert--slim usa-alert--error" data-trouble><div class="usa-alert__body"><p class="usa-alert__text"></p></div></div>');
      place.querySelector("[data-trouble] p").textContent = text;
    }
  };
  document.addEventListener("htmx:responseError", say);
  document.addEventListener("htmx:sendError", say);
  document.addEventListener("htmx:afterRequest", (event) => {
    if (event.detail.successful) document.querySelectorAll("[data-trouble]").forEach((old) => old.remove());
  });
})();
