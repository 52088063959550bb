// The script that a city's own page includes: puts the booking pages into a frame in its place. No cookies, no style,
// nothing from elsewhere. Without it the link in the same place does the same. What runs inside the frame is frame.ts.
(() => {
  const script = document.currentScript;
  if (!(script instanceof HTMLScriptElement)) return;
  const home = new URL(script.src);
  const address = new URL("/buchen", home);
  for (const name of ["service", "site", "lang"]) {
    const value = script.dataset[name];
    if (value) address.searchParams.set(name, value);
  }
  const frame = document.createElement("iframe");
  frame.src = address.href;
  frame.title =
    script.dataset.title || (script.dataset.lang === "en" ? "Book an appointment" : "Termin buchen");
  frame.loading = "lazy";
  frame.width = "100%";
  frame.height = "900";
  frame.setAttribute("frameborder", "0");
  frame.allow = "";
  const line = document.createElement("p");
  const link = document.createElement("a");
  link.href = address.href;
  link.textContent = frame.title;
  line.append(link);
  script.after(frame, line);
  addEventListener("message", (event: MessageEvent) => {
    if (event.origin !== home.origin || event.source !== frame.contentWindow) return;
    const { sprechzeit, height } = Object(event.data);
    if (sprechzeit !== "height" || !Number.isFinite(height)) return;
    frame.height = String(Math.min(Math.max(Math.ceil(height), 200), 20000));
  });
})();
