// The question before a dear gift.
import { openDialog } from "base/dialogs";

/** Resolves with true when the person says yes, with false when the dialog is left in any other way. */
export function confirmOrder({ gift, quantity, me, creator, words }) {
  const dialog = document.getElementById("gift-confirm");
  const coins = gift.coins * quantity;
  dialog.querySelector("img").src = gift.art;
  dialog.querySelector("[data-question]").textContent = words.say("confirm", {
    gift: quantity > 1 ? `${gift.name} ${words.say("times", { n: quantity })}` : gift.name,
    creator,
  });
  dialog.querySelector("[data-coins]").replaceChildren(words.coins(coins));
  dialog.querySelector("[data-share]").textContent = words.prices.creatorShare(coins);
  const left = dialog.querySelector("[data-left]");
  left.closest("[data-line]").hidden = !me || me.coins < coins;
  if (me && me.coins >= coins) left.replaceChildren(words.coins(me.coins - coins));
  return new Promise((resolve) => {
    dialog.returnValue = "";
    dialog.addEventListener("close", () => resolve(dialog.returnValue === "yes"), { once: true });
    openDialog(dialog);
  });
}
