// The words of the clerk's tools: from the page's own list in its language, else these German ones.
// The same keys stand in server/templates/office/clerk_texts.html.

export const germanClerkTexts = {
  tools: "Werkzeuge für das Gespräch",
  invite: "Jemanden einladen",
  transfer: "Weitergeben",
  onsite: "Termin vor Ort",
  sign: "Unterschreiben lassen",
  end: "Sofort beenden",
  report: "Vorfall festhalten",
  close: "Schließen",
  failed: "Das hat nicht geklappt. Bitte versuchen Sie es noch einmal.",
  loading: "Einen Moment bitte …",
  optional: "– freiwillig",
  "invite.explain":
    "Jede Person bekommt einen eigenen Link und wartet, bis Sie sie einlassen. Zwei Personen sind möglich.",
  "invite.part": "Wofür kommt die Person?",
  "invite.part.interpreter": "Dolmetschen",
  "invite.part.sign": "Gebärdensprache",
  "invite.part.support": "Begleitung",
  "invite.part.colleague": "Kollegin oder Kollege",
  "invite.name": "Name",
  "invite.name.hint": "Ohne Namen wird die Person danach gefragt.",
  "invite.email": "E-Mail-Adresse",
  "invite.email.hint": "Dann senden wir den Link. Sonst kopieren Sie ihn.",
  "invite.make": "Link erstellen",
  "invite.made": "Der Link ist erstellt.",
  "invite.mailed": "Der Link ist erstellt und wird per E-Mail gesendet.",
  "invite.list": "Eingeladen",
  "invite.link": "Link für {name}",
  "invite.copy": "Link kopieren",
  "invite.copied": "Der Link ist kopiert.",
  "invite.revoke": "Zurücknehmen",
  "invite.revoked": "Die Einladung ist zurückgenommen. Der Link gilt nicht mehr.",
  "transfer.explain":
    "Die andere Person sieht sofort, dass Sie weitergeben. Der Link der Bürgerin oder des Bürgers bleibt gleich.",
  "transfer.who": "An wen?",
  "transfer.free": "frei",
  "transfer.busy": "gerade beschäftigt",
  "transfer.nobody": "Gerade ist niemand im Dienst, der das übernehmen kann.",
  "transfer.note": "Notiz für die andere Person",
  "transfer.make": "Gespräch weitergeben",
  "transfer.waiting": "Sie geben an {name} weiter. Bitte bleiben Sie im Gespräch, bis {name} da ist.",
  "transfer.back": "Weitergabe zurücknehmen",
  "transfer.undone": "Die Weitergabe ist zurückgenommen.",
  "transfer.stays": "Das Gespräch geht hier weiter. Sie werden nicht weitergegeben.",
  "transfer.done": "Das Gespräch ist übergeben. Danke!",
  "transfer.choose": "Bitte wählen Sie eine Person.",
  "onsite.explain":
    "Die Unterlagen sind dann auch dort da. Eine E-Mail mit Kalendereintrag geht von selbst hinaus.",
  "onsite.site": "Standort",
  "onsite.everywhere": "Alle Standorte",
  "onsite.day": "Tag",
  "onsite.times": "Freie Zeiten",
  "onsite.none": "In den nächsten vier Wochen ist vor Ort nichts frei.",
  "onsite.confirm": "{when}, {where}: verbindlich buchen?",
  "onsite.book": "Verbindlich buchen",
  "onsite.other": "Andere Zeit wählen",
  "onsite.booked": "Gebucht: {when}, {where}. Nummer {number}.",
  "onsite.taken": "Diese Zeit wurde gerade vergeben. Diese Zeiten sind noch frei:",
  "end.question": "Das Gespräch endet sofort für alle. Danach können Sie festhalten, was geschehen ist.",
  "end.now": "Ja, sofort beenden",
  "end.done": "Das Gespräch ist beendet. Bild und Ton sind aus.",
  "end.kind": "Was ist geschehen?",
  "end.kind.insult": "Beleidigung",
  "end.kind.threat": "Bedrohung",
  "end.kind.indecent": "Belästigung",
  "end.kind.recording": "Aufnahme ohne Erlaubnis",
  "end.kind.other": "Anderes",
  "end.template.insult": "Die Person hat mich beleidigt.",
  "end.template.threat": "Die Person hat mir gedroht.",
  "end.template.indecent": "Die Person hat mich belästigt.",
  "end.template.recording": "Die Person hat das Gespräch aufgenommen, obwohl ich es nicht erlaubt habe.",
  "end.template.other": "",
  "end.note": "Notiz",
  "end.note.hint": "Das lesen nur Sie und die Verwaltung. Nach drei Monaten wird es gelöscht.",
  "end.exclude": "Videogespräche mit dieser Person sperren",
  "end.exclude.0": "nicht sperren",
  "end.exclude.1": "einen Tag",
  "end.exclude.7": "7 Tage",
  "end.exclude.30": "30 Tage",
  "end.exclude.90": "90 Tage",
  "end.exclude.hint": "Vor Ort und am Telefon bleibt die Stadt für die Person da.",
  "end.file": "Vorfall festhalten",
  "end.filed": "Der Vorfall ist festgehalten.",
  "end.day": "Zu meinem Tag",
} as const;

export type ClerkTextKey = keyof typeof germanClerkTexts;

let ofPage: Partial<Record<ClerkTextKey, string>> | undefined;

function pageTexts(): Partial<Record<ClerkTextKey, string>> {
  const list = document.getElementById("sz-clerk-texts")?.textContent;
  try {
    return list ? (JSON.parse(list) as Partial<Record<ClerkTextKey, string>>) : {};
  } catch {
    return {};
  }
}

/** The words for `key`, with `{name}` replaced by what `values` has for it. */
export function words(key: ClerkTextKey, values: Record<string, string | number> = {}): string {
  ofPage ??= pageTexts();
  const found: string = ofPage[key] ?? germanClerkTexts[key];
  return found.replace(/\{(\w+)\}/g, (hole, name: string) => String(values[name] ?? hole));
}
