// Somebody has come into the waiting room: heard, and seen in the title of a tab that is not looked at.
import { Chime } from "../desk/chime";
import { TitleFlash } from "../desk/title_flash";
import { text } from "../texts";

export class Knock {
  #chime = new Chime();
  #flash = new TitleFlash();

  knock(name: string): void {
    this.#chime.play();
    this.#flash.start(text("room.arrived", { name }));
  }

  /** Nobody waits any more, or the page is looked at. */
  calm(): void {
    this.#flash.stop();
  }
}
