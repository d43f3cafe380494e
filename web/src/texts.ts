/** Reads the sentences that the server wrote into the page, in the language of the page. */
export type Text = (key: string) => string;

/** Returns a function from a key to its sentence; the key itself when there is none. */
export function readTexts(json: string): Text {
  const texts = JSON.parse(json) as Record<string, string>;
  return (key) => texts[key] ?? key;
}
