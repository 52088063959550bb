// The words that scripts put on the page: from the page's own list in its language, else these German ones.
// The same keys stand in server/templates/client_texts.html.

import { papersTexts } from "./texts_papers";
import { recordingTexts } from "./texts_recording";
import { talkTexts } from "./texts_talk";

export const germanTexts = {
  "room.joining": "Verbindung wird aufgebaut …",
  "room.waiting": "Sie sind im Warteraum.",
  "room.waiting.host": "Noch niemand ist im Gespräch.",
  "room.next": "Sie sind als Nächstes an der Reihe.",
  "room.position": "Sie sind an Stelle {position} der Reihe.",
  "room.ready": "Ihre Ansprechperson ist da und holt Sie gleich herein.",
  "room.absent": "Ihre Ansprechperson ist noch nicht im Raum. Bitte lassen Sie diese Seite offen.",
  "room.appointment": "Ihr Termin beginnt um {time} Uhr.",
  "room.private": "Im Warteraum sieht und hört Sie niemand.",
  "room.admitted": "Sie werden hereingeholt …",
  "room.call": "Sie sind im Gespräch.",
  "room.media.connecting": "Bild und Ton werden verbunden …",
  "room.media.lost": "Die Verbindung zu {name} ist unterbrochen und wird wiederhergestellt …",
  "room.line.lost":
    "Die Verbindung zum Server ist unterbrochen und wird wiederhergestellt. Ein laufendes Gespräch geht weiter.",
  "room.over.left": "Sie haben den Raum verlassen.",
  "room.over.host": "Das Gespräch ist beendet.",
  "room.over.window": "Die Zeit dieses Termins ist vorbei. Der Raum ist geschlossen.",
  "room.over.idle": "Der Raum wurde geschlossen, weil lange niemand da war.",
  "room.over.replaced": "Sie haben den Raum in einem anderen Fenster oder auf einem anderen Gerät betreten.",
  "room.over.handed-over": "Ihre Kollegin oder Ihr Kollege führt das Gespräch weiter.",
  "room.over.removed":
    "Das Amt hat Ihre Teilnahme an diesem Gespräch beendet. Bei Fragen rufen Sie uns bitte an.",
  "room.refused": "Der Raum kann nicht betreten werden.",
  "room.refused.early": "Der Raum öffnet um {time} Uhr. Diese Seite verbindet Sie dann von selbst.",
  "room.again": "Raum wieder betreten",
  "room.back": "Zurück",
  "room.own": "Ihr Bild",
  "room.own.off": "Ihre Kamera ist aus",
  "room.own.none": "Kein eigenes Bild",
  "room.guest": "Gast",
  "room.tile.muted": "Mikrofon aus",
  "room.tile.novideo": "Kein Bild",
  "room.mute.audio": "Mikrofon stummschalten",
  "room.mute.video": "Kamera ausschalten",
  "room.said.muted": "Ihr Mikrofon ist aus.",
  "room.said.unmuted": "Ihr Mikrofon ist an.",
  "room.said.hidden": "Ihre Kamera ist aus.",
  "room.said.shown": "Ihre Kamera ist an.",
  "room.leave": "Raum verlassen",
  "room.end": "Gespräch beenden",
  "room.end.question": "Das Gespräch für alle beenden?",
  "room.end.explain": "Alle Teilnehmenden verlassen damit den Raum.",
  "room.end.confirm": "Ja, Gespräch beenden",
  "room.end.cancel": "Nein, weiter sprechen",
  "room.sound": "Ton einschalten",
  "room.guests": "Im Warteraum",
  "room.guests.none": "Im Warteraum ist niemand.",
  "room.guests.since": "wartet seit {time} Uhr",
  "room.guests.away": "gerade nicht verbunden",
  "room.admit": "Einlassen",
  "room.admit.name": "{name} einlassen",
  "room.arrived": "{name} ist im Warteraum.",
  "room.joined": "{name} ist jetzt im Gespräch.",
  "room.left": "{name} hat den Raum verlassen.",
  "room.feedback": "Wie war Ihr Gespräch?",
  "room.line.unsure":
    "Der Server kann Sie gerade nicht einlassen. Bitte lassen Sie diese Seite offen: Sie versucht es von selbst weiter.",
  "room.expected": "Es dauert voraussichtlich noch etwa {minutes} Minuten.",
  "room.expected.one": "Es dauert voraussichtlich noch etwa eine Minute.",
  "room.sent-back": "Sie sind wieder im Warteraum.",
  "room.sent-back.waiting":
    "Sie sind wieder im Warteraum. Man sieht und hört Sie nicht. Ihre Ansprechperson holt Sie wieder herein.",
  "room.screen": "Bildschirm von {name}",
  "room.float": "Eigenes Fenster",
  "room.present": "Im Gespräch",
  "room.guests.device":
    "Dieselbe Person auf einem anderen Gerät. Beim Einlassen wird das bisherige Gerät abgemeldet.",
  "room.sendback": "Zurück in den Warteraum",
  "room.sendback.name": "{name} zurück in den Warteraum",
  "room.sendback.question": "{name} zurück in den Warteraum schicken?",
  "room.sendback.explain": "Die Person sieht und hört dann nichts mehr, bis Sie sie wieder einlassen.",
  "room.sendback.confirm": "Ja, zurück in den Warteraum",
  "room.sendback.cancel": "Nein, im Gespräch lassen",
  "room.remove": "Entfernen",
  "room.remove.name": "{name} entfernen",
  "room.remove.question": "{name} aus dem Gespräch entfernen?",
  "room.remove.explain": "Die Person kann diesen Raum dann nicht mehr betreten.",
  "room.remove.confirm": "Ja, entfernen",
  "room.remove.cancel": "Nein, im Gespräch lassen",
  "room.tile.saved": "Ohne Bild, um Daten zu sparen",
  "room.tile.still": "Das Bild kommt gerade nicht an",
  "room.tile.weak": "Nur Ton: Die Leitung dort ist gerade schwach",
  "room.tile.saving": "Nur Ton: Dort werden Daten gespart",
  "room.weak": "Ihre Leitung ist gerade schwach: nur Ton. Ihr Bild kommt von selbst wieder.",
  "room.weak.over": "Ihr Bild wird wieder gesendet.",
  "room.saving": "Sie sparen Daten: Es gehen keine Bilder hin und her.",
  "room.saving.said": "Nur Ton: Es gehen keine Bilder mehr hin und her.",
  "room.saving.over": "Bilder gehen wieder hin und her.",
  "room.save": "Daten sparen: nur Ton, keine Bilder",
  "room.sign": "Gebärdensprache: ein großes, flüssiges Bild",
  "quality.good": "Gute Verbindung",
  "quality.fair": "Mäßige Verbindung",
  "quality.poor": "Schlechte Verbindung",
  "quality.own.good": "Ihre Leitung ist gut.",
  "quality.own.fair": "Ihre Leitung ist mäßig: Bild und Ton können stocken.",
  "quality.own.poor":
    "Ihre Leitung ist schlecht. Gehen Sie näher an das WLAN, oder schalten Sie die Kamera aus.",
  "device.asking": "Bitte erlauben Sie Ihrem Browser, Kamera und Mikrofon zu benutzen.",
  "device.denied": "Ihr Browser darf Kamera oder Mikrofon nicht benutzen.",
  "device.none":
    "Es wurde keine Kamera oder kein Mikrofon gefunden. Bitte prüfen Sie, ob beides angeschlossen ist.",
  "device.busy":
    "Ein anderes Programm benutzt gerade Kamera oder Mikrofon. Bitte schließen Sie andere Videoprogramme.",
  "device.unsupported": "Dieser Browser kann Kamera und Mikrofon auf dieser Seite nicht benutzen.",
  "device.unknown": "Kamera oder Mikrofon konnten nicht geöffnet werden.",
  "device.audioonly": "Sie können ohne Bild teilnehmen: Man hört Sie.",
  "device.videoonly": "Sie können ohne Ton teilnehmen: Man sieht Sie, hört Sie aber nicht.",
  "device.receiveonly": "Sie können trotzdem teilnehmen und sehen und hören.",
  "device.retry": "Noch einmal versuchen",
  "device.lost": "Kamera oder Mikrofon wurden getrennt.",
  "device.panel": "Geräte und Bild",
  "device.choose.camera": "Kamera wählen",
  "device.choose.microphone": "Mikrofon wählen",
  "device.choose.speaker": "Lautsprecher wählen",
  "device.flip": "Andere Seite der Kamera",
  "device.hint.muted": "Sie sprechen, aber Ihr Mikrofon ist aus.",
  "device.hint.silent":
    "Wir hören nichts von Ihnen. Prüfen Sie Ihr Mikrofon, oder wählen Sie unter „Geräte und Bild“ ein anderes.",
  "check.start": "Prüfung starten",
  "check.again": "Noch einmal prüfen",
  "check.stop": "Prüfung beenden",
  "check.camera": "Kamera",
  "check.microphone": "Mikrofon",
  "check.speaker": "Lautsprecher",
  "check.server": "Verbindung zum Server",
  "check.media": "Bild und Ton über das Netz",
  "check.waiting": "noch nicht geprüft",
  "check.running": "wird geprüft …",
  "check.camera.ok": "Ihre Kamera liefert ein Bild.",
  "check.microphone.ok": "Ihr Mikrofon nimmt Ton auf.",
  "check.microphone.silent":
    "Ihr Mikrofon ist angeschlossen, aber es war nichts zu hören. Bitte sprechen Sie etwas.",
  "check.microphone.level": "Lautstärke Ihres Mikrofons",
  "check.speaker.ask": "Sie hören jetzt einen kurzen Ton. Haben Sie ihn gehört?",
  "check.speaker.play": "Ton noch einmal abspielen",
  "check.speaker.yes": "Ja, gehört",
  "check.speaker.no": "Nein, nichts gehört",
  "check.speaker.ok": "Sie hören den Ton.",
  "check.speaker.fail":
    "Bitte prüfen Sie die Lautstärke Ihres Geräts und ob ein Kopfhörer angeschlossen ist.",
  "check.server.ok": "Der Server ist erreichbar.",
  "check.server.fail":
    "Der Server ist von hier aus nicht erreichbar. In Firmennetzen kann eine Sperre die Ursache sein. Versuchen Sie es mit einem anderen Netz, zum Beispiel über das Handy.",
  "check.media.ok": "Bild und Ton gehen hin und kommen zurück.",
  "check.media.audio": "Ton geht hin und kommt zurück, ein Bild nicht.",
  "check.media.fail":
    "Bild und Ton kommen nicht durch Ihr Netz. Versuchen Sie es mit einem anderen Netz, zum Beispiel über das Handy.",
  "check.media.busy": "Die Prüfstelle ist gerade belegt. Bitte versuchen Sie es in einer Minute noch einmal.",
  "check.media.skip": "Ohne Kamera und Mikrofon kann das nicht geprüft werden.",
  "check.result.ok": "Alles bereit: Sie können an der Videosprechstunde teilnehmen.",
  "check.result.part": "Sie können teilnehmen, aber nicht alles hat geklappt. Lesen Sie die Hinweise oben.",
  "check.result.fail": "So wird die Videosprechstunde nicht gelingen. Lesen Sie die Hinweise oben.",
  "check.upload": "Geschwindigkeit",
  "check.relay": "Vermittlungsserver",
  "check.progress": "Noch {left} Prüfungen laufen.",
  "check.microphone.speak": "Sprechen Sie kurz, zum Beispiel: „Guten Tag“.",
  "check.media.way": "Die Verbindung für Bild und Ton steht.",
  "check.media.relay": "Bild und Ton gehen über den Vermittlungsserver.",
  "check.upload.good": "Ihre Verbindung ist gut für Video.",
  "check.upload.tight":
    "Ihre Verbindung ist knapp für Video. Das Bild kann stocken. Gehen Sie näher an Ihr WLAN-Gerät oder schließen Sie andere Programme.",
  "check.upload.audio": "Ihre Verbindung reicht nur für Ton. Sie können ohne Bild teilnehmen.",
  "check.upload.unknown": "Die Geschwindigkeit konnte nicht gemessen werden.",
  "check.relay.ok":
    "Der Vermittlungsserver ist erreichbar. Er hilft, wenn Ihr Netz direkte Verbindungen sperrt.",
  "check.relay.fail":
    "Der Vermittlungsserver ist von hier aus nicht erreichbar. Wenn das Gespräch nicht zustande kommt, versuchen Sie es mit einem anderen Netz, zum Beispiel über das Handy.",
  "check.relay.none": "Hier nicht nötig.",
  "check.saved": "Das Ergebnis steht jetzt bei Ihrem Termin.",
  "check.unsaved": "Das Ergebnis konnte nicht gespeichert werden.",
  "check.back": "Zu Ihrem Termin",
  "check.copy": "Adresse kopieren",
  "check.copied": "Adresse ist kopiert",
  "check.denied": "Ihr Browser darf Kamera oder Mikrofon nicht benutzen.",
  "check.denied.chrome":
    "Klicken Sie links neben der Adresse auf das Symbol mit den zwei Reglern oder das Schloss. Schalten Sie „Kamera“ und „Mikrofon“ ein. Laden Sie dann die Seite neu.",
  "check.denied.chrome-android":
    "Tippen Sie links neben der Adresse auf das Symbol mit den zwei Reglern, dann auf „Berechtigungen“. Erlauben Sie Kamera und Mikrofon. Laden Sie dann die Seite neu.",
  "check.denied.firefox":
    "Klicken Sie links neben der Adresse auf das Symbol der durchgestrichenen Kamera und entfernen Sie dort die Sperre. Laden Sie dann die Seite neu und wählen Sie „Erlauben“.",
  "check.denied.firefox-android":
    "Tippen Sie auf das Schloss neben der Adresse und dort auf „Blockiert“, bis „Erlaubt“ dasteht. Laden Sie dann die Seite neu.",
  "check.denied.safari":
    "Wählen Sie oben im Menü „Safari“ und „Einstellungen für diese Website“. Stellen Sie „Kamera“ und „Mikrofon“ auf „Erlauben“. Laden Sie dann die Seite neu.",
  "check.denied.ios-safari":
    "Tippen Sie neben der Adresse auf „aA“ oder das Seitensymbol und dann auf „Website-Einstellungen“. Stellen Sie „Kamera“ und „Mikrofon“ auf „Erlauben“. Laden Sie dann die Seite neu.",
  "check.denied.ios-other":
    "Öffnen Sie die Einstellungen Ihres iPhones oder iPads und dort Ihren Browser. Schalten Sie „Kamera“ und „Mikrofon“ ein. Laden Sie dann die Seite neu.",
  "check.denied.samsung":
    "Tippen Sie auf das Schloss neben der Adresse und dann auf „Berechtigungen“. Erlauben Sie Kamera und Mikrofon. Laden Sie dann die Seite neu.",
  "check.denied.in-app":
    "Sie haben die Seite in einer App geöffnet, dort geht die Kamera oft nicht. Kopieren Sie die Adresse und öffnen Sie sie in Ihrem Browser, zum Beispiel in Safari, Chrome oder Firefox.",
  "check.denied.other":
    "Erlauben Sie Kamera und Mikrofon in den Einstellungen Ihres Browsers für diese Seite. Laden Sie dann die Seite neu.",
  "upload.sending": "{name} wird gesendet: {share} von 100",
  "upload.waiting":
    "Die Verbindung ist unterbrochen. Sobald sie wieder da ist, geht es von selbst dort weiter.",
  "upload.checking": "Die Datei ist angekommen und wird geprüft …",
  "upload.done": "Die Datei ist angekommen.",
  "upload.large": "{name} ist zu groß. Erlaubt sind höchstens {limit} MB.",
  "upload.empty": "{name} ist leer.",
  "upload.type": "{name} hat einen Typ, der nicht angenommen wird. Erlaubt sind: {types}.",
  "upload.failed": "Das Senden hat nicht geklappt. Bitte versuchen Sie es noch einmal.",
  "upload.offline": "Die Verbindung ist unterbrochen. Bitte versuchen Sie es noch einmal.",
  "upload.cancel": "Senden abbrechen",
  "upload.cancelled": "Das Senden wurde abgebrochen.",
  "countdown.minutes": "Noch {minutes} Minuten",
  "countdown.minute": "Noch eine Minute",
  "countdown.soon": "Noch zwei Minuten: Dann wird die Zeit wieder für andere frei.",
  "countdown.over": "Die Zeit ist abgelaufen und wieder für andere frei.",
  "arrivals.none": "Im Warteraum ist niemand.",
  "arrivals.new": "{name} ist im Warteraum.",
  "arrivals.since": "seit {time} Uhr",
  "arrivals.sound": "Ton bei neuen Gästen",
  "arrivals.title": "({count}) Gast wartet",
  "arrivals.handover": "{from} gibt an Sie weiter: {name}",
  "arrivals.lost": "Die Liste kann gerade nicht aktualisiert werden.",
  ...talkTexts,
  ...papersTexts,
  "arrivals.call": "bittet um Rückruf",
  "arrivals.call.new": "{name} bittet um Rückruf.",
  "arrivals.call.show": "Nummer zeigen",
  "rescue.title": "Klappt es nicht? Andere Wege",
  "rescue.devices":
    "Ihre Kamera oder Ihr Mikrofon ist nicht dabei. Sie können trotzdem warten, oder Sie nehmen einen anderen Weg.",
  "rescue.line":
    "Die Verbindung kommt gerade nicht zustande. Wir versuchen es weiter. Diese Wege gehen auch:",
  "rescue.media": "Bild und Ton kommen nicht durch. Wir versuchen es weiter. Diese Wege gehen auch:",
  "rescue.quality": "Die Verbindung ist seit einer Weile schlecht. Ohne Bild wird der Ton oft besser.",
  "rescue.absent":
    "Es dauert länger als geplant. Sie können weiter warten, oder Sie nehmen einen anderen Weg.",
  "rescue.refused": "Der Raum lässt sich nicht betreten. Diese Wege stehen Ihnen offen:",
  "rescue.late": "Der Raum ist geschlossen. Diese Wege stehen Ihnen offen:",
  "rescue.check": "Nicht alles hat geklappt. Wenn es so bleibt, gibt es andere Wege:",
  "rescue.sound": "Ohne Bild weiter",
  "rescue.call.explain":
    "Wir zeigen Ihre Nummer nur der Person, mit der Sie den Termin haben. Sie ruft Sie an. Das können Sie jederzeit zurücknehmen, dann ist die Nummer gelöscht.",
  "rescue.call.number": "Telefonnummer",
  "rescue.call.ask": "Ja, bitte rufen Sie mich an",
  "rescue.call.asked": "Ihre Ansprechperson sieht jetzt Ihre Nummer und ruft Sie zu Ihrem Termin an.",
  "rescue.call.withdraw": "Rückruf zurücknehmen",
  "rescue.call.wrong": "Bitte prüfen Sie die Telefonnummer.",
  "rescue.call.failed": "Das hat nicht geklappt. Bitte versuchen Sie es noch einmal.",
  "rescue.onsite.explain":
    "Statt der Videosprechstunde kommen Sie zu uns. Ihre Angaben und Unterlagen bleiben erhalten.",
  "rescue.onsite": "Zeit vor Ort wählen",
  "rescue.phone": "Oder rufen Sie uns an:",
  "rescue.tocheck": "Kamera und Ton prüfen",
  "knock.next": "Sie sind als Nächstes an der Reihe.",
  "knock.position": "Sie sind an Stelle {position} der Reihe.",
  "knock.minutes": "Es dauert etwa {minutes} Minuten.",
  "knock.lost": "Die Verbindung ist unterbrochen. Ihr Platz bleibt noch kurz erhalten.",
  "knocks.none": "Niemand wartet ohne Termin.",
  "knocks.new": "{name} klopft an.",
  "knocks.take": "Hereinholen",
  "knocks.take.name": "{name} hereinholen",
  "knocks.failed": "Das hat nicht geklappt. Bitte versuchen Sie es noch einmal.",
  "part.interpreter": "Dolmetscher:in",
  "part.sign": "Dolmetscher:in für Gebärdensprache",
  "part.support": "Begleitung",
  "part.colleague": "Kolleg:in",
  "part.recorder": "nimmt Bild und Ton auf",
  ...recordingTexts,
} as const;

export type TextKey = keyof typeof germanTexts;

let ofPage: Partial<Record<TextKey, string>> | undefined;

function pageTexts(): Partial<Record<TextKey, string>> {
  const list = document.getElementById("sz-texts")?.textContent;
  try {
    return list ? (JSON.parse(list) as Partial<Record<TextKey, string>>) : {};
  } catch {
    return {};
  }
}

/** The text for `key`, with `{name}` replaced by what `values` has for it. */
export function text(key: TextKey, values: Record<string, string | number> = {}): string {
  ofPage ??= pageTexts();
  const words: string = ofPage[key] ?? germanTexts[key];
  return words.replace(/\{(\w+)\}/g, (hole, name: string) => String(values[name] ?? hole));
}

/** Hours and minutes as the clock on the office's wall shows them. */
export function clockTime(when: Date): string {
  const format = { hour: "2-digit", minute: "2-digit", timeZone: "Europe/Berlin" } as const;
  return new Intl.DateTimeFormat("de-DE", format).format(when);
}
