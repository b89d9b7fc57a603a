// The forms of the console, sent without leaving it: the goal and the switches of the room.
import { csrfToken } from "base/csrf";
import { showToast } from "base/toasts";

export function watchForms(root, { words }) {
  root.addEventListener("submit", async (event) => {
    const form = event.target.closest("form[data-save], form[data-switch]");
    if (!form) return;
    event.preventDefault();
    const what = event.submitter?.value;
    const saved = await send(form, event.submitter, words);
    if (!saved || !("save" in form.dataset)) return;
    if (what === "set") form.reset();
    showToast(words.say(what === "remove" ? "removed" : "saved"), "success");
  });
}

async function send(form, submitter, words) {
  try {
    const headers = { "X-CSRFToken": csrfToken(), "X-Part": "saved" };
    const answer = await fetch(form.action, { method: "POST", body: new FormData(form, submitter), headers });
    const { refusal } = await answer.json();
    if (refusal) showToast(refusal.sentence, "error");
    return !refusal;
  } catch {
    showToast(words.say("not_now"), "error");
    return false;
  }
}

/** The switches as the room has them now, whoever switched. */
export function showSwitches(root, rules) {
  for (const form of root.querySelectorAll("form[data-switch]")) {
    const isOn = rules[form.dataset.switch];
    if (isOn === undefined) continue;
    const button = form.querySelector("button");
    button.setAttribute("aria-pressed", String(isOn));
    button.value = isOn ? "0" : "1";
    button.textContent = isOn ? button.dataset.on : button.dataset.off;
  }
}

/** On a phone one part is shown at a time; the buttons stand where the thumb is. */
export function watchTabs(root) {
  const tabs = [...root.querySelectorAll("[data-panel]")];
  const open = (name) => {
    root.dataset.open = name;
    for (const tab of tabs) tab.setAttribute("aria-pressed", String(tab.dataset.panel === name));
  };
  for (const tab of tabs) tab.addEventListener("click", () => open(tab.dataset.panel));
  open("gifts");
}
