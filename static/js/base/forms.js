// Small comforts of forms: a form is sent once, passwords can be shown, codes can be copied.
import { showToast } from "base/toasts";

export function watchForms() {
  document.addEventListener("submit", sendOnce);
  // A page that comes back from the browser's cache may be sent again.
  addEventListener("pageshow", () => {
    for (const form of document.querySelectorAll("form[data-sent]")) release(form);
  });
  for (const box of document.querySelectorAll("[data-password]")) addToggle(box);
  document.addEventListener("click", copyText);
}

function sendOnce(event) {
  const form = event.target;
  if (event.defaultPrevented || form.method !== "post" || form.matches("[data-theme-switch]")) return;
  if ("sent" in form.dataset) {
    event.preventDefault();
    return;
  }
  form.dataset.sent = "";
  event.submitter?.setAttribute("aria-busy", "true");
}

function release(form) {
  delete form.dataset.sent;
  for (const button of form.querySelectorAll("[aria-busy]")) button.removeAttribute("aria-busy");
}

function addToggle(box) {
  const input = box.querySelector("input");
  const toggle = box.querySelector("[data-password-toggle]");
  toggle.hidden = false;
  toggle.addEventListener("click", () => {
    const shown = input.type === "password";
    input.type = shown ? "text" : "password";
    toggle.setAttribute("aria-pressed", String(shown));
  });
}

async function copyText(event) {
  const button = event.target.closest("[data-copy]");
  if (!button) return;
  const source = document.getElementById(button.dataset.copy);
  await navigator.clipboard.writeText(source.innerText.trim());
  showToast(button.dataset.copied, "success");
}
