// Messages in the corner. Good news leaves by itself, unless someone is reading it; errors stay.

const SHOWN_MS = 9000;
const ICONS = { info: "info", success: "check-circle", warning: "warning", error: "error" };

/**
 * Shows a message made from the page's own pattern.
 * @param {string} text plain text
 * @param {"info"|"success"|"warning"|"error"} level
 * @param {string|null} path where the text leads, on this site
 * @returns {HTMLElement} the toast
 */
export function showToast(text, level = "info", path = null) {
  const toast = document.getElementById("toast-pattern").content.firstElementChild.cloneNode(true);
  toast.classList.replace("toast--info", `toast--${level}`);
  const icon = toast.querySelector("use");
  icon.setAttribute("href", icon.getAttribute("href").replace(/#.*/, `#${ICONS[level]}`));
  toast.querySelector("[data-toast-text]").replaceChildren(path ? linkTo(path, text) : text);
  makeDismissible(toast);
  if (level !== "error") leaveUnlessRead(toast);
  document.getElementById("toasts").append(toast);
  return toast;
}

export function watchToasts() {
  for (const toast of document.querySelectorAll("#toasts [data-toast]")) makeDismissible(toast);
  document.addEventListener("htmx:sendError", () => showToast(connectionText(), "error"));
}

function linkTo(path, text) {
  const link = document.createElement("a");
  link.href = path;
  link.textContent = text;
  return link;
}

function makeDismissible(toast) {
  const close = toast.querySelector("[data-toast-close]");
  close.hidden = false;
  close.addEventListener("click", () => toast.remove());
}

function leaveUnlessRead(toast) {
  let timer = setTimeout(() => toast.remove(), SHOWN_MS);
  const hold = () => clearTimeout(timer);
  const release = () => {
    hold();
    timer = setTimeout(() => toast.remove(), SHOWN_MS);
  };
  toast.addEventListener("pointerenter", hold);
  toast.addEventListener("focusin", hold);
  toast.addEventListener("pointerleave", release);
  toast.addEventListener("focusout", release);
}

function connectionText() {
  return document.getElementById("toasts").dataset.offlineText;
}
