// What a person gave in a room, fetched once when the stream ends.

export async function showGiven(host) {
  if (!host || host.childElementCount || "asked" in host.dataset) return;
  host.dataset.asked = "";
  try {
    const answer = await fetch(host.dataset.url, { headers: { "X-Part": "given" } });
    if (!answer.ok) return;
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    host.replaceChildren(...page.body.childNodes);
  } catch {
    // The page has it when it is loaded again.
  }
}
