/* Steppers and ranges of the form for needs. Everything can be typed without them. */
(() => {
  "use strict";
  document.documentElement.classList.add("bc-js");

  const whole = (field) => (/^\d+$/.test(field.value.trim()) ? Number(field.value) : null);

  // The same range as the server assumes where only the likely number is given.
  const usual = (likely) => [Math.floor(likely * 0.75), Math.ceil(likely * 1.25)];

  const refresh = (row) => {
    const [likely, low, high] = ["likely", "low", "high"].map((part) => row.querySelector(`[data-${part}]`));
    const number = whole(likely);
    row.classList.toggle("bc-quarter--empty", !number && !low.value && !high.value);
    const [least, most] = number === null ? ["", ""] : usual(number);
    low.placeholder = least;
    high.placeholder = most;
    const span = row.querySelector("[data-span]");
    const from = low.value || least;
    const to = high.value || most;
    span.textContent = number === null ? "" : span.dataset.span.replace("LOW", from).replace("HIGH", to);
  };

  document.querySelectorAll("[data-quarter]").forEach((row) => {
    row.querySelectorAll("[data-step]").forEach((button) => {
      button.hidden = false;
      button.addEventListener("click", () => {
        const field = row.querySelector("[data-likely]");
        field.value = Math.max(0, (whole(field) || 0) + Number(button.dataset.step));
        refresh(row);
      });
    });
    row.addEventListener("input", () => refresh(row));
    refresh(row);
  });

  // "Another place" opens the fields that ask for it.
  document.querySelectorAll("[data-with-site]").forEach((more) => {
    const choices = [...document.querySelectorAll("input[name='site']")];
    const show = () => {
      const wanted = choices.some((choice) => choice.checked && choice.value === more.dataset.withSite);
      more.hidden = !wanted;
      more.open = wanted;
    };
    choices.forEach((choice) => choice.addEventListener("change", show));
    show();
  });
})();
