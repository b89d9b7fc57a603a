// While somebody signs up: suggest a free handle out of the e-mail address, and say at once whether
// the handle can be had. Without script the form itself does both when it is sent.

const handle = document.querySelector("input[data-check-handle]");
const email = document.querySelector("input[type=email]");
if (handle) start();

function start() {
  const answer = document.createElement("p");
  answer.className = "field__help";
  answer.setAttribute("role", "status");
  handle.insertAdjacentElement("afterend", answer);

  let suggested = handle.value;
  email?.addEventListener("change", async () => {
    if (handle.value && handle.value !== suggested) return;
    if (!email.checkValidity()) return;
    const found = await ask({ email: email.value });
    if (!found || (handle.value && handle.value !== suggested)) return;
    if (document.activeElement === handle) return; // It is being typed.
    handle.value = suggested = found.handle;
    answer.textContent = found.text;
  });

  let question = 0;
  handle.addEventListener("input", () => {
    const mine = ++question;
    setTimeout(async () => {
      if (mine !== question) return;
      const found = handle.value && (await ask({ handle: handle.value }));
      if (mine === question) answer.textContent = found ? found.text : "";
    }, 300);
  });
}

async function ask(about) {
  const url = `${handle.dataset.checkHandle}?${new URLSearchParams(about)}`;
  try {
    const answer = await fetch(url, { headers: { Accept: "application/json" } });
    return answer.ok ? await answer.json() : null;
  } catch {
    return null;
  }
}
