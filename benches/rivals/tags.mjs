// Prints the entity tag of each tile of a list, in a coding: tags.mjs PATTERN LIST CODING.
import { readFileSync } from 'node:fs';

const [pattern, list, coding] = process.argv.slice(2);
const known = new Map();
for (const line of readFileSync(list, 'utf8').trim().split('\n')) {
  if (!known.has(line)) {
    const [z, x, y] = line.split(' ');
    const url = pattern.replace('{z}', z).replace('{x}', x).replace('{y}', y);
    const answer = await fetch(url, { headers: { 'accept-encoding': coding } });
    await answer.arrayBuffer();
    known.set(line, answer.headers.get('etag') ?? '""');
  }
  console.log(known.get(line));
}
