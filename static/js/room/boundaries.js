// What the creator asks of those who send gifts, said before anybody tries. The server judges it.

const AMOUNTS = { least: "least_coins", most: "most_coins", day: "viewer_coins_per_day" };

/** The sentences about a room's part `boundaries`; empty when any gift is welcome. */
export function sentences(part, { words, creator }) {
  if (part.gifts !== "on") return [words.say(`boundary_${part.gifts}`, { creator })];
  return Object.entries(AMOUNTS)
    .filter(([, field]) => part[field] !== null)
    .map(([name, field]) => words.say(`boundary_${name}`, { creator, coins: words.coinsText(part[field]) }));
}

/** Whether a sending of so many coins is welcome, as far as the page knows. */
export function welcomes(part, coins) {
  return part.gifts === "on" && coins >= (part.least_coins ?? 0) && coins <= (part.most_coins ?? Infinity);
}
