// Native dialogs. data-dialog-open="id" opens, data-dialog-close closes, a click outside closes
// unless the dialog has data-dialog-firm. The opener may stay a link for pages without script.

export function watchDialogs() {
  document.addEventListener("click", (event) => {
    const opener = event.target.closest("[data-dialog-open]");
    if (opener) {
      const dialog = document.getElementById(opener.dataset.dialogOpen);
      if (!dialog) return;
      event.preventDefault();
      openDialog(dialog);
      return;
    }
    if (event.target.closest("[data-dialog-close]")) {
      event.target.closest("dialog").close();
      return;
    }
    if (event.target.matches("dialog[open]:not([data-dialog-firm])") && isOutside(event)) {
      event.target.close();
    }
  });
}

/** Opens a dialog over the page; the browser keeps focus inside and gives it back at the end. */
export function openDialog(dialog) {
  if (!dialog.open) dialog.showModal();
}

function isOutside(event) {
  const box = event.target.getBoundingClientRect();
  const { clientX: x, clientY: y } = event;
  return x < box.left || x > box.right || y < box.top || y > box.bottom;
}
