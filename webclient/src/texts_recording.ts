// The words of asking whether to record, and of a recording; part of the list in texts.ts. The question itself comes from the
// server: its wording is what people agree to.

export const recordingTexts = {
  "record.title": "Aufzeichnung",
  "record.ask": "Alle fragen, ob aufgezeichnet werden darf",
  "record.ask.note":
    "Mit der Frage willigen Sie selbst ein. Aufgezeichnet wird erst, wenn alle Ja gesagt haben.",
  "record.question": "Darf aufgezeichnet werden?",
  "record.private": "Niemand erfährt, wer Nein gesagt hat.",
  "record.yes": "Ja, aufzeichnen",
  "record.no": "Nein, nicht aufzeichnen",
  "record.unanswered":
    "Sie sind gefragt, ob aufgezeichnet werden darf. Ohne Ihr Ja wird nicht aufgezeichnet.",
  "record.answer": "Frage beantworten",
  "record.asked": "Ihr Ja ist angekommen. Aufgezeichnet wird erst, wenn alle Ja gesagt haben.",
  "record.takeback": "Ja zurücknehmen",
  "record.refused": "Es wird nicht aufgezeichnet.",
  "record.changing": "Die Aufzeichnung beginnt oder endet gerade.",
  "record.goes-on": "Das Gespräch, in dem Sie waren, wird noch aufgezeichnet.",
  "record.running": "Dieses Gespräch wird aufgezeichnet.",
  "record.who": "Im Raum nimmt „{name}“ Bild und Ton von allen auf.",
  "record.end": "Aufzeichnung beenden und behalten",
  "record.delete": "Aufzeichnung beenden und löschen",
  "record.kept": "Die Aufzeichnung ist beendet. Sie liegt verschlüsselt beim Amt und wird später gelöscht.",
  "record.earlier": "Eine frühere Aufzeichnung dieses Gesprächs gibt es noch.",
  "record.forget": "Einwilligung zurücknehmen und löschen",
  "record.deleted": "Die Aufzeichnung ist beendet und gelöscht.",
  "record.failed": "Die Aufzeichnung hat nicht geklappt. Es ist nichts davon gespeichert.",
  "record.problem": "Das hat nicht geklappt. Bitte versuchen Sie es noch einmal.",
} as const;
