// Goal and board in an overlay: what the room shows, smaller; parameters of the address choose.
import { Board } from "room/board";
import { GoalBar, GoalMoment } from "room/goal";
import { Prices } from "room/money";
import { Words } from "room/words";

const PEOPLE_SHOWN = 5;

export class Regions {
  #goal;
  #moment;
  #board;
  #boardHost = document.getElementById("overlay-board");

  constructor({ texts, prices }) {
    const words = new Words({ texts, prices: new Prices(prices), locale: prices.locale });
    this.#goal = new GoalBar(document.getElementById("overlay-goal"), { words });
    this.#moment = new GoalMoment(document.getElementById("goal-moment"), { words });
    this.#board = new Board(document.getElementById("board-list"), { words });
  }

  show({ goal, board }) {
    this.#goal.show(goal);
    this.#board.show(board, PEOPLE_SHOWN);
    this.#boardHost.hidden = !board?.people.length;
  }

  reached(goal) {
    this.#moment.play(goal);
  }
}
