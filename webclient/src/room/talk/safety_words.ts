// The words of the safety code: 256 things that everybody knows, no two of which sound alike (the test hears them by
// the Kölner Phonetik). Their order is part of the code: another order is another code.
export const safetyWords: readonly string[] = `
  Adler Akkordeon Ameise Ampel Ananas Anker Apfel Auge Auto Bach
  Badewanne Bagger Balkon Banane Berg Besen Biene Bild Blume Boden
  Bonbon Boot Brezel Brief Brille Brokkoli Brunnen Bus Computer Dachs
  Dampf Daumen Decke Delfin Dorf Dose Drache Draht Dromedar Eidechse
  Eimer Elefant Ente Erbse Erdbeere Erde Eule Fabrik Faden Fahne
  Farbe Feld Fenster Fernseher Feuer Finger Fisch Flamme Flasche Fledermaus
  Fliege Flughafen Flugzeug Forelle Frosch Fuchs Gabel Garderobe Garten Geige
  Gewitter Gipfel Giraffe Gitarre Glas Glocke Gurke Hahn Hase Herz
  Himbeere Himmel Holz Honig Hotel Igel Joghurt Kaffee Kaktus Kamin
  Kanal Karotte Kartoffel Kasse Kastanie Kerze Kette Kino Kissen Kiste
  Klavier Kleid Knopf Knoten Koffer Kohl Komet Kompass Konzert Krabbe
  Krokodil Krone Kuchen Kugel Lama Lampe Laub Lavendel Lawine Leiter
  Leuchtturm Libelle Licht Lied Limonade Lineal Loch Lokomotive Luft Magnet
  Mais Maler Mantel Markt Marmelade Maulwurf Meer Mehl Melone Messer
  Milch Mond Montag Motor Muschel Museum Musik Nacht Nagel Nashorn
  Nebel Nest Nilpferd Note Nudel Obst Ofen Orange Orgel Otter
  Paket Panda Papagei Papier Paprika Parkplatz Petersilie Pfanne Pfau Pfeife
  Pferd Pfirsich Pflaster Pilz Pinguin Pinsel Pirat Post Propeller Pudding
  Pullover Puppe Pyramide Rabe Radieschen Radio Rakete Regal Regen Reifen
  Rhabarber Ring Ritter Roboter Rock Roller Rosine Rucksack Rutsche Saft
  Salat Samstag Sand Sardine Schaukel Schere Schiff Schirm Schlange Schloss
  Schokolade Schrank Schubkarre Schuh Schwamm Seestern Seil Silber Sommer Sonne
  Spaten Specht Spiegel Stecker Stern Storch Strand Strumpf Stuhl Tal
  Tastatur Teppich Ticket Tomate Treppe Trichter Trommel Trompete Tunnel Turm
  Vanille Vulkan Waage Walnuss Welle Werkstatt Wohnung Wurst Wurzel Zebra
  Zeitung Zeppelin Zirkus Zucker Zwiebel Zylinder
`
  .trim()
  .split(/\s+/);
