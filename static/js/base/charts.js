// In a chart the arrow keys go from column to column; Tab goes past it.

const STEPS = { ArrowLeft: -1, ArrowRight: 1, Home: -Infinity, End: Infinity };

export function watchCharts() {
  document.addEventListener("keydown", (event) => {
    const column = event.target.closest?.("[data-chart-column]");
    if (!column || !(event.key in STEPS)) return;
    event.preventDefault();
    const columns = [...column.parentElement.querySelectorAll("[data-chart-column]")];
    const place = columns.indexOf(column) + STEPS[event.key];
    const next = columns[Math.min(Math.max(place, 0), columns.length - 1)];
    column.setAttribute("tabindex", "-1");
    next.setAttribute("tabindex", "0");
    next.focus();
  });
}
