// How a German word sounds, by the Kölner Phonetik (H. J. Postel, 1969): words with the same digits are easily confused.

function digit(letter: string, before: string, after: string): string {
  if ("aeiouyj".includes(letter)) return "0";
  if (letter === "b" || (letter === "p" && after !== "h")) return "1";
  if ("dt".includes(letter)) return after !== "" && "csz".includes(after) ? "8" : "2";
  if ("fvwp".includes(letter)) return "3";
  if ("gkq".includes(letter)) return "4";
  if (letter === "x") return before !== "" && "ckq".includes(before) ? "8" : "48";
  if (letter === "c") return hard(before, after) ? "4" : "8";
  if (letter === "l") return "5";
  if ("mn".includes(letter)) return "6";
  if (letter === "r") return "7";
  return "sz".includes(letter) ? "8" : "";
}

function hard(before: string, after: string): boolean {
  if (after === "") return false;
  if (before === "") return "ahkloqrux".includes(after);
  return !"sz".includes(before) && "ahkoqux".includes(after);
}

export function soundOf(word: string): string {
  const letters = [...word.toLowerCase()];
  const digits = letters
    .map((letter, at) => digit(letter, letters[at - 1] ?? "", letters[at + 1] ?? ""))
    .join("");
  const once = digits.replace(/(.)\1+/g, "$1");
  return once.slice(0, 1) + once.slice(1).replaceAll("0", "");
}
