// The list of what was said, by keys: arrows go from person to person, Enter opens one (it is a button),
// Delete takes a line away where there is such a button, P pauses.

const STEPS = { ArrowUp: -1, ArrowDown: 1 };

export class LogKeys {
  #list;

  constructor(list, { pause }) {
    this.#list = list;
    list.addEventListener("keydown", (event) => {
      if (event.ctrlKey || event.metaKey || event.altKey) return;
      if (event.key in STEPS) this.#go(STEPS[event.key]);
      else if (event.key.toLowerCase() === "p") pause();
      else if (event.key === "Delete") this.#hide();
      else return;
      event.preventDefault();
    });
  }

  #go(step) {
    const people = [...this.#list.querySelectorAll("[data-person]:enabled")].filter((one) => one.offsetParent);
    const here = people.indexOf(document.activeElement);
    const next = here < 0 ? people.length - 1 : Math.min(Math.max(here + step, 0), people.length - 1);
    people[next]?.focus();
  }

  #hide() {
    document.activeElement.closest(".chat__line")?.querySelector("[data-hide]")?.click();
  }
}
