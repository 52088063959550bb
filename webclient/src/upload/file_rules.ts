// What can be said about a file before it is sent; what is accepted is decided by the server alone.
import { text } from "../texts";

export interface FileFacts {
  name: string;
  size: number;
  type: string;
}

/** Why `file` would be refused, in words, or null; `accept` as in the file field, `limit` in bytes. */
export function fileProblem(file: FileFacts, accept: string, limit: number): string | null {
  if (file.size === 0) return text("upload.empty", { name: file.name });
  if (limit > 0 && file.size > limit) {
    return text("upload.large", { name: file.name, limit: Math.floor(limit / 1_048_576) });
  }
  const wished = accept
    .split(",")
    .map((entry) => entry.trim().toLowerCase())
    .filter((entry) => entry !== "");
  const fits = wished.some((entry) => {
    if (entry.startsWith(".")) return file.name.toLowerCase().endsWith(entry);
    return entry.endsWith("/*") ? file.type.startsWith(entry.slice(0, -1)) : file.type === entry;
  });
  // A browser that does not know the type leaves it empty: the server looks into the file.
  if (wished.length === 0 || fits || file.type === "") return null;
  const types = wished.filter((entry) => entry.startsWith(".")).map((entry) => entry.slice(1).toUpperCase());
  return text("upload.type", { name: file.name, types: types.join(", ") || accept });
}
