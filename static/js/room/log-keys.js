// The list of what was said, by keys: arrows go from person to person, Enter opens one (it is a button),
// R reports what was said, Delete takes a line away where there are such buttons, P pauses.

const STEPS = { ArrowUp: -1, ArrowDown: 1 };

export class LogKeys {
  #list;

  constructor(list, { pause }) {
    this.#list = list;
    list.addEventListener("keydown", (event) => {
      if (event.ctrlKey || event.metaKey || event.altKey) return;
      if (event.key in STEPS) this.#go(STEPS[event.key]);
      else if (event.key.toLowerCase() === "p") pause();
      else if (event.key === "Delete") this.#press("[data-hide]");
      else if (event.key.toLowerCase() === "r") this.#press("[data-report]");
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

  /** Of several messages in one line the latest. */
  #press(button) {
    [...(document.activeElement.closest(".chat__line")?.querySelectorAll(button) ?? [])].at(-1)?.click();
  }
}
