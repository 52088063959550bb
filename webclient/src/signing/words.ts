// The words of signing: from the page's own list in its language, else these German ones.
// The same keys stand in server/templates/signing/texts.html.

export const germanSignTexts = {
  "pad.label": "Unterschreiben Sie in diesem Feld mit Finger, Stift oder Maus.",
  "pad.undo": "Letzten Strich zurücknehmen",
  "pad.clear": "Feld leeren",
  "pad.or": "Oder geben Sie darunter Ihren Namen ein. Das geht auch mit der Tastatur.",
  title: "Unterschreiben",
  hide: "Später",
  show: "Formular ansehen",
  came: "Ein Formular liegt für Sie zur Unterschrift bereit: {title}",
  changed: "Das Formular wurde geändert. Bitte lesen Sie es neu.",
  explain: "Das Formular ist auf Deutsch. Verstehen Sie etwas nicht? Fragen Sie, bevor Sie unterschreiben.",
  pages: "So sieht das Formular aus",
  page: "Seite {number} von {all}",
  read: "Ich habe das ganze Formular gelesen und will es unterschreiben.",
  "read.first": "Bitte lesen Sie das ganze Formular, bevor Sie unterschreiben.",
  "code.send": "Code senden",
  "code.to": "Wir senden den Code an {to}. Er gilt 10 Minuten.",
  "code.sent": "Wir haben einen Code an {to} gesendet. Er gilt 10 Minuten. Sagen Sie ihn niemandem.",
  "code.none":
    "Zu diesem Termin sind weder E-Mail-Adresse noch Mobilnummer bekannt. Bitte unterschreiben Sie vor Ort.",
  "code.label": "Code aus der Nachricht",
  "code.again": "Neuen Code senden",
  "name.label": "Vorname und Name",
  "name.hint": "Ihr eingegebener Name gilt als Ihre Unterschrift. Er steht dann im Formular.",
  sign: "Verbindlich unterschreiben",
  refuse: "Nicht unterschreiben",
  legal:
    "Das ist eine elektronische Unterschrift, keine qualifizierte. Wo das Gesetz die Schriftform verlangt, reicht sie nicht.",
  "state.signed": "Sie haben unterschrieben. Die Stadt besiegelt das Formular gerade.",
  "state.sealed": "Sie haben unterschrieben, und die Stadt hat das Formular besiegelt.",
  "state.refused": "Sie haben nicht unterschrieben.",
  "state.withdrawn": "Das Formular wurde zurückgezogen. Sie müssen nichts tun.",
  "state.expired": "Dieses Formular kann nicht mehr unterschrieben werden.",
  download: "Formular herunterladen",
  failed: "Das hat nicht geklappt. Bitte versuchen Sie es noch einmal.",
  "clerk.choose": "Neues Formular",
  "clerk.fill": "Ausfüllen",
  "clerk.make": "Zur Unterschrift vorlegen",
  "clerk.back": "Zurück",
  "clerk.list": "Vorgelegt",
  "clerk.look": "Ansehen",
  "clerk.withdraw": "Zurückziehen",
  "clerk.made": "{title} liegt zur Unterschrift bereit.",
  "clerk.state": "Stand von {title}: {state}",
  "clerk.is.prepared": "Liegt zur Unterschrift bereit",
  "clerk.is.reading": "Wird gelesen",
  "clerk.is.code-sent": "Code ist gesendet",
  "clerk.is.signed": "Unterschrieben, wird besiegelt",
  "clerk.is.sealed": "Unterschrieben und besiegelt",
  "clerk.is.refused": "Nicht unterschrieben",
  "clerk.is.withdrawn": "Zurückgezogen",
  "clerk.is.expired": "Abgelaufen",
} as const;

export type SignTextKey = keyof typeof germanSignTexts;

let ofPage: Partial<Record<SignTextKey, string>> | undefined;

function pageTexts(): Partial<Record<SignTextKey, string>> {
  const list = document.getElementById("sz-sign-texts")?.textContent;
  try {
    return list ? (JSON.parse(list) as Partial<Record<SignTextKey, string>>) : {};
  } catch {
    return {};
  }
}

/** The words for `key`, with `{name}` replaced by what `values` has for it. */
export function words(key: SignTextKey, values: Record<string, string | number> = {}): string {
  ofPage ??= pageTexts();
  const found: string = ofPage[key] ?? germanSignTexts[key];
  return found.replace(/\{(\w+)\}/g, (hole, name: string) => String(values[name] ?? hole));
}
