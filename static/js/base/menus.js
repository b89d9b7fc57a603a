// A menu is a <details data-menu>; here it also closes on Esc and when focus or a click leaves it.
// In a strip of links that scrolls (data-strip), the one that is open is brought into sight.

export function watchMenus() {
  for (const here of document.querySelectorAll("[data-strip] [aria-current='page']")) {
    here.scrollIntoView({ behavior: "instant", block: "nearest", inline: "center" });
  }
  document.addEventListener("click", (event) => closeOthers(event.target));
  document.addEventListener("focusin", (event) => closeOthers(event.target));
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    const menu = event.target.closest?.("[data-menu][open]");
    if (!menu) return;
    menu.open = false;
    menu.querySelector("summary").focus();
  });
}

function closeOthers(target) {
  for (const menu of document.querySelectorAll("[data-menu][open]")) {
    if (!menu.contains(target)) menu.open = false;
  }
}
