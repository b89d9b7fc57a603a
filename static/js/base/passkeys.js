// Passkeys and security keys, with the browser's own WebAuthn and its JSON forms.
//
// A form with data-passkey="create" or "get" holds an <input data-passkey-credential>; its options
// are in the JSON script named by data-passkey-options, or at the address data-passkey-from. With
// data-passkey-passwordless="id" a checkbox says whether the key alone is enough to sign in.
import { showToast } from "base/toasts";

export function watchPasskeys() {
  for (const form of document.querySelectorAll("form[data-passkey]")) {
    form.addEventListener("submit", (event) => {
      if (form.querySelector("[data-passkey-credential]").value) return;
      event.preventDefault();
      event.stopPropagation();
      ask(form);
    });
  }
}

async function ask(form) {
  const field = form.querySelector("[data-passkey-credential]");
  if (!window.PublicKeyCredential?.parseRequestOptionsFromJSON) {
    showToast(form.dataset.passkeyUnsupported, "error");
    return;
  }
  try {
    const options = await readOptions(form);
    const credential =
      form.dataset.passkey === "create" ? await create(form, options) : await get(options);
    field.value = JSON.stringify(credential.toJSON());
    form.submit();
  } catch (problem) {
    showToast(`${form.dataset.passkeyFailed} (${problem.name})`, "error");
  }
}

async function readOptions(form) {
  const { passkeyFrom, passkeyOptions } = form.dataset;
  if (!passkeyFrom) return JSON.parse(document.getElementById(passkeyOptions).textContent);
  const answer = await fetch(passkeyFrom, { headers: { Accept: "application/json" } });
  if (!answer.ok) throw new Error(String(answer.status));
  return answer.json();
}

function create(form, options) {
  const publicKey = options.creation_options.publicKey;
  const passwordless = document.getElementById(form.dataset.passkeyPasswordless);
  if (passwordless) {
    const alone = passwordless.checked;
    publicKey.authenticatorSelection = {
      ...publicKey.authenticatorSelection,
      residentKey: alone ? "required" : "discouraged",
      requireResidentKey: alone,
      ...(alone && { userVerification: "required" }),
    };
  }
  return navigator.credentials.create({
    publicKey: PublicKeyCredential.parseCreationOptionsFromJSON(publicKey),
  });
}

function get(options) {
  return navigator.credentials.get({
    publicKey: PublicKeyCredential.parseRequestOptionsFromJSON(options.request_options.publicKey),
  });
}
