/* Passkeys: buttons show only where the browser knows them; what fails is said on the page. */
(() => {
  "use strict";

  const text = document.currentScript.dataset.trouble;
  // Browsers keep passkeys for names, not for bare network addresses.
  const named = !/^[\d.]+$|:/.test(location.hostname);
  if (window.PublicKeyCredential && named) {
    document.querySelectorAll("[data-passkey]").forEach((button) => { button.hidden = false; });
  } else {
    document.querySelectorAll("[data-no-passkey]").forEach((note) => { note.hidden = false; });
  }
  document.addEventListener("allauth.error", (event) => {
    event.preventDefault();
    const place = document.getElementById("messages");
    place.innerHTML = '<div class="usa-alert usa-alert--slim usa-alert--warning"><div class="usa-alert__body"><p class="usa-alert__text"></p></div></div>';
    place.querySelector("p").textContent = text;
    place.scrollIntoView({ block: "center" });
  });
})();
