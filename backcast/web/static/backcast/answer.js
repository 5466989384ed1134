/* Steppers of the questions. What changes is saved by htmx; without scripts there is a button. */
(() => {
  "use strict";
  document.documentElement.classList.add("bc-js");

  const whole = (field) => {
    const bare = field.value.replace(/[\s,.]/g, "");
    return /^\d+$/.test(bare) ? Number(bare) : null;
  };

  const start = (root) => {
    root.querySelectorAll("[data-stepper] [data-step]").forEach((button) => {
      if (!button.hidden) return;
      button.hidden = false;
      button.addEventListener("click", () => {
        const field = button.parentElement.querySelector("input");
        if (field.disabled) return;
        field.value = Math.max(0, (whole(field) || 0) + Number(button.dataset.step));
        // Taps that follow each other closely are saved once.
        field.dispatchEvent(new Event("input", { bubbles: true }));
      });
    });
  };

  document.addEventListener("htmx:afterSwap", (event) => {
    const place = event.target;
    if (!place.classList.contains("bc-status")) return start(place.parentElement || place);
    const box = place.closest(".bc-field");
    const wrong = Boolean(place.querySelector(".usa-error-message"));
    box.classList.toggle("bc-field--error", wrong || Boolean(place.querySelector(".bc-asked")));
    box.querySelectorAll("input:not([type=hidden]), textarea").forEach((field) => {
      if (wrong) field.setAttribute("aria-invalid", "true");
      else field.removeAttribute("aria-invalid");
    });
  });

  start(document);
})();
