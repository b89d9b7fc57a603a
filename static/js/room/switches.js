// Calm mode and sound. What a person chose here is kept for this browser.

export class Switches {
  constructor(switches) {
    for (const [name, { button, isOn, changed }] of Object.entries(switches)) {
      watch({ name, button, isOn: remembered(name) ?? isOn, changed, wasOn: isOn });
    }
  }
}

function watch({ name, button, isOn, changed, wasOn }) {
  let current = isOn;
  const show = () => button.setAttribute("aria-pressed", String(current));
  show();
  if (current !== wasOn || current) changed(current);
  button.addEventListener("click", () => {
    current = !current;
    show();
    remember(name, current);
    changed(current);
  });
}

function remembered(name) {
  try {
    const value = localStorage.getItem(`room-${name}`);
    return value === null ? null : value === "on";
  } catch {
    return null;
  }
}

function remember(name, isOn) {
  try {
    localStorage.setItem(`room-${name}`, isOn ? "on" : "off");
  } catch {
    // A browser that keeps nothing forgets it with the page.
  }
}
