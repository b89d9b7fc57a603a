// The token that every POST of ours carries; the page has it where htmx finds it too.

/** @returns {string} */
export function csrfToken() {
  return JSON.parse(document.body.getAttribute("hx-headers"))["X-CSRFToken"];
}
