// Changes the colours at once and keeps the choice in the cookie that the server reads.

const ONE_YEAR_SECONDS = 365 * 24 * 3600;

export function watchTheme() {
  for (const form of document.querySelectorAll("[data-theme-switch]")) {
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      chooseTheme(event.submitter.value);
    });
  }
}

function chooseTheme(theme) {
  const root = document.documentElement;
  const chosen = theme === "light" || theme === "dark";
  if (chosen) root.dataset.theme = theme;
  else delete root.dataset.theme;
  const age = chosen ? ONE_YEAR_SECONDS : 0;
  const secure = location.protocol === "https:" ? "; Secure" : "";
  document.cookie = `theme=${chosen ? theme : ""}; Max-Age=${age}; Path=/; SameSite=Lax${secure}`;
  for (const button of document.querySelectorAll("[data-theme-switch] button")) {
    button.setAttribute("aria-pressed", String(button.value === (chosen ? theme : "system")));
  }
}
